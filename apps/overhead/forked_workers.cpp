#include "apps/overhead/forked_workers.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <system_error>

namespace pacer::overhead {

namespace {

[[noreturn]] void be_a_worker(pid_t parent, int results, std::int64_t index,
                              const std::function<std::int64_t(std::int64_t)>& work) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);  // it died before the line above
    const std::int64_t result = work(index);
    // So few bytes are written at once or not at all.
    _exit(write(results, &result, sizeof result) == sizeof result ? 0 : 1);
}

}  // namespace

ForkedWorkers::ForkedWorkers(std::int64_t count, const std::function<std::int64_t(std::int64_t)>& work) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    results_ = ends[0];
    const pid_t parent = getpid();
    for (std::int64_t i = 0; i < count; ++i) {
        const pid_t pid = ::fork();
        if (pid == 0) be_a_worker(parent, ends[1], i, work);
        if (pid < 0) {
            const int reason = errno;
            close(ends[1]);
            kill_all();
            throw std::system_error(reason, std::generic_category(), "fork");
        }
        pids_.push_back(pid);
    }
    close(ends[1]);  // so that reading ends when the last worker does
}

ForkedWorkers::~ForkedWorkers() {
    kill_all();
}

std::int64_t ForkedWorkers::join() {
    std::int64_t sum = 0, result = 0;
    std::size_t arrived = 0;
    for (;;) {
        const auto got = read(results_, &result, sizeof result);
        if (got < 0 && errno == EINTR) continue;
        if (got != sizeof result) break;
        sum += result;
        ++arrived;
    }
    const bool all = arrived == pids_.size();
    for (const pid_t pid : pids_) {
        while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) continue;
    }
    pids_.clear();
    if (!all) throw std::runtime_error("a forked process ended without a result");
    return sum;
}

void ForkedWorkers::kill_all() {
    for (const pid_t pid : pids_) kill(pid, SIGKILL);
    for (const pid_t pid : pids_) {
        while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) continue;
    }
    pids_.clear();
    if (results_ >= 0) close(results_);
    results_ = -1;
}

}  // namespace pacer::overhead
