// Numbers of the most frequent notations, read the quick way: a part of RecordParser.
#pragma once

#include <fast_float/fast_float.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace pacer {

inline bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Eight bytes of text, the first one lowest.
inline std::uint64_t eight_bytes(const char* at) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, sizeof bytes);
    if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap64(bytes);
    return bytes;
}

constexpr std::uint64_t each_byte(std::uint64_t value) {
    return value * 0x0101010101010101;
}

// How many of eight bytes, from the first, are digits. A byte that is none sets its own upper bit, and may by
// a carry set those of bytes behind it.
inline int leading_digits(std::uint64_t bytes) {
    const auto others = ((bytes + each_byte(0x46)) | (bytes - each_byte(0x30))) & each_byte(0x80);
    return std::countr_zero(others) / 8;
}

// The value of eight digits: pairs, then fours, then all.
inline std::uint64_t value_of_digits(std::uint64_t bytes) {
    bytes -= each_byte('0');
    bytes = bytes * 10 + (bytes >> 8);
    constexpr std::uint64_t mask = 0x000000ff000000ff;
    constexpr std::uint64_t upper = 100 + (std::uint64_t{1000000} << 32);
    constexpr std::uint64_t lower = 1 + (std::uint64_t{10000} << 32);
    return ((bytes & mask) * upper + ((bytes >> 16) & mask) * lower) >> 32;
}

// Powers of ten that a double holds exactly.
inline constexpr double exact_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                          1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                          1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
inline constexpr std::int64_t largest_exact_power = 22;
inline constexpr std::uint64_t largest_exact_whole = std::uint64_t{1} << 53;

inline constexpr std::uint64_t whole_powers[] = {1,      10,      100,      1000,     10000,
                                                 100000, 1000000, 10000000, 100000000};

// Reads up to eight digits at the end of `whole`.
inline int add_digits(const char* at, std::uint64_t& whole) {
    const auto bytes = eight_bytes(at);
    const auto digits = leading_digits(bytes);
    if (digits == 0) return 0;
    const auto padded = bytes << (64 - 8 * digits) | (each_byte('0') >> 1) >> (8 * digits - 1);
    whole = whole * whole_powers[digits] + value_of_digits(padded);
    return digits;
}

// The bits of the double nearest to whole * 10^power; those of infinity if that is too large, or if this way
// cannot tell the nearest. A whole number of up to 53 bits times or divided by an exact power of ten is
// rounded once, that is, correctly (Clinger, How to read floating point numbers accurately, 1990); most
// others take Lemire's way (Number parsing at a gigabyte per second, 2021), which fast_float
// offers as a whole and, without a promise, as this part.
inline std::uint64_t bits_of(std::uint64_t whole, std::int64_t power) {
    if (whole <= largest_exact_whole && power >= -largest_exact_power && power <= largest_exact_power) {
        const auto exact = static_cast<double>(whole);
        return std::bit_cast<std::uint64_t>(power < 0 ? exact / exact_powers[-power]
                                                      : exact * exact_powers[power]);
    }
    const auto found = fast_float::compute_float<fast_float::binary_format<double>>(power, whole);
    if (found.power2 < 0) return std::bit_cast<std::uint64_t>(HUGE_VAL);
    return found.mantissa | static_cast<std::uint64_t>(found.power2) << 52;
}

// What the quick way may look at: it need not ask at every byte whether the text ends.
inline constexpr std::ptrdiff_t quick_bytes = 48;

// Reads most numbers: up to 8 digits, a point or none, up to 16 digits, an exponent of up to 3 digits or
// none. Without branches on signs and lengths, which are as good as random. Returns where the number ends;
// null if it is another kind of number, or none.
inline const char* read_quickly(const char* at, double& value) {
    const bool negative = *at == '-';
    at += negative;
    std::uint64_t whole = 0;
    const char* const first = at;
    while (is_digit(*at) && at - first < 8) whole = whole * 10 + static_cast<std::uint64_t>(*at++ - '0');
    int digits = static_cast<int>(at - first);
    std::int64_t power = 0;
    if (*at == '.') {
        ++at;
        int decimals = add_digits(at, whole);
        if (decimals == 8) decimals += add_digits(at + 8, whole);
        at += decimals;
        digits += decimals;
        power = -decimals;
    }
    if (digits == 0 || digits > 19 || is_digit(*at)) return nullptr;
    if ((*at & 0xde) == 'D') {  // or d, E, e
        const bool minus = at[1] == '-';
        at += 1 + (minus || at[1] == '+');
        if (!is_digit(at[0])) return nullptr;
        std::int64_t exponent = *at++ - '0';
        for (int more = 0; more < 2 && is_digit(*at); ++more) exponent = exponent * 10 + (*at++ - '0');
        if (is_digit(*at)) return nullptr;
        power += minus ? -exponent : exponent;
    }
    const auto sign = std::uint64_t{negative} << 63;
    value = std::bit_cast<double>(bits_of(whole, power) | sign);
    return at;
}

}  // namespace pacer
