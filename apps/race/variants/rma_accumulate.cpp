// MPI_Accumulate adds at the target: accumulates of one type to one place happen as if one after the other.
#include "apps/race/race.hpp"
#include "common/measure/profile.hpp"

namespace pacer::race {

Answer rma_accumulate(const Problem& problem, const Team& team) {
    constexpr int owner = CounterWindow::owner;
    const MPI_Win window = problem.window.get();
    const auto mine = share_of(problem, team), step = problem.step;
    problem.window.restart(team);
    MPI_Barrier(team.comm);  // all start at once
    {
        PACER_REGION("increment");
        for (std::int64_t i = 0; i < mine; ++i) {
            MPI_Accumulate(&step, 1, MPI_INT64_T, owner, 0, 1, MPI_INT64_T, MPI_SUM, window);
            MPI_Win_flush(owner, window);
        }
    }
    return counted_in_window(problem, team, mine);
}

}  // namespace pacer::race
