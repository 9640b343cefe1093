// All ranks wait for each other.
#include "apps/overhead/harness.hpp"

namespace pacer::overhead {

Answer barrier(const Problem& problem, const Team& team) {
    return Harness::barrier(problem, team, [&] { MPI_Barrier(team.comm); });
}

}  // namespace pacer::overhead
