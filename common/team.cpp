#include "common/team.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <omp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <limits>
#include <optional>
#include <stdexcept>
#include <thread>

#include "common/launcher.hpp"
#include "common/patience.hpp"
#include "common/placement_machine.hpp"
#include "common/window.hpp"

namespace pacer {

namespace {

using Clock = std::chrono::steady_clock;

Clock::time_point launch_start = Clock::now();
std::string activity = "starting";
volatile std::sig_atomic_t stop_signal = 0;

void on_stop_signal(int signal) {
    stop_signal = 1;
    std::signal(signal, SIG_DFL);  // a second one kills
}

// Which rank prints the exception of a launch: the first to draw 0 from a counter on rank 0. Several ranks
// often fail together, for one reason.
class FailureTicket {
  public:
    // Throws UsageError on every rank where MPI has no windows across these ranks: without a network that
    // can, as between two machines, Debian's settings leave Open MPI none.
    explicit FailureTicket(MPI_Comm comm) {
        MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN);
        const int failed = MPI_Win_allocate(sizeof(int), sizeof(int), MPI_INFO_NULL, comm, &drawn_, &window_);
        MPI_Comm_set_errhandler(comm, MPI_ERRORS_ARE_FATAL);
        if (failed != MPI_SUCCESS) {
            throw UsageError(
                "this MPI has no one-sided communication between all ranks; with Debian's Open MPI set "
                "OMPI_MCA_osc=^ucx in the environment");
        }
        *drawn_ = 0;
        MPI_Win_lock_all(MPI_MODE_NOCHECK, window_);
        MPI_Barrier(comm);
    }
    FailureTicket(const FailureTicket&) = delete;
    FailureTicket& operator=(const FailureTicket&) = delete;
    ~FailureTicket() {
        MPI_Win_unlock_all(window_);
        MPI_Win_free(&window_);
    }

    // Waits at most a second: rank 0 may be computing, and two messages are better than none.
    bool draw_first() const {
        const int one = 1;
        int before = 0, done = 0;
        MPI_Request request = MPI_REQUEST_NULL;
        MPI_Rget_accumulate(&one, 1, MPI_INT, &before, 1, MPI_INT, 0, 0, 1, MPI_INT, MPI_SUM, window_,
                            &request);
        for (int waited_ms = 0; waited_ms < 1000; ++waited_ms) {
            MPI_Test(&request, &done, MPI_STATUS_IGNORE);
            if (done) return before == 0;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return true;
    }

  private:
    int* drawn_ = nullptr;
    MPI_Win window_ = MPI_WIN_NULL;
};

// Ends the launch; the other ranks may be anywhere.
[[noreturn]] void abort_launch(const Team& world, std::string_view program, const FailureTicket& ticket,
                               std::string_view what) {
    if (ticket.draw_first()) {
        fmt::print(stderr, "{}: rank {} on {}, {}: {}\n", program, world.rank, host_name(), activity, what);
        std::fflush(stderr);
    } else {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));  // let the first one print and abort
    }
    MPI_Abort(MPI_COMM_WORLD, static_cast<int>(ExitStatus::wrong));
    std::abort();
}

// One rank, where there should be as many as srun has tasks: they would all do the same, and write the same
// files.
void refuse_to_be_alone() {
    if (const auto why = why_alone(srun_tasks(), 1); !why.empty()) throw UsageError(why);
}

ExitStatus run_body(std::string_view program, const std::function<ExitStatus(const Team&)>& body) {
    Team world;
    MPI_Comm_dup(MPI_COMM_WORLD, &world.comm);
    MPI_Comm_rank(world.comm, &world.rank);
    MPI_Comm_size(world.comm, &world.size);
    MPI_Comm_split_type(world.comm, MPI_COMM_TYPE_SHARED, world.rank, MPI_INFO_NULL, &world.node);
    world.crowded = crowded(world);
    auto status = ExitStatus::wrong;
    {
        std::optional<FailureTicket> ticket;
        try {
            ticket.emplace(world.comm);
            if (world.size == 1) refuse_to_be_alone();
            status = body(world);
        } catch (const UsageError& error) {
            if (world.root()) fmt::print(stderr, "{}: {}\n", program, error.what());
            Window::free_left();
            status = ExitStatus::usage;
        } catch (const std::exception& error) {
            abort_launch(world, program, *ticket, error.what());
        } catch (...) {
            abort_launch(world, program, *ticket, "an exception of unknown type");
        }
        std::fflush(stdout);
    }
    MPI_Comm_free(&world.node);
    MPI_Comm_free(&world.comm);
    return status;
}

// A standard stream that is closed would be whatever is opened next: input from, or output to, a stranger.
void open_standard_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(stream, F_GETFD) != -1) continue;
        [[maybe_unused]] const int null = open("/dev/null", O_RDWR);  // takes the lowest number: this one
    }
}

}  // namespace

std::string host_name() {
    std::array<char, 256> name{};
    gethostname(name.data(), name.size() - 1);
    return name.data();
}

int launch(std::string_view program, int argc, char** argv,
           const std::function<ExitStatus(const Team&)>& body, int thread_level) {
    launch_start = Clock::now();
    open_standard_streams();
    int provided = MPI_THREAD_SINGLE;
    MPI_Init_thread(&argc, &argv, thread_level, &provided);
    for (const int signal : {SIGINT, SIGTERM, SIGUSR1, SIGUSR2}) std::signal(signal, on_stop_signal);
    std::signal(SIGXFSZ, SIG_IGN);  // a file that becomes too large is an error of write(), not a death
    omp_set_dynamic(0);             // who divides work by a number of threads is to get as many
    const auto status = run_body(program, body);
    MPI_Finalize();
    return static_cast<int>(status);
}

void set_activity(std::string_view now) {
    activity = now;
}

double seconds_since_launch() {
    return std::chrono::duration<double>(Clock::now() - launch_start).count();
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
    if (team.size > 1) sleeping_barrier(team);  // the work may be long, and who waits must not take its core
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
    using std::chrono::microseconds;
    MPI_Request request = MPI_REQUEST_NULL;
    MPI_Ibarrier(team.comm, &request);
    const auto start = Clock::now();
    for (;;) {
        int done = 0;
        MPI_Test(&request, &done, MPI_STATUS_IGNORE);
        if (done) return;
        // A sixteenth of the time waited so far: little is lost on short waits, few wake-ups are spent on
        // long ones.
        const auto waited = std::chrono::duration_cast<microseconds>(Clock::now() - start);
        std::this_thread::sleep_for(std::clamp(waited / 16, microseconds(20), microseconds(5000)));
    }
}

Team team_of_one(int threads) {
    return {MPI_COMM_SELF, 0, 1, threads, MPI_COMM_SELF};
}

std::vector<double> seconds_since_first_start(const Team& team, std::span<const double> starts,
                                              std::span<const double> ends) {
    std::vector<double> seconds(starts.size());
    MPI_Allreduce(starts.data(), seconds.data(), mpi_count(starts.size()), MPI_DOUBLE, MPI_MIN, team.node);
    for (std::size_t i = 0; i < seconds.size(); ++i) seconds[i] = ends[i] - seconds[i];
    return seconds;
}

bool stop_requested() {
    return stop_signal != 0;
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
