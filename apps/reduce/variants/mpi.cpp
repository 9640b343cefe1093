// Each rank sums its share; MPI_Reduce adds the shares. The loop behind
// sum_range() is that of simd.cpp.
#include "apps/reduce/kernels.hpp"
#include "common/measure/profile.hpp"

namespace pacer::reduce {

Answer mpi(const Problem& problem, const Team& team) {
    const Range share = part_of(problem.all, team.size, team.rank);
    Number part;
    {
        PACER_REGION("sum my share");
        part = sum_range(problem, team, share);
    }
    PACER_REGION("MPI_Reduce");
    return {add_over_ranks(part, team), {share.size(), part}};
}

}  // namespace pacer::reduce
