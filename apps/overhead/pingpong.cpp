// A message to the last rank, which is on another node if any is, and one back.
#include "apps/overhead/overhead.hpp"
#include "common/timing.hpp"

namespace pacer::overhead {

namespace {

constexpr int tag = 1;

// From sending to having received, or the other way round.
double exchange(const Problem& problem, const Team& team, int partner, double* to) {
    const int count = mpi_count(static_cast<std::size_t>(problem.elements));
    const auto send = [&] {
        MPI_Send(problem.means->buffers.to_send(), count, MPI_DOUBLE, partner, tag, team.comm);
    };
    const double start = now_seconds();
    if (team.root()) send();
    MPI_Recv(to, count, MPI_DOUBLE, partner, tag, team.comm, MPI_STATUS_IGNORE);
    if (!team.root()) send();
    return now_seconds() - start;
}

}  // namespace

Answer pingpong(const Problem& problem, const Team& team) {
    const int last = team.size - 1;
    const bool plays = team.root() || team.rank == last;
    const int partner = last - team.rank;
    const auto& buffers = problem.means->buffers;
    double* const to = buffers.to_receive(problem.elements);
    MPI_Barrier(team.comm);
    const double start = now_seconds();
    const double seconds = plays ? exchange(problem, team, partner, to) : now_seconds() - start;
    if (problem.means->crowded) sleeping_barrier(team);  // who only waits must not take the players' cores
    const auto right = plays ? buffers.count_right(problem.elements, factor_of_rank(partner)) : 0;
    return answer_of_ranks(team, 2, right, seconds / 2);
}

}  // namespace pacer::overhead
