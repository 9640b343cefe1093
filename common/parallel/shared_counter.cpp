#include "common/parallel/shared_counter.hpp"

namespace pacer {

SharedCounter::SharedCounter(const Team& world) {
    std::int64_t* next = nullptr;
    window_ = Window::allocate(world.comm, world.root() ? sizeof *next : 0, sizeof *next, &next);
    if (obstacle().empty()) restart(world);
}

void SharedCounter::restart(const Team& team) const {
    if (team.root()) {
        const std::int64_t first = 0;
        std::int64_t before = 0;
        MPI_Fetch_and_op(&first, &before, MPI_INT64_T, 0, 0, MPI_REPLACE, window_.get());
        MPI_Win_flush(0, window_.get());
    }
    MPI_Barrier(team.comm);
}

std::int64_t SharedCounter::draw() const {
    const std::int64_t one = 1;
    std::int64_t ticket = 0;
    MPI_Fetch_and_op(&one, &ticket, MPI_INT64_T, 0, 0, MPI_SUM, window_.get());
    MPI_Win_flush(0, window_.get());
    return ticket;
}

}  // namespace pacer
