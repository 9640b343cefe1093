// The element-wise sum over all ranks, on every rank.
#include "apps/overhead/rounds.hpp"

namespace pacer::overhead {

Answer allreduce(const Problem& problem, const Team& team) {
    const int count = mpi_count(static_cast<std::size_t>(problem.elements));
    const double* const from = problem.means->buffers.to_send();
    return clock_rounds(problem, team, {true, factor_of_sum(team.size)}, problem.wrong.allreduce,
                        [&](double* to) { MPI_Allreduce(from, to, count, MPI_DOUBLE, MPI_SUM, team.comm); });
}

}  // namespace pacer::overhead
