// What exact sums are made of: the integer in a double, and fixed-point numbers in limbs of 32 bits, each in
// an int64 that leaves room for carries.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace pacer {

__extension__ using UInt128 = unsigned __int128;  // __extension__: -Wpedantic knows no 128-bit integers

// A finite double is mantissa * 2^(power - 1075), negated if sign is -1 (else 0). Its power is 1 .. 2046.
struct DoubleParts {
    std::uint64_t mantissa;
    unsigned power;
    std::int64_t sign;
};

constexpr DoubleParts parts_of(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const unsigned biased = static_cast<unsigned>(bits >> 52) & 0x7ff;
    const unsigned normal = biased != 0 ? 1 : 0;
    const std::uint64_t fraction = bits & ((std::uint64_t{1} << 52) - 1);
    return {fraction | (std::uint64_t{normal} << 52), biased + 1 - normal,
            static_cast<std::int64_t>(bits) >> 63};
}

// Passes on what limbs hold beyond 32 bits, up to the last limb, which keeps the sign: equal numbers become
// equal limbs, all but the last of them 0 .. 2^32 - 1.
constexpr void carry_limbs(std::span<std::int64_t> limbs) {
    for (std::size_t i = 0; i + 1 < limbs.size(); ++i) {
        const std::int64_t over = limbs[i] >> 32;  // rounds down, so that what stays is 0 or more
        limbs[i] &= 0xffffffff;
        limbs[i + 1] += over;
    }
}

// Adds `digit` to limbs[at], or subtracts it if sign is -1 (else 0): negated without a branch.
constexpr void add_digit(std::span<std::int64_t> limbs, std::size_t at, std::uint64_t digit,
                         std::int64_t sign) {
    limbs[at] += (static_cast<std::int64_t>(digit) ^ sign) - sign;
}

}  // namespace pacer
