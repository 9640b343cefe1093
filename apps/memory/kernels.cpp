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
    std::int64_t out = 0;  // left_out(), without dividing
    for (; passes > 0; --passes) {
        asm volatile("" ::: "memory");  // for all the compiler knows the values are others now
        for (std::int64_t i = 0; i < body; i += lanes) {
#pragma omp simd
            for (std::int64_t lane = 0; lane < lanes; ++lane) sums[lane] += values[i + lane];
        }
        for (std::int64_t i = body; i < count; ++i) total += values[i];
        total -= values[out];
        out = out + 1 < count ? out + 1 : 0;
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

std::int64_t follow(const Link* links, std::int64_t at, std::int64_t hops, std::int64_t& sum) {
    std::int64_t total = 0;
    for (; hops > 0; --hops) {
        total += links[at].value;
        at = links[at].next;
    }
    sum += total;
    return at;
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

PACER_CLONES void fill_a(double* target, Range range) {
    for (auto i = range.begin; i < range.end; ++i) target[i - range.begin] = value_a(i);
}

PACER_CLONES void fill_b(double* target, Range range) {
    for (auto i = range.begin; i < range.end; ++i) target[i - range.begin] = value_b(i);
}

PACER_CLONES std::int64_t sum_of_a(std::int64_t elements, std::int64_t stride) {
    std::int64_t total = 0;
    for (std::int64_t i = 0; i < elements; i += stride) total += static_cast<std::int64_t>(value_a(i));
    return total;
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

PACER_CLONES std::int64_t count_chained_triads(const double* target, const double* other, const double* b,
                                               std::int64_t count, std::int64_t passes) {
    const auto added = streams::triad_factor * static_cast<double>(passes);
    std::int64_t right = 0;
#pragma omp simd reduction(+ : right)
    for (std::int64_t i = 0; i < count; ++i) {
        const double begun = value_a(i), last = begun + added * b[i];
        const bool both = target[i] == last && other[i] == last - streams::triad_factor * b[i];
        right += both ? 1 : 0;
    }
    return right;
}

}  // namespace pacer::memory
