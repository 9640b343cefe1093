#include "apps/race/counter_window.hpp"

namespace pacer::race {

CounterWindow::CounterWindow(const Team& world) {
    std::int64_t* counter = nullptr;
    MPI_Win window = MPI_WIN_NULL;
    const MPI_Aint bytes = world.rank == owner ? sizeof *counter : 0;
    MPI_Win_allocate(bytes, sizeof *counter, MPI_INFO_NULL, world.comm, &counter, &window);
    window_ = Window(window);
}

void CounterWindow::restart(const Team& team) const {
    if (team.rank != owner) return;
    const std::int64_t zero = 0;
    MPI_Put(&zero, 1, MPI_INT64_T, owner, 0, 1, MPI_INT64_T, window_.get());
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
