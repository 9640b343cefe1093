// The element-wise sum over all ranks, on rank 0, which alone has to wait for the others.
#include "apps/overhead/harness.hpp"

namespace pacer::overhead {

Answer reduce(const Problem& problem, const Team& team) {
    const int count = mpi_count(static_cast<std::size_t>(problem.elements));
    return Harness::rounds(problem, team, team.root() ? Arrives::sum : Arrives::nothing, problem.wrong.reduce,
                           [&](const double* from, double* to) {
                               MPI_Reduce(from, to, count, MPI_DOUBLE, MPI_SUM, 0, team.comm);
                           });
}

}  // namespace pacer::overhead
