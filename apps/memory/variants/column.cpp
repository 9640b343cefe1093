#include "apps/memory/kernels.hpp"
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

Answer column_major(const Problem& problem, const Team&) {
    const auto rows = problem.rows, columns = problem.columns;
    return summed(problem.matrix_sum, rows * columns,
                  sum_columns(problem.core->a.get(), rows, columns, columns));
}

Answer column_padded(const Problem& problem, const Team&) {
    const auto rows = problem.rows, columns = problem.columns;
    return summed(problem.matrix_sum, rows * columns,
                  sum_columns(problem.padded.get(), rows, columns, columns + line_elements));
}

Answer column_blocked(const Problem& problem, const Team&) {
    const auto rows = problem.rows, columns = problem.columns;
    return summed(problem.matrix_sum, rows * columns,
                  sum_columns_blocked(problem.core->a.get(), rows, columns, columns));
}

}  // namespace pacer::memory
