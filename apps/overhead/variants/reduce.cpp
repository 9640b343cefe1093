// The element-wise sum over all ranks, on rank 0, which alone has to wait for the others.
#include "apps/overhead/rounds.hpp"

namespace pacer::overhead {

Answer reduce(const Problem& problem, const Team& team) {
    const int count = mpi_count(static_cast<std::size_t>(problem.elements));
    const double* const from = problem.means->buffers.to_send();
    return clock_rounds(problem, team, {team.root(), factor_of_sum(team.size)}, problem.wrong.reduce,
                        [&](double* to) { MPI_Reduce(from, to, count, MPI_DOUBLE, MPI_SUM, 0, team.comm); });
}

}  // namespace pacer::overhead
