#include "apps/race/counter_window.hpp"

#include <vector>

#include "common/base/clock.hpp"
#include "common/measure/statistics.hpp"

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

double CounterWindow::operation_seconds(const Team& team) const {
    constexpr int tries = 15;
    constexpr std::int64_t one = 1;
    std::vector<double> seconds(tries);
    restart(team);
    MPI_Barrier(team.comm);
    for (auto& its : seconds) {
        const double start = now_seconds();
        std::int64_t before = 0;
        MPI_Fetch_and_op(&one, &before, MPI_INT64_T, owner, 0, MPI_SUM, window_.get());
        MPI_Win_flush(owner, window_.get());
        its = now_seconds() - start;
    }
    double typical = median(seconds);
    MPI_Allreduce(MPI_IN_PLACE, &typical, 1, MPI_DOUBLE, MPI_MAX, team.comm);
    return typical;
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
