#include "common/parallel/ending.hpp"

#include <fmt/format.h>
#include <mpi.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <thread>

#include "common/base/say.hpp"
#include "common/base/status.hpp"
#include "common/parallel/failure_ticket.hpp"
#include "common/parallel/team.hpp"

namespace pacer {

namespace {

std::string activity = "starting";
std::thread::id main_thread;
std::atomic<bool> abort_wanted = false;
volatile std::sig_atomic_t stop_signal = 0;
int stop_descriptor = -1;
volatile std::sig_atomic_t tells_stop = 0;  // on rank 0, as long as there is something to stop
std::string stop_program, stop_sentence;
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

}  // namespace

void set_activity(std::string_view now) {
    activity = now;
}

bool stop_requested() {
    return stop_signal != 0;
}

void request_stop(std::string_view reason) {
    if (stop_signal == 0 && tells_stop != 0 && !launch_failed()) say("{}: {}\n", stop_program, reason);
    stop_signal = 1;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(stop_descriptor, &one, sizeof one);
}

int stop_event() {
    return stop_descriptor;
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

void heed_stop_signals(const Team& world, std::string_view program) {
    main_thread = std::this_thread::get_id();
    static const FailureTicket ticket(world);
    failure = &ticket;
    stop_descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    stop_program = program;
    stop_sentence =
        fmt::format("{}: stopping after this round of work; a second signal ends it at once\n", program);
    tells_stop = world.root() ? 1 : 0;
    for (const int signal : {SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU}) std::signal(signal, on_stop_signal);
    if (std::signal(SIGHUP, on_stop_signal) == SIG_IGN) std::signal(SIGHUP, SIG_IGN);  // nohup's wish
}

void nothing_to_stop() {
    tells_stop = 0;
}

void abort_launch(const Team& world, std::string_view program, std::string_view what) {
    if (failure->draw_first())
        say("{}: rank {} on {}, {}: {}\n", program, world.rank, host_name(), activity, what);
    // The drawn name disappears with its process: ranks that fail at the same time must find it taken.
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    MPI_Abort(MPI_COMM_WORLD, static_cast<int>(ExitStatus::wrong));
    std::abort();
}

}  // namespace pacer
