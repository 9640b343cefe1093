// Sums in independent lanes, so that no addition waits for the one before: the compiler keeps the lanes in
// vector registers. To be inlined into functions marked PACER_CLONES, which are no templates themselves: a
// function of its own would be compiled for the oldest CPU only.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

namespace pacer {

// `times` times the sum of first + lane + i * step over all lanes and 0 <= i < steps, every term made by an
// addition and summed by another: 2 * lanes * steps * times additions. They are really made: the compiler
// cannot know how often the inner loop runs, since the empty statement may change the counter for all it
// knows, so it has no closed form.
template <std::int64_t lanes, class T>
[[gnu::always_inline]] inline T sum_progressions(T first, T step, std::int64_t steps,
                                                 std::int64_t times = 1) {
    T sum[lanes] = {}, value[lanes];
    for (; times > 0; --times) {
        for (std::int64_t lane = 0; lane < lanes; ++lane) value[lane] = first + static_cast<T>(lane);
        for (std::int64_t left = steps; left > 0; --left) {
            asm volatile("" : "+r"(left));
#pragma omp simd
            for (std::int64_t lane = 0; lane < lanes; ++lane) {
                sum[lane] += value[lane];
                value[lane] += step;
            }
        }
    }
    T total = 0;
    for (const T part : sum) total += part;
    return total;
}

// x = x * factor + factor in each lane, `steps` times; the sum of all lanes. Each is one instruction where
// the function it is inlined into is compiled for a processor that has such.
template <std::int64_t lanes>
[[gnu::always_inline]] inline double iterate_multiply_add(double factor, std::int64_t steps) {
    double value[lanes];
    for (double& lane : value) lane = factor;
    for (std::int64_t left = steps; left > 0; --left) {
        asm volatile("" : "+r"(left));
#pragma omp simd
        for (std::int64_t lane = 0; lane < lanes; ++lane) value[lane] = value[lane] * factor + factor;
    }
    double total = 0;
    for (const double part : value) total += part;
    return total;
}

// The value, or its bits if a sum is of another type.
template <class Sum, class T>
[[gnu::always_inline]] inline Sum summand(T value) {
    if constexpr (std::is_same_v<Sum, T>) {
        return value;
    } else {
        return std::bit_cast<Sum>(value);
    }
}

// The sum of `count` values in memory, or of their bits. Its two halves are read side by side: two streams
// keep the hardware's prefetchers busier than one, by some percent where memory is the limit.
template <std::int64_t lanes, class Sum, class T>
[[gnu::always_inline]] inline Sum sum_array(const T* values, std::int64_t count) {
    Sum sum[lanes] = {};
    const std::int64_t half = count / 2 / lanes * lanes;
    for (std::int64_t i = 0; i < half; i += lanes) {
        const T *lower = values + i, *upper = values + half + i;
#pragma omp simd
        for (std::int64_t lane = 0; lane < lanes; ++lane) sum[lane] += summand<Sum>(lower[lane]);
#pragma omp simd
        for (std::int64_t lane = 0; lane < lanes; ++lane) sum[lane] += summand<Sum>(upper[lane]);
    }
    Sum total = 0;
    for (const Sum part : sum) total += part;
    for (std::int64_t i = 2 * half; i < count; ++i) total += summand<Sum>(values[i]);
    return total;
}
template <std::int64_t lanes, class T>
[[gnu::always_inline]] inline T sum_array(const T* values, std::int64_t count) {
    return sum_array<lanes, T, T>(values, count);
}

}  // namespace pacer
