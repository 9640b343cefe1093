#include "common/parallel/team.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <omp.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <new>
#include <stdexcept>
#include <thread>

#include "common/base/say.hpp"
#include "common/machine/memory.hpp"
#include "common/machine/topology.hpp"
#include "common/measure/timing.hpp"
#include "common/parallel/failure_ticket.hpp"
#include "common/parallel/patience.hpp"
#include "common/parallel/window.hpp"
#include "common/placement/host.hpp"
#include "common/placement/launcher.hpp"

namespace pacer {

namespace {

using Clock = std::chrono::steady_clock;

Clock::time_point launch_start = Clock::now();
std::string activity = "starting";
std::thread::id main_thread;
std::atomic<bool> abort_wanted = false;
volatile std::sig_atomic_t stop_signal = 0;
int stop_descriptor = -1;
volatile std::sig_atomic_t tells_stop = 0;  // on rank 0, as long as there is something to stop
std::string stop_sentence;
const FailureTicket* failure = nullptr;

// These come again by themselves: from a shell and from the kernel when a terminal goes, and every second
// that is used beyond a limit.
bool comes_again(int signal) {
    return signal == SIGHUP || signal == SIGXCPU;
}

void on_stop_signal(int signal) {
    const int error = errno;
    // A launcher that ends a launch whose rank has failed sends a signal, too.
    if (stop_signal == 0 && tells_stop != 0 && !launch_failed()) say(std::string_view(stop_sentence));
    stop_signal = 1;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(stop_descriptor, &one, sizeof one);
    std::signal(signal, comes_again(signal) ? SIG_IGN : SIG_DFL);  // a second one kills
    errno = error;
}

void heed_stop_signals() {
    for (const int signal : {SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU}) std::signal(signal, on_stop_signal);
    if (std::signal(SIGHUP, on_stop_signal) == SIG_IGN) std::signal(SIGHUP, SIG_IGN);  // nohup's wish
}

// Ends the launch; the other ranks may be anywhere.
[[noreturn]] void abort_launch(const Team& world, std::string_view program, std::string_view what) {
    if (failure->draw_first())
        say("{}: rank {} on {}, {}: {}\n", program, world.rank, host_name(), activity, what);
    // The name that was drawn goes with its process: who fails together with it is to find it taken.
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    MPI_Abort(MPI_COMM_WORLD, static_cast<int>(ExitStatus::wrong));
    std::abort();
}

ExitStatus run_body(std::string_view program, const std::function<ExitStatus(const Team&)>& body) {
    Team world;
    MPI_Comm_dup(MPI_COMM_WORLD, &world.comm);
    MPI_Comm_rank(world.comm, &world.rank);
    MPI_Comm_size(world.comm, &world.size);
    MPI_Comm_split_type(world.comm, MPI_COMM_TYPE_SHARED, world.rank, MPI_INFO_NULL, &world.node);
    MPI_Comm_rank(world.node, &world.node_rank);
    MPI_Comm_size(world.node, &world.node_size);
    world.nodes = world.node_root() ? 1 : 0;
    MPI_Allreduce(MPI_IN_PLACE, &world.nodes, 1, MPI_INT, MPI_SUM, world.comm);
    static const FailureTicket ticket(world);
    failure = &ticket;
    stop_sentence =
        fmt::format("{}: stopping after this round of work; a second signal ends it at once\n", program);
    tells_stop = world.root() ? 1 : 0;
    heed_stop_signals();
    auto status = ExitStatus::wrong;
    try {
        on_every_rank(world, [] { topology(); });  // PACER_TOPOLOGY may describe none
        world.crowded = crowded(world);
        status = body(world);
    } catch (const UsageError& error) {
        tells_stop = 0;
        if (world.root()) say("{}: {}\n", program, error.what());
        Window::free_left();
        status = ExitStatus::usage;
    } catch (const std::bad_alloc&) {
        abort_launch(world, program,
                     address_space_left() ? "ulimit -v leaves too little memory: raise it, or ask for less"
                                          : "there is too little memory: ask for less");
    } catch (const std::exception& error) {
        abort_launch(world, program, error.what());
    } catch (...) {
        abort_launch(world, program, "an exception of unknown type");
    }
    tells_stop = 0;
    std::fflush(stdout);
    MPI_Comm_free(&world.node);
    MPI_Comm_free(&world.comm);
    return status;
}

std::string mpi_library() {
    std::array<char, MPI_MAX_LIBRARY_VERSION_STRING + 1> text{};
    int length = 0;
    MPI_Get_library_version(text.data(), &length);
    return text.data();
}

// One of several processes that MPI does not connect: it is refused, and one of them says why.
ExitStatus refuse_to_be_alone(std::string_view program, const Started& processes, std::string_view why) {
    if (processes.speaks()) say("{}: {}\n", program, why);
    return ExitStatus::usage;
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
    main_thread = std::this_thread::get_id();
    open_standard_streams();
    stop_descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    // Before MPI_Init, which sets such variables itself.
    const auto library = mpi_library();
    const auto processes = started(library, srun_tasks(), std::getenv);
    const auto why = why_alone(processes, library, std::getenv);
    if (!why.empty() && without_pmi(processes, library, std::getenv))
        return static_cast<int>(refuse_to_be_alone(program, processes, why));
    int provided = MPI_THREAD_SINGLE, ranks = 1, rank = 0;
    MPI_Init_thread(&argc, &argv, thread_level, &provided);
    std::signal(SIGXFSZ, SIG_IGN);  // a file that becomes too large is an error of write(), not a death
    omp_set_dynamic(0);             // who divides work by a number of threads is to get as many
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank == 0 && provided < std::min<int>(thread_level, MPI_THREAD_FUNNELED)) {
        say("{}: this MPI allows a process no threads (MPI_THREAD_SINGLE), and some variants have them: "
            "choose "
            "another build of MPI if they fail\n",
            program);
    }
    const auto status =
        ranks == 1 && !why.empty() ? refuse_to_be_alone(program, processes, why) : run_body(program, body);
    MPI_Finalize();
    return static_cast<int>(status);
}

bool launch_failed() {
    return failure != nullptr && failure->drawn();
}

void heed_abort() {
    if (!abort_wanted.load(std::memory_order_relaxed) || std::this_thread::get_id() != main_thread) return;
    MPI_Abort(MPI_COMM_WORLD, static_cast<int>(ExitStatus::wrong));
    std::abort();
}

void abort_from_thread() {
    constexpr std::chrono::milliseconds grace(500);
    failure->draw_first();
    abort_wanted = true;
    std::this_thread::sleep_for(grace);
    _exit(static_cast<int>(ExitStatus::wrong));
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
        heed_abort();
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

bool stop_requested() {
    return stop_signal != 0;
}

int stop_event() {
    return stop_descriptor;
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
