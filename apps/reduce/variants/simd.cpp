// One core at its best: many independent sums in its vector registers, so that no addition waits for another.
#include "apps/reduce/kernels.hpp"
#include "common/measure/profile.hpp"

namespace pacer::reduce {

Answer simd(const Problem& problem, const Team& team) {
    PACER_REGION("sum all");
    const Number total = sum_range(problem, team, problem.all);
    return {total, {problem.all.size(), total}};
}

}  // namespace pacer::reduce
