// What not to do, between ranks: each fetches the counter, adds one and puts it back.
//
// MPI leaves the value undefined that comes of a put and another access to the same place at the same time
// (MPI-3.1, 11.3; MPI-2 called it an error): the program is a valid one without a promised result. Aligned
// numbers of 8 bytes are written at once by every library and network known to us, so that what is read is a
// number that somebody wrote, and what goes wrong is the lost update.
#include "apps/race/race.hpp"
#include "common/measure/profile.hpp"

namespace pacer::race {

Answer rma_get_put(const Problem& problem, const Team& team) {
    constexpr int owner = CounterWindow::owner;
    const MPI_Win window = problem.window.get();
    const auto mine = share_of(problem, team), step = problem.step;
    const auto every = interrupted_every(mine);
    problem.window.restart(team);
    MPI_Barrier(team.comm);  // all start at once
    {
        PACER_REGION("increment");
        for (std::int64_t i = 0; i < mine; ++i) {
            std::int64_t count = 0;
            MPI_Get(&count, 1, MPI_INT64_T, owner, 0, 1, MPI_INT64_T, window);
            MPI_Win_flush(owner, window);
            if (i % every == 0) give_way();
            count += step;
            MPI_Put(&count, 1, MPI_INT64_T, owner, 0, 1, MPI_INT64_T, window);
            MPI_Win_flush(owner, window);
        }
    }
    return counted_in_window(problem, team, mine);
}

}  // namespace pacer::race
