#include "common/parallel/team.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <stdexcept>
#include <thread>

#include "common/base/clock.hpp"
#include "common/parallel/ending.hpp"

namespace pacer {

std::string host_name() {
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    return name.data();
}

std::string mpi_library() {
    std::array<char, MPI_MAX_LIBRARY_VERSION_STRING + 1> text{};
    int length = 0;
    MPI_Get_library_version(text.data(), &length);
    std::string tidy;  // MPICH lines its words up by tabs and blanks
    for (char letter : std::string_view(text.data())) {
        if (letter == '\t') letter = ' ';
        if (letter != ' ' || !tidy.ends_with(' ')) tidy += letter;
    }
    return tidy;
}

void on_root(const Team& team, const std::function<void()>& work) {
    std::string failure;
    if (team.root()) {
        try {
            work();
        } catch (const UsageError& error) {
            failure = error.what();
        }
    }
    if (team.size > 1)
        sleeping_barrier(team);  // the work may be long, and a waiting rank must not take its core
    failure = text_of_rank(team, 0, failure);
    if (!failure.empty()) throw UsageError(failure);
}

void on_every_rank(const Team& team, const std::function<void()>& work) {
    std::string failure;
    try {
        work();
    } catch (const UsageError& error) {
        failure = error.what();
    }
    int first = failure.empty() ? team.size : team.rank;
    MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT, MPI_MIN, team.comm);
    if (first < team.size) throw UsageError(text_of_rank(team, first, failure));
}

std::string text_of_rank(const Team& team, int rank, std::string text) {
    int length = mpi_count(text.size());
    MPI_Bcast(&length, 1, MPI_INT, rank, team.comm);
    text.resize(static_cast<std::size_t>(length));
    MPI_Bcast(text.data(), length, MPI_CHAR, rank, team.comm);
    return text;
}

void sleeping_barrier(const Team& team) {
    using std::chrono::microseconds, std::chrono::steady_clock;
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Ibarrier(team.comm, &request);
    const auto start = steady_clock::now();
    for (;;) {
        int done = 0;
        MPI_Test(&request, &done, MPI_STATUS_IGNORE);
        if (done) return;
        heed_abort();
        // A sixteenth of the time waited so far: little is lost on short waits, few wake-ups are spent on
        // long ones.
        const auto waited = std::chrono::duration_cast<microseconds>(steady_clock::now() - start);
        std::this_thread::sleep_for(std::clamp(waited / 16, microseconds(20), microseconds(5000)));
    }
}

Team make_team(MPI_Comm comm) {
    Team team;
    team.comm = comm;
    MPI_Comm_rank(comm, &team.rank);
    MPI_Comm_size(comm, &team.size);
    MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, team.rank, MPI_INFO_NULL, &team.node);
    MPI_Comm_rank(team.node, &team.node_rank);
    MPI_Comm_size(team.node, &team.node_size);
    team.nodes = team.node_root() ? 1 : 0;
    MPI_Allreduce(MPI_IN_PLACE, &team.nodes, 1, MPI_INT, MPI_SUM, comm);
    return team;
}

Team team_of_one(int threads) {
    Team team;
    team.comm = team.node = MPI_COMM_SELF;
    team.threads = threads;
    return team;
}

std::vector<double> seconds_since_first_start(const Team& team, std::span<const double> starts,
                                              std::span<const double> ends) {
    std::vector<double> seconds(starts.size());
    MPI_Allreduce(starts.data(), seconds.data(), mpi_count(starts.size()), MPI_DOUBLE, MPI_MIN, team.node);
    constexpr double coarse_clock_seconds = 0.1;
    const double longest = seconds_since_launch() + coarse_clock_seconds;
    for (std::size_t i = 0; i < seconds.size(); ++i) {
        seconds[i] = ends[i] - seconds[i];
        if (seconds[i] >= 0 && seconds[i] <= longest) continue;
        throw std::runtime_error(
            fmt::format("{:g} s from the first rank's start to this rank's end, within a launch of {:.0f} s: "
                        "the ranks of "
                        "this node do not share a clock (a time namespace of its own, for one)",
                        seconds[i], longest));
    }
    return seconds;
}

void check_clocks(const Team& team) {
    // Whatever the others read between the two barriers lies between the first rank's two readings.
    std::array<double, 2> between{now_seconds(), 0};
    MPI_Barrier(team.node);
    const double own = now_seconds();
    MPI_Barrier(team.node);
    between[1] = now_seconds();
    MPI_Bcast(between.data(), 2, MPI_DOUBLE, 0, team.node);
    on_every_rank(team, [&] {
        constexpr double rounding = 1e-9;
        if (team.node_root() || (own >= between[0] - rounding && own <= between[1] + rounding)) return;
        throw UsageError(fmt::format(
            "rank {} does not share a clock with the first rank on {}: start both in one time namespace",
            team.rank, host_name()));
    });
}

int mpi_count(std::size_t count) {
    if (count > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
        throw std::length_error(fmt::format("{} elements do not fit one MPI call", count));
    }
    return static_cast<int>(count);
}

std::vector<std::string> gather_text(const Team& team, const std::string& text) {
    const auto ranks = static_cast<std::size_t>(team.size);
    const int length = mpi_count(text.size());
    std::vector<int> lengths(team.root() ? ranks : 0), offsets(lengths.size());
    MPI_Gather(&length, 1, MPI_INT, lengths.data(), 1, MPI_INT, 0, team.comm);
    std::size_t total = 0;
    for (std::size_t rank = 0; rank < lengths.size(); ++rank) {
        offsets[rank] = mpi_count(total);
        total += static_cast<std::size_t>(lengths[rank]);
    }
    std::string all(total, '\0');
    MPI_Gatherv(text.data(), length, MPI_CHAR, all.data(), lengths.data(), offsets.data(), MPI_CHAR, 0,
                team.comm);
    std::vector<std::string> texts;
    for (std::size_t rank = 0; rank < lengths.size(); ++rank) {
        texts.push_back(
            all.substr(static_cast<std::size_t>(offsets[rank]), static_cast<std::size_t>(lengths[rank])));
    }
    return texts;
}

}  // namespace pacer
