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

// MPICH 4.0 does not always return from MPI_Finalize between nodes, over UCX and TCP. All is reported and
// written by then.
void finalize(ExitStatus status, bool speaks, std::string_view mpi_library) {
    constexpr unsigned patience_seconds = 30;  // many ranks, or a busy machine, may need some
    status_known = static_cast<int>(status);
    tells_of_finalize = speaks ? 1 : 0;
    launcher_socket = pmi_socket(mpi_library);
    std::signal(SIGALRM, [](int) {
        if (tells_of_finalize != 0)
            say(std::string_view("the launch is complete, and ends without MPI_Finalize, which hangs\n"));
        take_leave_of_launcher();
        _exit(status_known);
    });
    alarm(patience_seconds);
    MPI_Finalize();
    alarm(0);
}

}  // namespace pacer
