// The bits of exact sums, committed: the same for every compiler, optimisation level, instruction set and
// division, and for users who compile their own files with -ffast-math. The sums were found by Python's
// math.fsum (tests/common/exact_sum/exact_data.py).
#include <algorithm>
#include <bit>
#include <cstdio>
#include <iterator>
#include <vector>

#include "apps/reduce/data.hpp"
#include "common/exact_sum/exact_sum.hpp"

namespace {

using pacer::reduce::Data;

struct Golden {
    Data data;
    std::int64_t elements;
    double sum;
};

constexpr Golden golden[] = {
    {Data::whole, 1000, 0x1.ebf48p+18},
    {Data::whole, 100003, 0x1.85e004p+25},
    {Data::uniform, 1000, 0x1.ec727aaab3057p+8},
    {Data::uniform, 100003, 0x1.8641de86d330bp+15},
    {Data::both_signs, 1000, 0x1.2e4f555660ae1p+4},
    {Data::both_signs, 100003, 0x1.1f7a1b4cc2c38p+6},
    {Data::wide, 1000, -0x1.0c20a656c07d3p+299},
    {Data::wide, 100003, 0x1.1479efcf8a3ebp+304},
    {Data::cancelling, 1000, 0x1.f67c88b64213bp-12},
    {Data::cancelling, 100003, 0x1.86b902ae4047fp-5},
};

int differing(const Golden& wanted) {
    std::vector<double> values(static_cast<std::size_t>(wanted.elements));
    pacer::reduce::make_data(wanted.data, {0, wanted.elements}, wanted.elements, values.data());
    int failures = 0;
    for (const std::size_t chunk :
         {std::size_t{1}, std::size_t{7}, std::size_t{77}, std::size_t{4096}, values.size()}) {
        pacer::ExactAccumulator accumulator;
        for (std::span<const double> left = values; !left.empty();) {
            const auto length = std::min(chunk, left.size());
            accumulator.add(left.first(length));
            left = left.subspan(length);
        }
        const double got = accumulator.sum().round();
        if (std::bit_cast<std::uint64_t>(got) == std::bit_cast<std::uint64_t>(wanted.sum)) continue;
        std::printf("FAILED: %s, %lld elements by %zu: got %a, want %a\n", name_of(wanted.data).data(),
                    static_cast<long long>(wanted.elements), chunk, got, wanted.sum);
        ++failures;
    }
    return failures;
}

// Sums that are no ordinary numbers, from bits to bits: no arithmetic that -ffast-math might change.
int differing_specials() {
    constexpr std::uint64_t one = 0x3ff0000000000000, largest = 0x7fefffffffffffff,
                            infinity = 0x7ff0000000000000, negative = std::uint64_t{1} << 63,
                            nan = 0x7ff8000000000000;
    struct Special {
        std::vector<std::uint64_t> terms;
        std::uint64_t sum;
    };
    const std::vector<Special> specials = {
        {{}, 0},
        {{negative, negative}, negative},
        {{negative, 0}, 0},
        {{one, one | negative}, 0},
        {{infinity, one}, infinity},
        {{one, infinity | negative}, infinity | negative},
        {{infinity, infinity | negative}, nan},
        {{largest, largest}, infinity},
        {{largest | negative, largest | negative}, infinity | negative},
        {{1, 1}, 2},  // subnormal
    };
    int failures = 0;
    for (const auto& [terms, wanted] : specials) {
        std::vector<double> values;
        for (const auto term : terms) values.push_back(std::bit_cast<double>(term));
        pacer::ExactAccumulator accumulator;
        accumulator.add(values);
        pacer::ExactSum singly;
        for (const double value : values) singly.add(value);
        for (const double got : {accumulator.sum().round(), singly.round(), pacer::exact_sum(values)}) {
            const auto bits = std::bit_cast<std::uint64_t>(got);
            if (bits == wanted) continue;
            std::printf("FAILED: got bits %llx, want %llx\n", static_cast<unsigned long long>(bits),
                        static_cast<unsigned long long>(wanted));
            ++failures;
        }
    }
    return failures;
}

}  // namespace

int main() {
    int failures = 0;
    for (const auto level : pacer::vector_levels()) {
        pacer::use_vector_level(level);
        for (const auto& wanted : golden) failures += differing(wanted);
        failures += differing_specials();
    }
    std::printf("%d sums differ\n", failures);
    return failures == 0 ? 0 : 1;
}
