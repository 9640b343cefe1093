#include "apps/fileio/flow/watch.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include "common/base/clock.hpp"
#include "common/base/open_process.hpp"
#include "common/base/say.hpp"
#include "common/base/status.hpp"
#include "common/parallel/ending.hpp"

namespace pacer::fileio {

// Slots follow.
struct Watch::Board {
    std::atomic<std::int64_t> pid;
    std::atomic<std::int64_t> leaving;  // this rank's end is no accident from now on
    std::atomic<std::int64_t>
        told;  // of the node's first rank: somebody of this node has said why the launch ends
};

struct Watch::Mate {
    int rank = 0;
    Board* board = nullptr;
    const Slot* slots = nullptr;
    int process = -1;  // a descriptor that becomes readable when the process ends
};

namespace {

constexpr int look_milliseconds = 100;

template <class Board>
Watch::Slot* slots_of(Board* board) {
    return reinterpret_cast<Watch::Slot*>(board + 1);
}

// Where process numbers mean the same; 0 if nobody knows.
std::int64_t process_namespace() {
    struct stat status {};
    return ::stat("/proc/self/ns/pid", &status) == 0 ? static_cast<std::int64_t>(status.st_ino) : 0;
}

// What the handler of a crash needs, which can be handed nothing.
struct Crash {
    std::string who;  // "fileio: rank 2 on node7"
    std::string advice;
    std::atomic<std::int64_t>* told = nullptr;
};
Crash crash;
thread_local const Watch::Slot* my_slot = nullptr;

constexpr std::array crash_signals = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

std::string_view words_for(int signal) {
    switch (signal) {
        case SIGSEGV:
            return "crashed (invalid memory access, SIGSEGV)";
        case SIGBUS:
            return "crashed (bus error, SIGBUS)";
        case SIGFPE:
            return "crashed (arithmetic error, SIGFPE)";
        case SIGILL:
            return "crashed (illegal instruction, SIGILL)";
        default:
            return "crashed (SIGABRT)";
    }
}

// The line that this thread works on. Without a watch there are no slots any more.
std::int64_t line_at_work() {
    return crash.told == nullptr || my_slot == nullptr ? Watch::no_line : my_slot->line.load();
}

// Says what this rank's calculation did, and where, if it was at work and nobody has said anything yet.
// Allocates nothing.
void tell_crash(std::string_view what) {
    const auto line = line_at_work();
    if (line == Watch::no_line || crash.told->exchange(1) != 0) return;
    const auto* const slot = my_slot;
    std::array<char, 1024> text;
    const auto end = fmt::format_to_n(text.data(), text.size() - 1, "{}: the calculation {} at {}:{}{}\n",
                                      std::string_view(crash.who), what, static_cast<const char*>(slot->path),
                                      line + 1, std::string_view(crash.advice));
    say(std::string_view(text.data(), std::min(end.size, text.size() - 1)));
}

// The signal then does what it does by default.
void on_crash(int signal) {
    tell_crash(words_for(signal));
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

// A process that was forked to be on trial: nothing of the launch is to end with it.
bool on_trial = false;

// A library may end the process, with any status: that is no success.
void on_exit_within_calculation() {
    if (on_trial) ::_exit(static_cast<int>(ExitStatus::wrong));
    if (line_at_work() == Watch::no_line) return;
    tell_crash("ended the program");
    ::_exit(static_cast<int>(ExitStatus::wrong));
}

void set_crash_handler(void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    action.sa_flags = SA_ONSTACK;
    for (const int signal : crash_signals) sigaction(signal, &action, nullptr);
}

// A calculation that overflows its stack leaves none for the handler.
void give_handler_a_stack() {
    constexpr std::size_t bytes = 64 << 10;
    thread_local std::unique_ptr<char[]> memory;
    if (memory) return;
    memory = std::make_unique<char[]>(bytes);
    stack_t stack{};
    stack.ss_sp = memory.get();
    stack.ss_size = bytes;
    sigaltstack(&stack, nullptr);
}

}  // namespace

Watch::Watch(const Team& world, std::string_view program, int threads, double record_timeout_seconds,
             std::string_view advice)
    : world_(world),
      program_(program),
      advice_(advice),
      threads_(threads),
      timeout_seconds_(record_timeout_seconds),
      seen_(static_cast<std::size_t>(threads)) {
    int most_threads = threads;
    MPI_Allreduce(MPI_IN_PLACE, &most_threads, 1, MPI_INT, MPI_MAX, world.node);
    const int rank = world.node_rank, ranks = world.node_size;
    const auto bytes = (sizeof(Board) + static_cast<std::size_t>(most_threads) * sizeof(Slot) + 63) / 64 * 64;
    void* memory = nullptr;
    window_ = Window::allocate_shared(world.node, bytes, 1, &memory);
    const bool shared = window_.obstacle().empty();
    if (!shared) {  // each rank watches itself alone
        own_memory_ = std::make_unique<std::max_align_t[]>(bytes / sizeof(std::max_align_t));
        memory = own_memory_.get();
    }
    const auto board_of = [&](int of) {
        MPI_Aint size = 0;
        int unit = 0;
        void* board = memory;
        if (shared) MPI_Win_shared_query(window_.get(), of, &size, &unit, &board);
        return static_cast<Board*>(board);
    };
    mine_ = new (board_of(rank)) Board{getpid(), 0, 0};
    leader_ = board_of(0);
    slots_ = slots_of(mine_);
    all_threads_ = most_threads;
    for (int i = 0; i < most_threads; ++i) new (slots_ + i) Slot{no_line, 0, {}};
    crash.who = fmt::format("{}: rank {} on {}", program_, world.rank, host_name());
    crash.advice = advice_;
    crash.told = &leader_->told;
    set_crash_handler(on_crash);
    [[maybe_unused]] static const int registered = std::atexit(on_exit_within_calculation);

    // The first rank of a node watches all others, the second one the first.
    std::vector<int> world_ranks(static_cast<std::size_t>(ranks));
    std::vector<std::int64_t> spaces(world_ranks.size());
    const auto space = process_namespace();
    MPI_Allgather(&world.rank, 1, MPI_INT, world_ranks.data(), 1, MPI_INT, world.node);
    MPI_Allgather(&space, 1, MPI_INT64_T, spaces.data(), 1, MPI_INT64_T,
                  world.node);  // and all boards are set up
    for (int mate = 0; mate < ranks; ++mate) {
        const bool watch_it = rank == 0 ? mate != 0 : rank == 1 && mate == 0;
        if (!shared || !watch_it || space == 0 || spaces[static_cast<std::size_t>(mate)] != space) continue;
        auto* const board = board_of(mate);
        const int process = open_process(static_cast<pid_t>(board->pid.load()));
        if (process < 0) continue;  // Linux before 5.3: its end is the launcher's to tell
        watched_.push_back({world_ranks[static_cast<std::size_t>(mate)], board, slots_of(board), process});
    }
    wake_ = eventfd(0, EFD_CLOEXEC);
    thread_ = std::thread([this] { look(); });
}

Watch::~Watch() {
    mine_->leaving.store(1);
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);
    thread_.join();
    ::close(wake_);
    for (const auto& mate : watched_) ::close(mate.process);
    set_crash_handler(SIG_DFL);
    crash = {};
}

void Watch::leave_to_default() {
    set_crash_handler(SIG_DFL);
    // A signal to all processes of a job is for the launch.
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGXCPU})
        std::signal(signal, SIG_IGN);
    on_trial = true;
}

