// The ranks of a node put their sums into memory that all of them see (MPI-3), where the node's leader adds
// them up; only the leaders meet in MPI_Reduce. The loop behind
// sum_range() is that of simd.cpp.
#include "apps/reduce/kernels.hpp"
#include "common/measure/profile.hpp"

namespace pacer::reduce {

Answer shared(const Problem& problem, const Team& team) {
    const Range share = part_of(problem.all, team.size, team.rank);
    Number part;
    {
        PACER_REGION("sum my share");
        part = sum_range(problem, team, share);
    }
    PACER_REGION("shared window and MPI_Reduce");
    const auto& slots = problem.slots;
    slots.publish(part);
    Answer answer{zero(problem.settings), {share.size(), part}};
    if (!slots.node().root()) return answer;
    Number of_node = zero(problem.settings);
    for (int rank = 0; rank < slots.node().size; ++rank) of_node = of_node + slots.of(rank);
    answer.total = add_over_ranks(of_node, slots.leaders());
    return answer;
}

}  // namespace pacer::reduce
