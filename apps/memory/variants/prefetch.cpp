// As `random`, but each line is asked for some lines before it is read.
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

Answer prefetch(const Problem& problem, const Team&) {
    const auto* const a = problem.core->a.get();
    const auto* const order = problem.order.data();
    double total = 0;
    std::int64_t k = 0;
    for (; k + problem.ahead < problem.lines; ++k) {
        __builtin_prefetch(a + order[k + problem.ahead] * line_elements);
        total += a[order[k] * line_elements];
    }
    for (; k < problem.lines; ++k) total += a[order[k] * line_elements];
    return summed(problem.lines, total);
}

}  // namespace pacer::memory
