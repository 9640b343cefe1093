// The cure between ranks: each counts for itself, and MPI_Reduce adds up.
#include "apps/race/race.hpp"
#include "common/measure/profile.hpp"

namespace pacer::race {

Answer mpi_reduce(const Problem& problem, const Team& team) {
    const auto mine = share_of(problem, team), step = problem.step;
    std::int64_t own = 0, count = 0;
    MPI_Barrier(team.comm);  // all start at once
    {
        PACER_REGION("increment");
        for (std::int64_t i = 0; i < mine; ++i) increment(own, step);
    }
    PACER_REGION("MPI_Reduce");
    MPI_Reduce(&own, &count, 1, MPI_INT64_T, MPI_SUM, 0, team.comm);
    return {count, {mine, Number::of_whole(own)}};
}

}  // namespace pacer::race
