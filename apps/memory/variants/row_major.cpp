// A matrix along its rows, as it lies in memory; sum() is the loop of `read`.
#include "apps/memory/kernels.hpp"
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

Answer row_major(const Problem& problem, const Team&) {
    double total = 0;
    for (std::int64_t row = 0; row < problem.rows; ++row) {
        total += sum(problem.core->a.get() + row * problem.columns, problem.columns);
    }
    return summed(problem.rows * problem.columns, total);
}

}  // namespace pacer::memory
