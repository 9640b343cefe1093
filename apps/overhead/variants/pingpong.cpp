// Messages between rank 0 and one partner, to and fro: half a round trip. Rank 0 sends first, the other one
// when it has received.
#include "apps/overhead/harness.hpp"

namespace pacer::overhead {

Answer pingpong(const Problem& problem, const Team& team) {
    constexpr int tag = 1;
    return Harness::pingpong(
        problem, team, problem.wrong.pingpong, [](const Side& side, const double* from, double* to) {
            if (side.first) MPI_Send(from, side.count, MPI_DOUBLE, side.partner, tag, side.comm);
            MPI_Recv(to, side.count, MPI_DOUBLE, side.partner, tag, side.comm, MPI_STATUS_IGNORE);
            if (!side.first) MPI_Send(from, side.count, MPI_DOUBLE, side.partner, tag, side.comm);
        });
}

}  // namespace pacer::overhead
