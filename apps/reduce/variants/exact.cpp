// Each thread sums its share exactly; the threads' sums are merged, those of the ranks added by MPI_Reduce as
// integers, and the result is rounded once: the same bits for any number of threads and ranks.
#include <omp.h>

#include "apps/reduce/kernels.hpp"
#include "common/exact_sum/exact_sum.hpp"
#include "common/exact_sum/reduce.hpp"
#include "common/measure/profile.hpp"

namespace pacer::reduce {

Answer exact(const Problem& problem, const Team& team) {
    const Range mine = part_of(problem.all, team.size, team.rank);
    ExactSum sum;
#pragma omp parallel num_threads(team.threads)
    {
        const Range share = part_of(mine, team.threads, omp_get_thread_num());
        PACER_REGION("sum my share");
        ExactAccumulator of_thread;
        of_thread.add(doubles_in(problem, team, share));
        const ExactSum& part = of_thread.sum();
#pragma omp critical
        sum.merge(part);
    }
    PACER_REGION("MPI_Reduce");
    const ExactSum total = reduce_exact(sum, 0, team.comm);
    return {Number::of_real(total.round()), {mine.size(), Number::of_real(sum.round())}};
}

}  // namespace pacer::reduce
