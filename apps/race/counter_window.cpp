#include "apps/race/counter_window.hpp"

namespace pacer::race {

CounterWindow::CounterWindow(const Team& world) {
    std::int64_t* counter = nullptr;
    window_ =
        Window::allocate(world.comm, world.rank == owner ? sizeof *counter : 0, sizeof *counter, &counter);
}

void CounterWindow::set(const Team& team, std::int64_t value) const {
    if (team.rank != owner) return;
    MPI_Put(&value, 1, MPI_INT64_T, owner, 0, 1, MPI_INT64_T, window_.get());
    MPI_Win_flush(owner, window_.get());
}

std::int64_t CounterWindow::total(const Team& team) const {
    MPI_Barrier(team.comm);
    std::int64_t total = 0;
    if (team.rank != owner) return total;
    MPI_Get(&total, 1, MPI_INT64_T, owner, 0, 1, MPI_INT64_T, window_.get());
    MPI_Win_flush(owner, window_.get());
    return total;
}

}  // namespace pacer::race
