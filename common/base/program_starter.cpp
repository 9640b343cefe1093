#include "common/base/program_starter.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

namespace pacer {

namespace {

struct Starter {
    pid_t pid = -1;
    int channel = -1;  // to and from the process
    int error = 0;     // why there is none
    std::mutex mutex{};
};

Starter& starter() {
    static Starter the_one;
    return the_one;
}

// Before a command's text, for a start; or alone.
struct Request {
    enum What { start, wait } what = start;
    pid_t pid = -1;
};

struct Reply {
    pid_t pid = -1;
    int error = 0, status = 0;
};

constexpr std::size_t longest_command = 65536;
using Streams = std::array<int, 3>;

// In the helper: the programs at work, each the leader of a process group; 0: free.
std::array<std::atomic<pid_t>, 4096> at_work;

void note(pid_t from, pid_t to) {
    for (auto& slot : at_work) {
        if (auto expected = from; slot.compare_exchange_strong(expected, to)) return;
    }
}

// Whoever wanted the programs is gone, however: nobody else knows what they have started.
[[noreturn]] void end_with_all(int) {
    for (const auto& slot : at_work) {
        if (const pid_t pid = slot; pid > 0) ::kill(-pid, SIGKILL);
    }
    ::_exit(0);
}

void let_term(int how) {
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    ::sigprocmask(how, &term, nullptr);
}

// Beyond the standard streams, one of which may be closed: what is opened next would take its place.
int beyond_standard(int descriptor) {
    const int moved = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    ::close(descriptor);
    return moved;
}

// The child's ends become its standard streams. It gets a process group, to be ended with all in it.
[[noreturn]] void become(const char* command, const Streams& ends) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::signal(SIGTERM, SIG_DFL);
    let_term(SIG_UNBLOCK);
    for (int stream = 0; stream < 3; ++stream) ::dup2(ends[static_cast<std::size_t>(stream)], stream);
    ::execl("/bin/sh", "sh", "-c", command, static_cast<char*>(nullptr));
    ::_exit(127);
}

Reply start(const char* command, Streams& ours) {
    Streams theirs{};
    for (std::size_t stream = 0; stream < ours.size(); ++stream) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) return {-1, errno, 0};
        for (int& end : ends) end = beyond_standard(end);
        const bool input = stream == 0;
        theirs[stream] = ends[input ? 0 : 1];
        ours[stream] = ends[input ? 1 : 0];
    }
    let_term(SIG_BLOCK);
    const pid_t pid = ::fork();
    if (pid == 0) become(command, theirs);
    const int error = pid < 0 ? errno : 0;
    if (pid > 0) {
        ::setpgid(pid, pid);  // it may not have come to that yet when it is to end
        note(0, pid);
    }
    let_term(SIG_UNBLOCK);
    for (const int end : theirs) ::close(end);
    return {pid, error, 0};
}

// A program that has lost its input has a second to end.
Reply wait_for(pid_t pid) {
    Reply reply{pid, 0, 0};
    pid_t ended = 0;
    for (int waited_ms = 0; waited_ms < 1000 && ended == 0; ++waited_ms) {
        ended = ::waitpid(pid, &reply.status, WNOHANG);
        if (ended == 0) ::usleep(1000);
    }
    if (ended == 0) ::kill(-pid, SIGKILL);
    while (ended == 0 || (ended < 0 && errno == EINTR)) ended = ::waitpid(pid, &reply.status, 0);
    note(pid, 0);
    return reply;
}

// With descriptors, which the other process then has as well.
void send_reply(int channel, Reply reply, const Streams* streams) {
    iovec data{&reply, sizeof reply};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(Streams))] = {};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    if (streams != nullptr) {
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        cmsghdr* const head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(Streams));
        std::memcpy(CMSG_DATA(head), streams, sizeof *streams);
    }
    ::sendmsg(channel, &message, MSG_NOSIGNAL);
}

[[noreturn]] void serve(int channel) {
    std::signal(SIGTERM, end_with_all);
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(nothing, stream);
    std::vector<char> bytes(sizeof(Request) + longest_command + 1);
    for (;;) {
        const auto got = ::recv(channel, bytes.data(), bytes.size() - 1, 0);
        if (got < static_cast<ssize_t>(sizeof(Request))) break;
        Request request;
        std::memcpy(&request, bytes.data(), sizeof request);
        if (request.what == Request::wait) {
            send_reply(channel, wait_for(request.pid), nullptr);
            continue;
        }
        bytes[static_cast<std::size_t>(got)] = '\0';
        Streams ours{};
        const auto reply = start(bytes.data() + sizeof request, ours);
        const bool started = reply.error == 0;
        send_reply(channel, reply, started ? &ours : nullptr);
        for (std::size_t stream = 0; started && stream < ours.size(); ++stream) ::close(ours[stream]);
    }
    end_with_all(SIGTERM);
}

Reply ask(const Request& request, const std::string& command, Streams* streams) {
    auto& process = starter();
    const std::lock_guard lock(process.mutex);
    std::string bytes(reinterpret_cast<const char*>(&request), sizeof request);
    bytes += command;
    if (process.channel < 0 || ::send(process.channel, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0)
        return {-1, process.channel < 0 && process.error != 0 ? process.error : EPIPE, 0};
    Reply reply;
    iovec data{&reply, sizeof reply};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(Streams))] = {};
    msghdr message{};
    message.msg_iov = &data;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    ssize_t got = 0;
    do {
        got = ::recvmsg(process.channel, &message, MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got != sizeof reply) return {-1, EPIPE, 0};
    if (const cmsghdr* const head = CMSG_FIRSTHDR(&message); head != nullptr && streams != nullptr)
        std::memcpy(streams, CMSG_DATA(head), sizeof *streams);
    return reply;
}

}  // namespace

bool begin_program_starter() {
    auto& process = starter();
    if (process.channel >= 0) return false;
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        process.error = errno;
        return true;
    }
    for (int& end : ends) end = beyond_standard(end);
    const pid_t parent = ::getpid();
    process.pid = ::fork();
    if (process.pid == 0) {
        ::setpgid(0, 0);  // the terminal's Ctrl-C is for the launch, whose end ends the programs
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);  // for end_with_all()
        if (::getppid() != parent) ::_exit(1);
        ::close(ends[0]);
        serve(ends[1]);
    }
    if (process.pid < 0) process.error = errno;
    ::close(ends[1]);
    process.channel = ends[0];
    return true;
}

void end_program_starter() {
    auto& process = starter();
    const std::lock_guard lock(process.mutex);
    if (process.channel >= 0) ::close(std::exchange(process.channel, -1));
    if (process.pid > 0) {
        while (::waitpid(process.pid, nullptr, 0) < 0 && errno == EINTR) continue;
    }
    process.pid = -1;
}

StartedProgram start_program(const std::string& command) {
    if (command.size() > longest_command) throw std::runtime_error("the command is too long");
    Streams streams{-1, -1, -1};
    const auto reply = ask({Request::start, -1}, command, &streams);
    if (reply.error != 0)
        throw std::runtime_error(fmt::format("cannot start '{}': {}", command, std::strerror(reply.error)));
    return {reply.pid, streams[0], streams[1], streams[2]};
}

std::string end_of_program(pid_t pid) {
    const auto reply = ask({Request::wait, pid}, {}, nullptr);
    if (reply.error != 0) return "nobody knows how";
    return WIFSIGNALED(reply.status) ? fmt::format("killed by signal {}", WTERMSIG(reply.status))
                                     : fmt::format("exit status {}", WEXITSTATUS(reply.status));
}

}  // namespace pacer
