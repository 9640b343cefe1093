// Sums in independent lanes, so that no addition waits for the one before: the compiler keeps the lanes in
// vector registers. To be inlined into functions marked PACER_CLONES, which are no templates themselves: a
// function of its own would be compiled for the oldest CPU only.
#pragma once

#include <cstdint>

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

// The sum of `count` values in memory. Its two halves are read side by side: two streams keep the hardware's
// prefetchers busier than one, by some percent where memory is the limit.
template <std::int64_t lanes, class T>
[[gnu::always_inline]] inline T sum_array(const T* values, std::int64_t count) {
    T sum[lanes] = {};
    const std::int64_t half = count / 2 / lanes * lanes;
    for (std::int64_t i = 0; i < half; i += lanes) {
        const T *lower = values + i, *upper = values + half + i;
#pragma omp simd
        for (std::int64_t lane = 0; lane < lanes; ++lane) sum[lane] += lower[lane];
#pragma omp simd
        for (std::int64_t lane = 0; lane < lanes; ++lane) sum[lane] += upper[lane];
    }
    T total = 0;
    for (const T part : sum) total += part;
    for (std::int64_t i = 2 * half; i < count; ++i) total += values[i];
    return total;
}

}  // namespace pacer
