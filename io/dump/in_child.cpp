#include "io/dump/in_child.hpp"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <fstream>
#include <string>

#include "io/dump/refuse.hpp"
#include "io/files/part_file.hpp"

namespace pacer {

namespace {

enum Ended { made = 0, refused = 1 };

// A damaged size must not take the memory of others.
void limit_memory() {
    constexpr rlim_t more_bytes = rlim_t{8} << 30;
    rlim_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    rlimit limit{};
    if (pages == 0 || getrlimit(RLIMIT_AS, &limit) != 0) return;
    const auto bytes = pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE)) + more_bytes;
    if (bytes < limit.rlim_cur) limit.rlim_cur = bytes;
    setrlimit(RLIMIT_AS, &limit);
}

void limit_child(unsigned seconds) {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_CORE, &none);
    limit_memory();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::signal(SIGXFSZ, SIG_IGN);  // ulimit -f holds for memory files, too
    // Where a damaged file makes a library crash, the parent says so; UCX, which MPICH brings along, would as
    // well.
    for (const int signal : {SIGALRM, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) std::signal(signal, SIG_DFL);
    sigset_t alarm_signal;
    sigemptyset(&alarm_signal);
    sigaddset(&alarm_signal, SIGALRM);
    sigprocmask(SIG_UNBLOCK, &alarm_signal, nullptr);
    alarm(seconds);
}

bool write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto done = ::write(file, bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return true;
}

[[noreturn]] void be_child(const std::function<void(const std::function<void(std::string_view)>&)>& make,
                           unsigned seconds, int file) {
    limit_child(seconds);
    int ended = made;
    try {
        make([&](std::string_view bytes) {
            if (!write_all(file, bytes)) refuse("what was read cannot be kept: {}", std::strerror(errno));
        });
    } catch (const std::exception& error) {
        ended = ftruncate(file, 0) == 0 && lseek(file, 0, SEEK_SET) == 0 && write_all(file, error.what())
                    ? refused
                    : refused + 1;
    }
    _exit(ended);
}

}  // namespace

Bytes made_in_child(const std::function<void(const std::function<void(std::string_view)>&)>& make,
                    unsigned seconds) {
    const Descriptor file(::memfd_create("pacer-dump", MFD_CLOEXEC));
    std::signal(SIGCHLD, SIG_DFL);  // or nobody hears how the child ended
    const pid_t child = file.get() < 0 ? -1 : fork();
    if (child < 0) refuse("no process could be started to read it: {}", std::strerror(errno));
    if (child == 0) be_child(make, seconds, file.get());
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) refuse("it is not known how reading it ended: {}", std::strerror(errno));
    }
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
        refuse(
            "reading it took longer than {} s: it is damaged, or too large for a file that another program "
            "wrote",
            seconds);
    if (!WIFEXITED(status) || WEXITSTATUS(status) > refused) refuse("it is cut or damaged");
    const auto size = lseek(file.get(), 0, SEEK_END);
    Bytes bytes(size < 0 ? 0 : static_cast<std::size_t>(size));
    for (std::size_t at = 0; at < bytes.size();) {
        const auto got = pread(file.get(), &bytes[at], bytes.size() - at, static_cast<off_t>(at));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) refuse("what was read is lost: {}", std::strerror(errno));
        at += static_cast<std::size_t>(got);
    }
    if (WEXITSTATUS(status) == refused) refuse("{}", std::string_view(bytes.data(), bytes.size()));
    return bytes;
}

}  // namespace pacer
