// One core at its best: many independent sums in its vector registers, so that no addition waits for another.
// What sum_range() comes to, in kernels.cpp, is this loop of sum_array() in common/machine/lanes.hpp,
// compiled for the widest registers of the processor:
//
//     double sum[32] = {};
//     for (i = 0; i + 32 <= count; i += 32)
//         for (lane = 0; lane < 32; ++lane) sum[lane] += values[i + lane];  // 4 instructions of 8 additions
//
// then the 32 sums and what is left are added. Without memory, sum_progressions() makes the values in lanes.
#include "apps/reduce/kernels.hpp"
#include "common/measure/profile.hpp"

namespace pacer::reduce {

Answer simd(const Problem& problem, const Team& team) {
    PACER_REGION("sum all");
    const Number total = sum_range(problem, team, problem.all);
    return {total, {problem.all.size(), total}};
}

}  // namespace pacer::reduce
