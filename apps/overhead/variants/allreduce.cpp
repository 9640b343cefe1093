// The element-wise sum over all ranks, on every rank.
#include "apps/overhead/harness.hpp"

namespace pacer::overhead {

Answer allreduce(const Problem& problem, const Team& team) {
    const int count = mpi_count(static_cast<std::size_t>(problem.elements));
    return Harness::rounds(problem, team, Arrives::sum, problem.wrong.allreduce,
                           [&](const double* from, double* to) {
                               MPI_Allreduce(from, to, count, MPI_DOUBLE, MPI_SUM, team.comm);
                           });
}

}  // namespace pacer::overhead
