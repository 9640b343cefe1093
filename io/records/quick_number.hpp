// Numbers of the most frequent notations, read the quick way: a part of RecordParser.
#pragma once

#include <fast_float/fast_float.h>
#if defined(__x86_64__)  // and so SSE2
#include <emmintrin.h>
#endif

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "io/records/number_layout.hpp"

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

// A byte that is no digit sets its own upper bit, and may by a carry set those of bytes behind it.
inline std::uint64_t no_digits(std::uint64_t bytes) {
    return ((bytes + each_byte(0x46)) | (bytes - each_byte(0x30))) & each_byte(0x80);
}

// How many of eight bytes, from the first, are digits.
inline int leading_digits(std::uint64_t bytes) {
    return std::countr_zero(no_digits(bytes)) / 8;
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

inline constexpr auto bits_of_infinity = std::bit_cast<std::uint64_t>(HUGE_VAL);

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
// cannot tell the nearest. Lemire's way (Number parsing at a gigabyte per second, 2021), which fast_float
// offers as a whole and, without a promise, as this part. Not inline: it is rare, and takes registers.
[[gnu::noinline]] inline std::uint64_t bits_of_any(std::uint64_t whole, std::int64_t power) {
    const auto found = fast_float::compute_float<fast_float::binary_format<double>>(power, whole);
    if (found.power2 < 0) return bits_of_infinity;
    return found.mantissa | static_cast<std::uint64_t>(found.power2) << 52;
}

// A whole number of up to 53 bits times or divided by an exact power of ten is rounded once, that is,
// correctly (Clinger, How to read floating point numbers accurately, 1990).
inline double exact_product(std::uint64_t whole, std::int64_t power) {
    const auto exact = static_cast<double>(static_cast<std::int64_t>(whole));
    return power < 0 ? exact / exact_powers[-power] : exact * exact_powers[power];
}

inline bool is_exact_power(std::int64_t power) {
    return power >= -largest_exact_power && power <= largest_exact_power;
}

inline std::uint64_t bits_of(std::uint64_t whole, std::int64_t power) {
    if (whole > largest_exact_whole || !is_exact_power(power)) return bits_of_any(whole, power);
    return std::bit_cast<std::uint64_t>(exact_product(whole, power));
}

// What the quick way may look at: it need not ask at every byte whether the text ends.
inline constexpr std::ptrdiff_t quick_bytes = 48;

// Reads most numbers: up to 8 digits, a point or none, up to 16 digits, an exponent of up to 3 digits or
// none. Without branches on signs and lengths, which are as good as random. Returns where the number ends,
// and its lengths; null if it is another kind of number, or none.
[[gnu::noinline]] inline const char* read_quickly(const char* at, double& value, NumberLengths& lengths) {
    const bool negative = *at == '-';
    at += negative;
    std::uint64_t whole = 0;
    const char* const first = at;
    while (is_digit(*at) && at - first < 8) whole = whole * 10 + static_cast<std::uint64_t>(*at++ - '0');
    int digits = static_cast<int>(at - first);
    std::int64_t power = 0;
    lengths = {digits};
    if (*at == '.') {
        ++at;
        int decimals = add_digits(at, whole);
        if (decimals == 8) decimals += add_digits(at + 8, whole);
        at += decimals;
        digits += decimals;
        power = -decimals;
        lengths.decimals = decimals;
    }
    const char* const mantissa_end = at;
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
    lengths.exponent = static_cast<int>(at - mantissa_end);
    return at;
}

// Two times eight digits as one whole number: the first ones times `scale`, and the second ones. False if one
// of them is no digit.
inline bool read_sixteen(std::uint64_t first, std::uint64_t second, std::uint64_t scale,
                         std::uint64_t& whole) {
#if defined(__x86_64__)  // and so SSE2
    // All digits at a time: pairs, then fours, then eights.
    const auto text = _mm_set_epi64x(static_cast<std::int64_t>(second), static_cast<std::int64_t>(first));
    const auto digits = _mm_sub_epi8(text, _mm_set1_epi8('0'));
    const auto good = _mm_cmpeq_epi8(_mm_min_epu8(digits, _mm_set1_epi8(9)), digits);
    const auto tens = _mm_mullo_epi16(digits, _mm_set1_epi16(10));
    const auto pairs = _mm_and_si128(_mm_add_epi16(tens, _mm_srli_epi16(digits, 8)), _mm_set1_epi16(0xff));
    const auto fours = _mm_madd_epi16(pairs, _mm_set1_epi32(1 << 16 | 100));
    const auto eights = _mm_madd_epi16(_mm_packs_epi32(fours, fours), _mm_set1_epi32(1 << 16 | 10000));
    const auto both = static_cast<std::uint64_t>(_mm_cvtsi128_si64(eights));
    whole = (both & 0xffffffff) * scale + (both >> 32);
    return _mm_movemask_epi8(good) == 0xffff;
#else
    whole = value_of_digits(first) * scale + value_of_digits(second);
    return (no_digits(first) | no_digits(second)) == 0;
#endif
}

inline std::uint32_t four_bytes(const char* at) {
    std::uint32_t bytes = 0;
    std::memcpy(&bytes, at, sizeof bytes);
    if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap32(bytes);
    return bytes;
}

// Reads the exponent, of a letter, a sign and two or three digits; false if it is not so.
inline bool read_exponent(const char* at, std::int64_t bytes, std::int64_t& exponent) {
    // From here on: the letter's differences to E, the sign's to +, which are 6 for -, and the digits'
    // values.
    auto word = four_bytes(at) ^ 0x30302b45;
    const auto minus = word >> 9 & 1;
    word ^= minus * 0x600;
    const auto wrong = ((word + 0x06060000) | word) & 0xf0f0ffde;  // D, d and e differ in other bits
    exponent = 10 * (word >> 16 & 0xff) + (word >> 24);
    bool good = wrong == 0;
    if (bytes == 5) {
        const unsigned last = static_cast<unsigned char>(at[4]) - unsigned{'0'};
        good = good && last < 10;
        exponent = 10 * exponent + last;
    }
    const auto sign = static_cast<std::int64_t>(minus);  // a branch would be as good as random
    exponent = (exponent ^ -sign) + sign;
    return good;
}

inline constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;

// The number whole * 10^power with its sign, and where it ends; null if there is none.
struct Decimal {
    const char* behind = nullptr;
    std::uint64_t whole = 0;
    std::int64_t power = 0;
    bool negative = false;

    bool is_exact() const { return whole <= largest_exact_whole && is_exact_power(power); }
    std::uint64_t signed_whole() const { return whole | std::uint64_t{negative} << 63; }
};

// Reads blanks and then a number of that layout: where digits are is not looked for, so that the next number
// can begin before this one is read. What follows it may be digits. No number if digits are not just where
// they should be.
inline Decimal read_expected(const char* at, const NumberLayout& layout) {
    Decimal number;
    const auto head = eight_bytes(at);
    const auto no_blanks = head ^ each_byte(' ');
    if (no_blanks == 0) return {};
    const auto blanks = static_cast<unsigned>(std::countr_zero(no_blanks)) / 8;
    number.negative = (head >> 8 * blanks & 0xff) == '-';
    at += blanks + number.negative;

    const auto bytes = eight_bytes(at);
    if ((bytes & layout.point) != layout.expected_point) return {};
    const auto first = layout.first.of((bytes & layout.before_point) << 8 | (bytes & layout.behind_point));
    if (!read_sixteen(first, layout.second.of(eight_bytes(at + 8)), layout.second.scale, number.whole))
        return {};
    if (layout.has_third) {
        const auto third = layout.third.of(eight_bytes(at + 16));
        if (no_digits(third) != 0) return {};
        number.whole = number.whole * layout.third.scale + value_of_digits(third);
    }
    at += layout.mantissa;
    if (layout.exponent > 0 && !read_exponent(at, layout.exponent, number.power)) return {};
    number.power -= layout.decimals;
    number.behind = at + layout.exponent;
    return number;
}

}  // namespace pacer
