#include "apps/overhead/starter.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "apps/overhead/forked_workers.hpp"
#include "apps/overhead/piece.hpp"
#include "apps/overhead/spawner.hpp"
#include "common/base/clock.hpp"

namespace pacer::overhead {

struct Starter::Request {
    How how;
    std::int64_t workers;
};

struct Starter::Reply {
    double seconds;
    std::int64_t sum, hangs;
    char error[240];  // empty: it worked
};

namespace {

// Beyond the standard streams, one of which may be closed: what is opened next would take its place.
int beyond_standard(int descriptor) {
    const int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    close(descriptor);
    return moved;
}

}  // namespace

Starter::Starter(const std::string& program) {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
        failure_ = std::strerror(errno);
        return;
    }
    for (int& end : ends) end = beyond_standard(end);
    const pid_t parent = getpid();
    pid_ = ::fork();
    if (pid_ == 0) {
        setpgid(0, 0);  // the terminal's Ctrl-C is for the launch, which then ends this process
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) _exit(1);
        close(ends[0]);
        serve(ends[1], program);
    }
    if (pid_ < 0) failure_ = std::strerror(errno);
    close(ends[1]);
    channel_ = ends[0];
}

void Starter::serve(int channel, const std::string& program) {
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nothing, stream);
    {
        Spawner spawner(program);
        Request request{};
        while (recv(channel, &request, sizeof request, 0) == sizeof request) {
            const auto reply = fulfil(request, spawner);
            if (send(channel, &reply, sizeof reply, MSG_NOSIGNAL) != sizeof reply) break;
        }
    }
    _exit(0);
}

Starter::Reply Starter::fulfil(const Request& request, Spawner& spawner) {
    Reply reply{};
    const auto refuse = [&](std::string_view why) {
        std::memcpy(reply.error, why.data(), std::min(why.size(), sizeof reply.error - 1));
    };
    try {
        if (request.how == How::fork) {
            const double start = now_seconds();
            reply.sum = ForkedWorkers(request.workers, piece_of_work).join();
            reply.seconds = now_seconds() - start;
        } else {
            const auto spawned = spawner.spawn(request.workers);
            reply.seconds = spawned.seconds;
            reply.sum = spawned.sum;
            reply.hangs = spawned.hangs;
            refuse(spawned.error);
        }
    } catch (const std::runtime_error& error) {
        refuse(error.what());
    }
    return reply;
}

Starter::Started Starter::start(How how, std::int64_t workers) {
    if (!failure_.empty()) return {0, 0, 0, "no process could be forked before MPI began: " + failure_};
    const Request request{how, workers};
    Reply reply{};
    send(channel_, &request, sizeof request, MSG_NOSIGNAL);
    ssize_t got = 0;
    do {
        got = recv(channel_, &reply, sizeof reply, 0);
    } while (got < 0 && errno == EINTR);
    if (got != sizeof reply) return {0, 0, 0, "the process that starts workers has ended"};
    return {reply.seconds, reply.sum, reply.hangs, reply.error};
}

// The end of the channel lets it end in good order, for which it gets three seconds.
void Starter::stop() {
    if (pid_ < 0) return;
    close(channel_);
    channel_ = -1;
    for (int waited_ms = 0; waited_ms < 3000; ++waited_ms) {
        if (waitpid(pid_, nullptr, WNOHANG) != 0) {
            pid_ = -1;
            return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    kill(pid_, SIGKILL);
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
    pid_ = -1;
}

}  // namespace pacer::overhead
