// A matrix along its columns: each element lies in another line, and lines a power of two apart in the same
// set of the caches. Rows that are a line longer go to other sets; blocks of eight columns use whole lines.
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

namespace {

// Eight sums, so that no addition waits for the one before: what is slow is the memory.
double sum_columns(const double* values, std::int64_t rows, std::int64_t columns, std::int64_t row_length) {
    constexpr std::int64_t lanes = 8;
    double sums[lanes] = {}, total = 0;
    for (std::int64_t column = 0; column < columns; ++column) {
        const double* const top = values + column;
        std::int64_t row = 0;
        for (; row + lanes <= rows; row += lanes) {
            for (std::int64_t lane = 0; lane < lanes; ++lane) sums[lane] += top[(row + lane) * row_length];
        }
        for (; row < rows; ++row) total += top[row * row_length];
    }
    for (const double part : sums) total += part;
    return total;
}

double sum_columns_blocked(const double* values, std::int64_t rows, std::int64_t columns,
                           std::int64_t row_length) {
    const std::int64_t blocks = columns / line_elements;
    double sums[line_elements] = {}, total = 0;
    for (std::int64_t block = 0; block < blocks; ++block) {
        const double* const top = values + block * line_elements;
        for (std::int64_t row = 0; row < rows; ++row) {
            for (std::int64_t lane = 0; lane < line_elements; ++lane)
                sums[lane] += top[row * row_length + lane];
        }
    }
    for (const double part : sums) total += part;
    const auto done = blocks * line_elements;
    return total + sum_columns(values + done, rows, columns - done, row_length);
}

}  // namespace

Answer column_major(const Problem& problem, const Team&) {
    const auto rows = problem.rows, columns = problem.columns;
    return summed(rows * columns, sum_columns(problem.core->a.get(), rows, columns, columns));
}

Answer column_padded(const Problem& problem, const Team&) {
    const auto rows = problem.rows, columns = problem.columns;
    return summed(rows * columns, sum_columns(problem.padded.get(), rows, columns, columns + line_elements));
}

Answer column_blocked(const Problem& problem, const Team&) {
    const auto rows = problem.rows, columns = problem.columns;
    return summed(rows * columns, sum_columns_blocked(problem.core->a.get(), rows, columns, columns));
}

}  // namespace pacer::memory
