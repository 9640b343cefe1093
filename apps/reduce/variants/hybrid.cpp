// OpenMP threads share a rank's part; MPI_Reduce adds the parts. The loop behind
// sum_range() is that of simd.cpp.
#include <omp.h>

#include "apps/reduce/kernels.hpp"
#include "common/measure/profile.hpp"

namespace pacer::reduce {

Answer hybrid(const Problem& problem, const Team& team) {
    const Range mine = part_of(problem.all, team.size, team.rank);
    Number part = zero(problem.settings);
#pragma omp parallel num_threads(team.threads)
    {
        const Range share = part_of(mine, team.threads, omp_get_thread_num());
        PACER_REGION("sum my share");
        const Number of_thread = sum_range(problem, team, share);
#pragma omp critical
        part = part + of_thread;
    }
    PACER_REGION("MPI_Reduce");
    return {add_over_ranks(part, team), {mine.size(), part}};
}

}  // namespace pacer::reduce
