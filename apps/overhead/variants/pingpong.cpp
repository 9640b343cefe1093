// A message to the last rank, which is on another node if any is, and one back.
#include "apps/overhead/rounds.hpp"

namespace pacer::overhead {

namespace {

constexpr int tag = 1;

// Rank 0 sends first, the other one when it has received.
void round_trip(const Problem& problem, const Team& team, int partner, double* to) {
    const int count = mpi_count(static_cast<std::size_t>(problem.elements));
    const double* const from = problem.means->buffers.to_send();
    if (team.root()) MPI_Send(from, count, MPI_DOUBLE, partner, tag, team.comm);
    MPI_Recv(to, count, MPI_DOUBLE, partner, tag, team.comm, MPI_STATUS_IGNORE);
    if (!team.root()) MPI_Send(from, count, MPI_DOUBLE, partner, tag, team.comm);
}

}  // namespace

Answer pingpong(const Problem& problem, const Team& team) {
    const int last = team.size - 1, partner = last - team.rank;
    const bool plays = team.root() || team.rank == last;
    auto answer = clock_rounds(problem, team, {plays, factor_of_rank(partner)}, problem.wrong.pingpong,
                               [&](double* to) {
                                   if (plays) round_trip(problem, team, partner, to);
                               });
    // Who only looks on must not take the players' cores.
    if (problem.means->crowded) sleeping_barrier(team);
    answer.seconds /= 2;
    return answer;
}

}  // namespace pacer::overhead
