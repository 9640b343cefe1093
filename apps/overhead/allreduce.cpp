// The element-wise sum over all ranks, on every rank. Before each call the ranks meet, outside the clock.
#include "apps/overhead/overhead.hpp"
#include "common/timing.hpp"

namespace pacer::overhead {

Answer allreduce(const Problem& problem, const Team& team) {
    const auto& buffers = problem.means->buffers;
    const int count = mpi_count(static_cast<std::size_t>(problem.elements));
    double* const to = buffers.to_receive(problem.elements);
    MPI_Barrier(team.comm);
    const double start = now_seconds();
    MPI_Allreduce(buffers.to_send(), to, count, MPI_DOUBLE, MPI_SUM, team.comm);
    const double end = now_seconds();
    const auto right = buffers.count_right(problem.elements, factor_of_sum(team.size));
    return answer_of_ranks(team, team.size, right, end - start);
}

}  // namespace pacer::overhead
