// Every so many'th double. The loop is sum_bits() below.
#include <algorithm>
#include <bit>

#include "apps/memory/team_work.hpp"
#include "common/machine/clones.hpp"

namespace pacer::memory {

namespace {

// The bits of every so many'th double, added as whole numbers (modulo 2^64): no addition waits long for the
// one before, and none makes the reading slower than the memory is. Line by line, or element by element where
// these are further apart: each load instruction of the loop goes on by the one stride that the prefetchers
// see.
template <std::int64_t apart>
[[gnu::always_inline]] inline std::int64_t sum_bits(const double* values, std::int64_t count) {
    constexpr std::int64_t step = std::max(apart, line_elements), loads = step / apart;
    std::uint64_t sums[loads] = {};
    std::int64_t i = 0;
    for (; i + step <= count; i += step) {
#pragma omp simd if (apart == 1)
        for (std::int64_t load = 0; load < loads; ++load) {
            sums[load] += std::bit_cast<std::uint64_t>(values[i + load * apart]);
        }
        asm volatile("");  // so that the compiler makes no two steps of it, with twice the stride
    }
    std::uint64_t total = 0;
    for (const auto part : sums) total += part;
    for (; i < count; i += apart) total += std::bit_cast<std::uint64_t>(values[i]);
    return static_cast<std::int64_t>(total);
}

// Where all of a line is wanted, vectors take fewest instructions, and the core has the more lines in flight.
PACER_CLONES std::int64_t sum_all_bits(const double* values, std::int64_t count) {
    return sum_bits<1>(values, count);
}

}  // namespace

template <std::int64_t bytes>
Answer stride(const Problem& problem, const Team&) {
    constexpr auto apart = bytes / element_bytes;
    const auto n = problem.core_elements;
    const auto* const a = problem.core->a.get();
    const auto bits = apart == 1 ? sum_all_bits(a, n) : sum_bits<apart>(a, n);
    return {.own = {(n + apart - 1) / apart, Number::of_whole(bits)}};
}

template Answer stride<8>(const Problem&, const Team&);
template Answer stride<16>(const Problem&, const Team&);
template Answer stride<32>(const Problem&, const Team&);
template Answer stride<64>(const Problem&, const Team&);
template Answer stride<128>(const Problem&, const Team&);
template Answer stride<256>(const Problem&, const Team&);
template Answer stride<512>(const Problem&, const Team&);
template Answer stride<1024>(const Problem&, const Team&);

}  // namespace pacer::memory
