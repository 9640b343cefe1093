// The sum of each row of a text whose rows are three %22.14E: by loops that know this of it and nothing else.
// What is not written so is read wrong, or beyond its end.
#pragma once

#include <fast_float/fast_float.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace bare {

inline constexpr int columns = 3, width = 22, row_bytes = columns * width + 1;

inline std::uint64_t eight_bytes(const char* at) {
    static_assert(std::endian::native == std::endian::little);
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

inline bool is_digit(char c) {
    return static_cast<unsigned char>(c - '0') < 10;
}

inline bool are_digits(std::uint64_t bytes) {
    return (((bytes + 0x4646464646464646) | (bytes - 0x3030303030303030)) & 0x8080808080808080) == 0;
}

inline std::uint64_t value_of(std::uint64_t digits) {
    digits -= 0x3030303030303030;
    digits = digits * 10 + (digits >> 8);
    constexpr std::uint64_t mask = 0x000000ff000000ff;
    return ((digits & mask) * 0x000f424000000064 + (digits >> 16 & mask) * 0x0000271000000001) >> 32;
}

// Clinger's fast path: false if it is not open.
inline bool quickly(std::uint64_t whole, std::int64_t power, bool negative, double& value) {
    static constexpr double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                        1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                        1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (whole > std::uint64_t{1} << 53 || power < -22 || power > 22) return false;
    value = static_cast<double>(whole);
    value = power < 0 ? value / powers[-power] : value * powers[power];
    if (negative) value = -value;
    return true;
}

// Reads a number digit by digit before the point and eight at a time behind it.
struct EightAtATime {
    static double read(const char*& at) {
        while (*at == ' ') ++at;
        const char* const start = at;
        const bool negative = *at == '-';
        at += negative;
        std::uint64_t whole = 0;
        const char* digits = at;
        for (; is_digit(*at); ++at) whole = whole * 10 + static_cast<std::uint64_t>(*at - '0');
        auto count = at - digits;
        std::int64_t power = 0;
        if (*at == '.') {
            digits = ++at;
            for (; are_digits(eight_bytes(at)); at += 8)
                whole = whole * 100'000'000 + value_of(eight_bytes(at));
            for (; is_digit(*at); ++at) whole = whole * 10 + static_cast<std::uint64_t>(*at - '0');
            power = digits - at;
            count += at - digits;
        }
        if (*at == 'E') {
            const bool minus = *++at == '-';
            at += minus || *at == '+';
            std::int64_t exponent = 0;
            for (; is_digit(*at); ++at) exponent = exponent * 10 + (*at - '0');
            power += minus ? -exponent : exponent;
        }
        double value = 0;
        if (count > 19 || !quickly(whole, power, negative, value)) fast_float::from_chars(start, at, value);
        return value;
    }

    // The row at `at`, which moves behind it.
    static double row(const char*& at) {
        double sum = 0;
        for (int column = 0; column < columns; ++column) sum += read(at);
        ++at;
        return sum;
    }
};

// Knows at which byte each digit is: no more than a bound, since nobody's files are so.
struct AtKnownBytes {
    static double read(const char* field) {
        const char* const mantissa = field + 2;  // d.dddddd dddddddd
        const auto first = eight_bytes(mantissa), second = eight_bytes(mantissa + 8);
        const auto seven = (first & 0xff) << 8 | (first & ~std::uint64_t{0xffff}) | '0';
        const bool as_known = mantissa[1] == '.' && are_digits(seven) && are_digits(second) &&
                              field[18] == 'E' && is_digit(field[20]) && is_digit(field[21]);
        const std::int64_t exponent = 10 * (field[20] - '0') + (field[21] - '0');
        double value = 0;
        if (!as_known || !quickly(value_of(seven) * 100'000'000 + value_of(second),
                                  (field[19] == '-' ? -exponent : exponent) - 14, field[1] == '-', value)) {
            const char* at = field;
            while (*at == ' ') ++at;
            fast_float::from_chars(at, field + width, value);
        }
        return value;
    }

    static double row(const char*& at) {
        double sum = 0;
        for (int column = 0; column < columns; ++column) sum += read(at + column * width);
        at += row_bytes;
        return sum;
    }
};

}  // namespace bare
