// MPI_Fetch_and_op adds at the target and brings back what was there: more than counting needs, but made for
// single numbers, so that libraries have the hardware do it where they can.
#include "apps/race/race.hpp"
#include "common/measure/profile.hpp"

namespace pacer::race {

Answer rma_fetch_and_op(const Problem& problem, const Team& team) {
    constexpr int owner = CounterWindow::owner;
    const MPI_Win window = problem.window.get();
    const auto mine = share_of(problem, team), step = problem.step;
    problem.window.restart(team);
    MPI_Barrier(team.comm);  // all start at once
    {
        PACER_REGION("increment");
        for (std::int64_t i = 0; i < mine; ++i) {
            std::int64_t before = 0;
            MPI_Fetch_and_op(&step, &before, MPI_INT64_T, owner, 0, MPI_SUM, window);
            MPI_Win_flush(owner, window);
        }
    }
    return counted_in_window(problem, team, mine);
}

}  // namespace pacer::race