void Watch::in_file(int thread, std::string_view path) {
    give_handler_a_stack();
    auto& slot = slots_[thread];
    my_slot = &slot;
    if (path == slot.path) return;
    // The end of a long path says more than its beginning.
    const auto kept = path.substr(path.size() - std::min(path.size(), sizeof slot.path - 1));
    std::memcpy(slot.path, kept.data(), kept.size());
    slot.path[kept.size()] = '\0';
}

// The thread. It sleeps unless a watched process ends.
void Watch::look() {
    std::vector<pollfd> events = {{wake_, POLLIN, 0}};
    for (const auto& mate : watched_) events.push_back({mate.process, POLLIN, 0});
    double asked_to_stop = 0, beaten = 0;
    const int pause = timeout_seconds_ > 0
                          ? std::clamp(static_cast<int>(timeout_seconds_ * 1000 / 4), 1, look_milliseconds)
                          : look_milliseconds;
    for (;;) {
        ::poll(events.data(), events.size(), pause);
        if (events[0].revents != 0) return;
        const double now = now_seconds();
        if (timeout_seconds_ > 0) {
            const auto slow = slow_record(now);
            if (!slow.empty()) tell(slow);
        }
        constexpr double beat_seconds = 5;
        if (const int heart = heart_; heart >= 0 && now - beaten > beat_seconds) {
            ::futimens(heart, nullptr);
            beaten = now;
        }
        const double deadline = deadline_seconds_;
        if (deadline > 0 && !stop_requested() && seconds_since_launch() > deadline)
            request_stop("the time of --deadline is over");
        // A launcher that ends the launch asks first and kills a moment later: no accident.
        constexpr double moment_seconds = 0.3;
        if (stop_requested() && asked_to_stop == 0) asked_to_stop = now;
        const bool being_ended = asked_to_stop > 0 && now - asked_to_stop > moment_seconds;
        for (std::size_t i = 0; i < watched_.size(); ++i) {
            if (events[i + 1].revents == 0) continue;
            events[i + 1].fd = -1;  // seen
            if (!being_ended && watched_[i].board->leaving.load() == 0) tell_death(watched_[i]);
        }
    }
}

// The sentence about a record of this rank that takes longer than allowed, if there is one.
std::string Watch::slow_record(double now) {
    for (int thread = 0; thread < threads_; ++thread) {
        const auto begun = slots_[thread].begun.load();
        const auto line = slots_[thread].line.load();
        auto& seen = seen_[static_cast<std::size_t>(thread)];
        if (line == no_line || begun != seen.begun) {
            seen = {begun, now};
        } else if (now - seen.since > timeout_seconds_) {
            return fmt::format("rank {} on {}: {}:{} takes longer than the {:g} s of --record-timeout",
                               world_.rank, host_name(), slots_[thread].path, line + 1, timeout_seconds_);
        }
    }
    return {};
}

void Watch::tell_death(const Mate& mate) {
    std::string where;
    for (int thread = 0; thread < all_threads_ && where.empty(); ++thread) {
        const auto line = mate.slots[thread].line.load();
        if (line != no_line)
            where = fmt::format(" while it worked on {}:{}", mate.slots[thread].path, line + 1);
    }
    tell(fmt::format("rank {} on {} died{}", mate.rank, host_name(), where));
}

// Says it, unless somebody of this node has said something already, and ends the launch.
void Watch::tell(const std::string& sentence) {
    if (leader_->told.exchange(1) == 0) {
        say("{}: {}{}\n", program_, sentence, advice_);
    }
    abort_from_thread();
}

}  // namespace pacer::fileio
