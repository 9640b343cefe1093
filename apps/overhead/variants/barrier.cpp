// All ranks wait for each other. The ranks of a node share a clock, which shows whether any of them left
// before the last had come.
#include <utility>

#include "apps/overhead/overhead.hpp"
#include "common/base/clock.hpp"

namespace pacer::overhead {

Answer barrier(const Problem& problem, const Team& team) {
    const int rounds = problem.means->crowded ? 1 : 100;
    CallTimes calls;
    std::int64_t early = 0;
    for (int round = 0; round < rounds; ++round) {
        MPI_Barrier(team.comm);
        const double came = now_seconds();
        MPI_Barrier(team.comm);
        const double left = now_seconds();
        calls.seconds.push_back(left - came);
        double last_came = came;
        MPI_Allreduce(&came, &last_came, 1, MPI_DOUBLE, MPI_MAX, team.node);
        early += left < last_came ? 1 : 0;
    }
    std::int64_t all_early = early;
    MPI_Allreduce(&early, &all_early, 1, MPI_INT64_T, MPI_SUM, team.comm);
    return {Number::of_whole(all_early), {1, Number::of_whole(early)}, std::move(calls)};
}

}  // namespace pacer::overhead
