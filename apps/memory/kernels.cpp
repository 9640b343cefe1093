#include "apps/memory/kernels.hpp"

#include "common/machine/clones.hpp"
#include "common/machine/lanes.hpp"

namespace pacer::memory {

namespace {

constexpr std::int64_t few_lanes = 32, many_lanes = 64;

// Clones cannot be templates.
PACER_CLONES double sum_32(const double* values, std::int64_t count) {
    return sum_array<few_lanes>(values, count);
}
PACER_CLONES double sum_64(const double* values, std::int64_t count) {
    return sum_array<many_lanes>(values, count);
}

template <std::int64_t lanes>
[[gnu::always_inline]] inline double passes_in_lanes(const double* values, std::int64_t count,
                                                     std::int64_t passes) {
    double sums[lanes] = {}, total = 0;
    const std::int64_t body = count / lanes * lanes;
    for (; passes > 0; --passes) {
        asm volatile("" ::: "memory");  // for all the compiler knows the values are others now
        for (std::int64_t i = 0; i < body; i += lanes) {
#pragma omp simd
            for (std::int64_t lane = 0; lane < lanes; ++lane) sums[lane] += values[i + lane];
        }
        for (std::int64_t i = body; i < count; ++i) total += values[i];
    }
    for (const double part : sums) total += part;
    return total;
}
PACER_CLONES double passes_32(const double* values, std::int64_t count, std::int64_t passes) {
    return passes_in_lanes<few_lanes>(values, count, passes);
}
PACER_CLONES double passes_64(const double* values, std::int64_t count, std::int64_t passes) {
    return passes_in_lanes<many_lanes>(values, count, passes);
}

}  // namespace

double sum(const double* values, std::int64_t count) {
    return wide_registers() ? sum_64(values, count) : sum_32(values, count);
}

double sum_passes(const double* values, std::int64_t count, std::int64_t passes) {
    return wide_registers() ? passes_64(values, count, passes) : passes_32(values, count, passes);
}

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

double sum_lines(const double* values, std::int64_t lines) {
    double total = 0;
    for (std::int64_t line = 0; line < lines; ++line) total += values[line * line_elements];
    return total;
}

double sum_lines(const double* values, const std::int64_t* order, std::int64_t lines) {
    double total = 0;
    for (std::int64_t k = 0; k < lines; ++k) total += values[order[k] * line_elements];
    return total;
}

double sum_lines_ahead(const double* values, const std::int64_t* order, std::int64_t lines,
                       std::int64_t ahead) {
    double total = 0;
    std::int64_t k = 0;
    for (; k + ahead < lines; ++k) {
        __builtin_prefetch(values + order[k + ahead] * line_elements);
        total += values[order[k] * line_elements];
    }
    return total + sum_lines(values, order + k, lines - k);
}

std::int64_t follow(const Link* links, std::int64_t at, std::int64_t hops, std::int64_t& sum) {
    std::int64_t total = 0;
    for (; hops > 0; --hops) {
        total += links[at].value;
        at = links[at].next;
    }
    sum += total;
    return at;
}

void follow_all(const Link* links, std::int64_t (&at)[chains], std::int64_t hops,
                std::int64_t (&sums)[chains]) {
    for (; hops > 0; --hops) {
        for (std::int64_t chain = 0; chain < chains; ++chain) {
            sums[chain] += links[at[chain]].value;
            at[chain] = links[at[chain]].next;
        }
    }
}

void occupy_caches(double* values, std::int64_t count, std::int64_t lines_a_dirty_one) {
    double total = 0;
    for (std::int64_t i = 0, line = 0; i < count; i += line_elements, ++line) {
        if (lines_a_dirty_one > 0 && line % lines_a_dirty_one == 0) {
            values[i] = static_cast<double>(line);
        } else {
            total += values[i];
        }
    }
    [[maybe_unused]] volatile double wanted = total;
}

PACER_CLONES std::int64_t count_filled(double* target, std::int64_t count, std::int64_t first) {
    std::int64_t right = 0;
#pragma omp simd reduction(+ : right)
    for (std::int64_t i = 0; i < count; ++i) {
        right += target[i] == value_written(first + i) ? 1 : 0;
        target[i] = spoilt;
    }
    return right;
}

PACER_CLONES std::int64_t count_copied(double* target, const double* a, std::int64_t count) {
    std::int64_t right = 0;
#pragma omp simd reduction(+ : right)
    for (std::int64_t i = 0; i < count; ++i) {
        right += target[i] == a[i] ? 1 : 0;
        target[i] = spoilt;
    }
    return right;
}

PACER_CLONES std::int64_t count_triads(double* target, const double* a, const double* b, std::int64_t count) {
    std::int64_t right = 0;
#pragma omp simd reduction(+ : right)
    for (std::int64_t i = 0; i < count; ++i) {
        right += target[i] == a[i] + streams::triad_factor * b[i] ? 1 : 0;
        target[i] = spoilt;
    }
    return right;
}

}  // namespace pacer::memory
