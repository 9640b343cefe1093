// A lock: get, add and put are done by one rank at a time, the only one that has the window locked.
#include "apps/race/race.hpp"
#include "common/measure/profile.hpp"

namespace pacer::race {

Answer rma_lock(const Problem& problem, const Team& team) {
    constexpr int owner = CounterWindow::owner;
    const MPI_Win window = problem.window.get();
    const auto mine = share_of(problem, team), step = problem.step;
    problem.window.restart(team);
    MPI_Win_unlock_all(window);  // the epoch that stays open; nobody gets an exclusive lock beside it
    MPI_Barrier(team.comm);      // all start at once
    {
        PACER_REGION("increment");
        for (std::int64_t i = 0; i < mine; ++i) {
            std::int64_t count = 0;
            MPI_Win_lock(MPI_LOCK_EXCLUSIVE, owner, 0, window);
            MPI_Get(&count, 1, MPI_INT64_T, owner, 0, 1, MPI_INT64_T, window);
            MPI_Win_flush(owner, window);
            count += step;
            MPI_Put(&count, 1, MPI_INT64_T, owner, 0, 1, MPI_INT64_T, window);
            MPI_Win_unlock(owner, window);
        }
    }
    MPI_Barrier(team.comm);
    MPI_Win_lock_all(0, window);
    return counted_in_window(problem, team, mine);
}

}  // namespace pacer::race
