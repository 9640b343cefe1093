// All ranks wait for each other. The ranks of a node have one clock: it tells whether any of them left before
// the last had come.
#include "apps/overhead/overhead.hpp"
#include "common/timing.hpp"

namespace pacer::overhead {

Answer barrier(const Problem&, const Team& team) {
    MPI_Barrier(team.comm);
    const double came = now_seconds();
    MPI_Barrier(team.comm);
    const double left = now_seconds();
    double last_came = came;
    MPI_Allreduce(&came, &last_came, 1, MPI_DOUBLE, MPI_MAX, team.node);
    return answer_of_ranks(team, team.size, left >= last_came ? 1 : 0, left - came);
}

}  // namespace pacer::overhead
