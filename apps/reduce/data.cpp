#include "apps/reduce/data.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "common/machine/clones.hpp"
#include "common/parallel/random.hpp"

namespace pacer::reduce {

namespace {

// In [2^power, 2^(power + 1)), or negated.
[[gnu::always_inline]] inline double scaled(std::uint64_t random, std::int64_t power, bool negative) {
    return std::bit_cast<double>(random >> 12 | static_cast<std::uint64_t>(power + 1023) << 52 |
                                 std::uint64_t{negative} << 63);
}

[[gnu::always_inline]] inline double whole(std::int64_t index) {
    return static_cast<double>(mixed(static_cast<std::uint64_t>(index)) >> 54);
}

[[gnu::always_inline]] inline std::uint64_t integer(std::int64_t index) {
    return mixed(static_cast<std::uint64_t>(index)) >> 32;
}

[[gnu::always_inline]] inline double uniform(std::int64_t index) {
    return static_cast<double>(mixed(static_cast<std::uint64_t>(index)) >> 11) * 0x1p-53;
}

[[gnu::always_inline]] inline double both_signs(std::int64_t index) {
    const auto bits = static_cast<std::int64_t>(mixed(static_cast<std::uint64_t>(index)));
    return static_cast<double>(bits >> 10) * 0x1p-53;
}

[[gnu::always_inline]] inline double wide(std::int64_t index) {
    const auto mantissa = mixed(static_cast<std::uint64_t>(index)), other = mixed(~mantissa);
    constexpr std::int64_t binades = 600;
    const auto power = static_cast<std::int64_t>((other >> 32) * binades >> 32) - binades / 2;
    return scaled(mantissa, power, (other & 1) != 0);
}

// Two of three elements of the first half return negated in the second half, mirrored.
[[gnu::always_inline]] inline double cancelling(std::int64_t index, std::int64_t elements) {
    const auto mirrored = std::min(index, elements - 1 - index);
    const bool remains = mirrored % 3 == 0 || 2 * index == elements - 1;
    const auto own = mixed(static_cast<std::uint64_t>(index)),
               shared = mixed(static_cast<std::uint64_t>(mirrored));
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

// Up to 2^31 of them, whose sum 64 bits hold.
PACER_CLONES std::uint64_t sum_integers(Range range) {
    std::uint64_t sum = 0;
    for (auto i = range.begin; i < range.end; ++i) sum += integer(i);
    return sum;
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

PACER_CLONES void make_integers(Range range, std::uint64_t* buffer) {
    for (auto i = range.begin; i < range.end; ++i) buffer[i - range.begin] = integer(i);
}

Int128 sum_of_integers(Range range) {
    Int128 sum = 0;
    for (auto begin = range.begin; begin < range.end;) {
        const auto end = begin + std::min(range.end - begin, INT64_MAX / integer_bound);
        sum += sum_integers({begin, end});
        begin = end;
    }
    return sum;
}

PACER_CLONES std::int64_t sum_of_whole(Range range) {
    std::uint64_t sum = 0;
    for (auto i = range.begin; i < range.end; ++i) sum += mixed(static_cast<std::uint64_t>(i)) >> 54;
    return static_cast<std::int64_t>(sum);
}

}  // namespace pacer::reduce
