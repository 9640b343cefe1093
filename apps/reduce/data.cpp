#include "apps/reduce/data.hpp"

#include <algorithm>
#include <bit>

#include "common/machine/clones.hpp"

namespace pacer::reduce {

namespace {

// The `counter`-th number of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators,
// 2014), which needs no numbers before it.
[[gnu::always_inline]] inline std::uint64_t random_bits(std::uint64_t counter) {
    std::uint64_t z = (counter + 1) * 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

// In [2^power, 2^(power + 1)), or negated.
[[gnu::always_inline]] inline double scaled(std::uint64_t random, std::int64_t power, bool negative) {
    return std::bit_cast<double>(random >> 12 | static_cast<std::uint64_t>(power + 1023) << 52 |
                                 std::uint64_t{negative} << 63);
}

[[gnu::always_inline]] inline double whole(std::int64_t index) {
    return static_cast<double>(index % period);
}

[[gnu::always_inline]] inline double uniform(std::int64_t index) {
    return static_cast<double>(random_bits(static_cast<std::uint64_t>(index)) >> 11) * 0x1p-53;
}

[[gnu::always_inline]] inline double both_signs(std::int64_t index) {
    const auto bits = static_cast<std::int64_t>(random_bits(static_cast<std::uint64_t>(index)));
    return static_cast<double>(bits >> 10) * 0x1p-53;
}

[[gnu::always_inline]] inline double wide(std::int64_t index) {
    const auto mantissa = random_bits(static_cast<std::uint64_t>(index)), other = random_bits(~mantissa);
    constexpr std::int64_t binades = 600;
    const auto power = static_cast<std::int64_t>((other >> 32) * binades >> 32) - binades / 2;
    return scaled(mantissa, power, (other & 1) != 0);
}

// Two of three elements of the first half return negated in the second half, mirrored.
[[gnu::always_inline]] inline double cancelling(std::int64_t index, std::int64_t elements) {
    const auto mirrored = std::min(index, elements - 1 - index);
    const bool remains = mirrored % 3 == 0 || 2 * index == elements - 1;
    const auto own = random_bits(static_cast<std::uint64_t>(index)),
               shared = random_bits(static_cast<std::uint64_t>(mirrored));
    const double small = scaled(own, -20, false);
    const double large = scaled(shared, 20, ((shared & 1) != 0) != (mirrored != index));
    return remains ? small : large;
}

// Clones cannot be templates.
PACER_CLONES void make_whole(Range range, double* buffer) {
    for (auto i = range.begin; i < range.end; ++i) buffer[i - range.begin] = whole(i);
}
PACER_CLONES void make_uniform(Range range, double* buffer) {
    for (auto i = range.begin; i < range.end; ++i) buffer[i - range.begin] = uniform(i);
}
PACER_CLONES void make_both_signs(Range range, double* buffer) {
    for (auto i = range.begin; i < range.end; ++i) buffer[i - range.begin] = both_signs(i);
}
PACER_CLONES void make_wide(Range range, double* buffer) {
    for (auto i = range.begin; i < range.end; ++i) buffer[i - range.begin] = wide(i);
}
PACER_CLONES void make_cancelling(Range range, std::int64_t elements, double* buffer) {
    for (auto i = range.begin; i < range.end; ++i) buffer[i - range.begin] = cancelling(i, elements);
}

}  // namespace

void make_data(Data data, Range range, std::int64_t elements, double* buffer) {
    switch (data) {
        case Data::whole:
            return make_whole(range, buffer);
        case Data::uniform:
            return make_uniform(range, buffer);
        case Data::both_signs:
            return make_both_signs(range, buffer);
        case Data::wide:
            return make_wide(range, buffer);
        case Data::cancelling:
            return make_cancelling(range, elements, buffer);
    }
}

}  // namespace pacer::reduce
