// What the spawner does, in its process.
#include <fcntl.h>
#include <mpi.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include "apps/overhead/spawned_workers.hpp"
#include "apps/overhead/spawner.hpp"
#include "common/base/clock.hpp"
#include "common/base/status.hpp"

namespace pacer::overhead {

namespace {

// The channel under a number that programs started from here do not get: as long as one of them held it, its
// other end would not see this process end. They get no standard stream either: of a spawn that is given up
// Open MPI would tell at length.
int take_over_channel() {
    constexpr int beyond_standard = 3;
    const int channel = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, beyond_standard);
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nothing, stream);
    return channel;
}

SpawnReply spawn_and_join(const std::string& program, std::int64_t workers) {
    SpawnReply reply{};
    try {
        const double start = now_seconds();
        SpawnedWorkers spawned(program, workers);
        reply.sum = spawned.join();
        reply.seconds = now_seconds() - start;
        spawned.wait_until_gone();
    } catch (const std::runtime_error& error) {
        const std::string_view text = error.what();
        std::memcpy(reply.error, text.data(), std::min(text.size(), sizeof reply.error - 1));
    }
    return reply;
}

}  // namespace

int be_spawner(int argc, char** argv) {
    const int channel = take_over_channel();
    MPI_Init(&argc, &argv);
    const auto program = own_program();
    std::int64_t workers = 0;
    while (recv(channel, &workers, sizeof workers, 0) == sizeof workers) {
        const auto reply = spawn_and_join(program, workers);
        if (send(channel, &reply, sizeof reply, MSG_NOSIGNAL) != sizeof reply) break;
        if (reply.error[0] != '\0') _exit(1);  // MPI_Finalize may hang then
    }
    MPI_Finalize();
    return static_cast<int>(ExitStatus::right);
}

}  // namespace pacer::overhead
