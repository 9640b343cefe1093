// Each thread of one process sums its share. The loop behind
// sum_range() is that of simd.cpp.
#include <omp.h>

#include "apps/reduce/kernels.hpp"
#include "common/measure/profile.hpp"

namespace pacer::reduce {

Answer openmp(const Problem& problem, const Team& team) {
    Number total = zero(problem.settings);
#pragma omp parallel num_threads(team.threads)
    {
        const Range share = part_of(problem.all, team.threads, omp_get_thread_num());
        PACER_REGION("sum my share");
        const Number part = sum_range(problem, team, share);
#pragma omp critical
        total = total + part;
    }
    return {total, {problem.all.size(), total}};
}

}  // namespace pacer::reduce
