// The element-wise sum over all ranks, on rank 0. It alone has to wait for the others: its time counts.
// Before each call the ranks meet, outside the clock: otherwise those that only send would run ahead.
#include "apps/overhead/overhead.hpp"
#include "common/timing.hpp"

namespace pacer::overhead {

Answer reduce(const Problem& problem, const Team& team) {
    const auto& buffers = problem.means->buffers;
    const int count = mpi_count(static_cast<std::size_t>(problem.elements));
    double* const to = buffers.to_receive(problem.elements);
    MPI_Barrier(team.comm);
    const double start = now_seconds();
    MPI_Reduce(buffers.to_send(), to, count, MPI_DOUBLE, MPI_SUM, 0, team.comm);
    const double end = now_seconds();
    const auto right = team.root() ? buffers.count_right(problem.elements, factor_of_sum(team.size)) : 0;
    return answer_of_ranks(team, 1, right, end - start);
}

}  // namespace pacer::overhead
