#include "common/launch/finalize.hpp"

#include <mpi.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <csignal>
#include <cstdlib>

#include "common/base/say.hpp"

namespace pacer {

namespace {

constexpr unsigned till_all_left_seconds = 10;

volatile std::sig_atomic_t status_known = 0, tells_of_finalize = 0, launcher_socket = -1;

// The socket on which MPICH speaks the Process Management Interface, version 1, with its launcher, Hydra or
// Slurm; or -1.
int pmi_socket(std::string_view mpi_library) {
    const char* const text = std::getenv("PMI_FD");
    int socket = -1;
    if (text == nullptr || !mpi_library.starts_with("MPICH")) return socket;
    const std::string_view number = text;
    std::from_chars(number.data(), number.data() + number.size(), socket);
    return socket;
}

// A launcher takes a rank that ends without this for one that died. Hydra then ends all others, or itself by
// an assertion. Called in a handler of signals.
void take_leave_of_launcher() {
    constexpr std::string_view leave = "cmd=finalize\n";
    constexpr int patience_ms = 2000;
    const int socket = launcher_socket;
    if (send(socket, leave.data(), leave.size(), MSG_NOSIGNAL) != std::ssize(leave)) return;
    std::array<char, 1024> answer{};
    for (pollfd there{socket, POLLIN, 0}; poll(&there, 1, patience_ms) > 0;) {
        const auto got = recv(socket, answer.data(), answer.size(), 0);
        if (got <= 0) return;
        const std::string_view words(answer.data(), static_cast<std::size_t>(got));
        if (words.find("finalize_ack") != words.npos) return;
    }
}

}  // namespace

// MPICH before 4.2 does not always return from MPI_Finalize between nodes, over UCX and TCP: a rank that has
// closed its connections waits for the launcher, and no longer answers one that has not. All is reported and
// written by then.
void finalize(ExitStatus status, bool speaks, std::string_view mpi_library) {
    constexpr unsigned patience_seconds = 30;  // many ranks, or a busy machine, may need some
    MPI_Barrier(MPI_COMM_WORLD);  // patience begins with the last rank, which may still be writing
    status_known = static_cast<int>(status);
    tells_of_finalize = speaks ? 1 : 0;
    launcher_socket = pmi_socket(mpi_library);
    std::signal(SIGALRM, [](int) {
        if (tells_of_finalize != 0)
            say(std::string_view("the launch is complete, and ends without MPI_Finalize, which hangs\n"));
        take_leave_of_launcher();
        // Else a rank that still hangs goes on, and the launcher writes to all ranks, to this one, too.
        sleep(till_all_left_seconds);
        _exit(status_known);
    });
    alarm(patience_seconds);
    MPI_Finalize();
    alarm(0);
}

}  // namespace pacer
