#include "apps/overhead/spawner.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <system_error>
#include <thread>
#include <utility>

#include "common/base/clock.hpp"

namespace pacer::overhead {

namespace {

constexpr int most_tries = 3;
constexpr double least_patience_seconds = 5;  // many times what it takes on an idle machine

// Between fork and exec, in a process with threads: system calls only.
[[noreturn]] void become(const char* program, char* const* arguments, char* const* environment, int channel,
                         pid_t parent) {
    setpgid(0, 0);  // the terminal's Ctrl-C is for the launch, which then ends this process
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(1);
    dup2(channel, STDIN_FILENO);
    execve(program, arguments, environment);
    _exit(127);
}

}  // namespace

std::string own_program() {
    std::array<char, 4096> path{};
    const auto length = readlink("/proc/self/exe", path.data(), path.size());
    if (length <= 0) throw std::system_error(errno, std::generic_category(), "/proc/self/exe");
    return {path.data(), static_cast<std::size_t>(length)};
}

std::vector<std::string> environment_alone(const char* const* environment) {
    constexpr std::array<std::string_view, 14> launcher_s = {"OMPI_",
                                                             "PMIX_",
                                                             "PMI_",
                                                             "ORTE_",
                                                             "PRTE_",
                                                             "SLURM_",
                                                             "HYDI_",
                                                             "MPI_LOCAL",
                                                             "OMPI_MCA_ess",
                                                             "OMPI_MCA_orte_",
                                                             "OMPI_MCA_pmix",
                                                             "OMPI_MCA_initial_wdir",
                                                             "OMPI_MCA_shmem_",
                                                             "OMPI_MCA_mpi_oversubscribe"};
    constexpr std::array<std::string_view, 2> user_s = {"OMPI_ALLOW_RUN_AS_ROOT", "OMPI_MCA_"};
    // The longer name decides: a parameter that the user set stays, one that mpirun set goes.
    const auto longest = [](std::string_view entry, const auto& beginnings) {
        std::size_t length = 0;
        for (const auto beginning : beginnings) {
            if (entry.starts_with(beginning)) length = std::max(length, beginning.size());
        }
        return length;
    };
    std::vector<std::string> kept;
    for (; *environment != nullptr; ++environment) {
        const auto goes = longest(*environment, launcher_s);
        if (goes == 0 || goes < longest(*environment, user_s)) kept.emplace_back(*environment);
    }
    return kept;
}

Spawner::Spawner(std::string program, double first_patience_seconds)
    : program_(std::move(program)), first_patience_seconds_(first_patience_seconds) {}

Spawner::~Spawner() {
    stop();
}

Spawner::Spawned Spawner::spawn(std::int64_t workers) {
    Spawned spawned;
    const double start_seconds = now_seconds();
    const auto failed = [&](std::string error) {
        give_up();
        spawned.seconds = now_seconds() - start_seconds;
        spawned.error = std::move(error);
        return spawned;
    };
    for (; spawned.hangs < most_tries; ++spawned.hangs) {
        if (pid_ < 0) start();
        SpawnReply reply{};
        send(channel_, &workers, sizeof workers, MSG_NOSIGNAL);
        if (!reply_comes(patience(workers))) {
            give_up();
            continue;
        }
        if (recv(channel_, &reply, sizeof reply, 0) != sizeof reply)
            return failed("the process that calls MPI_Comm_spawn ended without an answer");
        if (reply.error[0] != '\0') return failed(reply.error);
        spawned.seconds = reply.seconds;
        spawned.sum = reply.sum;
        slowest_seconds_ = std::max(slowest_seconds_, reply.seconds);
        return spawned;
    }
    return failed(fmt::format("MPI_Comm_spawn hung {} times in a row", most_tries));
}

void Spawner::start() {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
        throw std::system_error(errno, std::generic_category(), "socketpair");
    std::string role = spawner_role;
    std::array<char*, 3> arguments = {program_.data(), role.data(), nullptr};
    auto entries = environment_alone(environ);
    std::vector<char*> environment;
    for (auto& entry : entries) environment.push_back(entry.data());
    environment.push_back(nullptr);
    const pid_t parent = getpid();
    pid_ = ::fork();
    if (pid_ == 0) become(program_.c_str(), arguments.data(), environment.data(), ends[1], parent);
    const int reason = errno;
    close(ends[1]);
    channel_ = ends[0];
    if (pid_ < 0) {
        give_up();
        throw std::system_error(reason, std::generic_category(), "fork");
    }
}

// The end of the channel lets it end in good order, for which it gets a second.
void Spawner::stop() {
    if (pid_ < 0) return;
    shutdown(channel_, SHUT_RDWR);
    for (int waited_ms = 0; waited_ms < 1000 && waitpid(pid_, nullptr, WNOHANG) == 0; ++waited_ms) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    give_up();
}

void Spawner::give_up() {
    if (pid_ > 0) {
        kill(pid_, SIGKILL);
        while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
    }
    pid_ = -1;
    if (channel_ >= 0) close(channel_);
    channel_ = -1;
}

double Spawner::patience(std::int64_t workers) const {
    if (slowest_seconds_ > 0) return std::max(least_patience_seconds, 10 * slowest_seconds_);
    constexpr double for_each_seconds = 0.1;
    return first_patience_seconds_ + for_each_seconds * static_cast<double>(workers);
}

bool Spawner::reply_comes(double patience_seconds) const {
    const double end = now_seconds() + patience_seconds;
    for (;;) {
        pollfd reply = {channel_, POLLIN, 0};
        const double left = end - now_seconds();
        const int ready = poll(&reply, 1, static_cast<int>(std::max(0.0, 1000 * left)));
        if (ready > 0) return true;
        if (ready == 0 || errno != EINTR) return false;
    }
}

}  // namespace pacer::overhead
