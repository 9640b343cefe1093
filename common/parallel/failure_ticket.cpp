#include "common/parallel/failure_ticket.hpp"
#include "common/parallel/ending.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <random>
#include <thread>

namespace pacer {

FailureTicket::FailureTicket(const Team& world) : on_roots_node_(world.root() ? 1 : 0) {
    std::random_device random;
    std::uint64_t launch = (std::uint64_t{random()} << 32) | random();
    MPI_Bcast(&launch, 1, MPI_UINT64_T, 0, world.comm);
    MPI_Allreduce(MPI_IN_PLACE, &on_roots_node_, 1, MPI_INT, MPI_MAX, world.node);
    name_.sun_family = AF_UNIX;
    constexpr std::size_t room = sizeof name_.sun_path - 1;  // a leading 0 makes it abstract
    const auto name = fmt::format_to_n(name_.sun_path + 1, room, "pacer-{:016x}", launch);
    length_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size);
}

bool FailureTicket::draw_first() const {
    if (!take_name()) return false;
    const bool stopped = stop_requested();
    for (int waited_ms = 0; on_roots_node_ == 0 && waited_ms < 1000; ++waited_ms) {
        if (!stopped && stop_requested()) return false;  // a launcher that ends a rank asks it first
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

bool FailureTicket::drawn() const noexcept {
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const bool somebody_there = connect(socket, reinterpret_cast<const sockaddr*>(&name_), length_) == 0;
    if (socket >= 0) close(socket);
    return somebody_there;
}

bool FailureTicket::take_name() const {
    const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);  // kept to the end, as its name is
    return bind(socket, reinterpret_cast<const sockaddr*>(&name_), length_) == 0 || errno != EADDRINUSE;
}

}  // namespace pacer
