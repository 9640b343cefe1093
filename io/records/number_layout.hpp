// How a number is written: where its digits are. The next one of its column is often written alike, and is
// then read without finding that out: a part of RecordParser.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace pacer {

constexpr std::uint64_t each_byte(std::uint64_t value) {
    return value * 0x0101010101010101;
}

// The first so many of eight bytes, the first one lowest.
constexpr std::uint64_t first_bytes(int count) {
    return count >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * count)) - 1;
}

struct NumberLengths {
    int whole = 0;      // digits before the point
    int decimals = -1;  // digits behind it; -1: there is no point
    int exponent = 0;   // bytes of it, with its letter and its sign; 0: there is none
};

inline constexpr std::uint64_t whole_powers[] = {1,      10,      100,      1000,     10000,
                                                 100000, 1000000, 10000000, 100000000};

// Makes eight digits of eight bytes that begin with fewer: moves them to the end, behind zeros.
struct LeadingDigits {
    std::uint64_t shift = 0, mask = 0;
    std::uint64_t zeros = each_byte('0');
    std::uint64_t scale = 1;  // by which what stands before them is multiplied

    LeadingDigits() = default;  // none of them are digits
    LeadingDigits(int bytes, int digits)
        : shift(64 - 8 * static_cast<unsigned>(bytes)),
          mask(~std::uint64_t{0}),
          zeros(each_byte('0') & first_bytes(8 - digits)),
          scale(whole_powers[digits]) {}

    std::uint64_t of(std::uint64_t bytes) const { return (bytes << shift & mask) | zeros; }
};

// Masks for reading a number of one layout, and whether that is worth trying.
class NumberLayout {
  public:
    bool expected() const { return pause_ == 0; }

    void was_right() {
        if (misses_ > 0) --misses_;
    }

    // The number that came next had these lengths, whatever was expected. Where most are unlike those before
    // them, nothing is expected for a while.
    void learn(const NumberLengths& lengths) {
        constexpr int most_digits = 18;  // which leave a bit for the sign
        constexpr int miss = 2, most_misses = 8, long_pause = 64;
        if (pause_ > 1) {
            --pause_;
            return;
        }
        if (pause_ == 0) misses_ += miss;
        const bool has_point = lengths.decimals >= 0;
        const bool known = lengths.whole > 0 && lengths.whole <= (has_point ? 7 : 8) &&
                           lengths.whole + lengths.decimals <= most_digits &&
                           (lengths.exponent == 0 || lengths.exponent == 4 || lengths.exponent == 5);
        if (!known || misses_ > most_misses) {
            pause_ = long_pause;
            misses_ = 0;
            return;
        }
        pause_ = 0;
        decimals = std::max(lengths.decimals, 0);
        mantissa = lengths.whole + (has_point ? 1 + decimals : 0);
        exponent = lengths.exponent;
        before_point = has_point ? first_bytes(lengths.whole) : 0;
        behind_point = has_point ? ~first_bytes(lengths.whole + 1) : ~std::uint64_t{0};
        point = ~(before_point | behind_point);
        expected_point = each_byte('.') & point;
        const auto part = [&](int begin, int point_bytes) {
            const auto bytes = static_cast<int>(std::clamp<std::int64_t>(mantissa - begin, 0, 8));
            return bytes > 0 ? LeadingDigits(bytes, bytes - point_bytes) : LeadingDigits();
        };
        first = part(0, has_point ? 1 : 0);
        second = part(8, 0);
        third = part(16, 0);
        has_third = mantissa > 16;
    }

    std::int64_t decimals = 0, mantissa = 0, exponent = 0;  // mantissa, exponent: bytes of them
    // Masks of the first eight bytes: digits before the point and behind it, or all; the point, and what is
    // there.
    std::uint64_t before_point = 0, behind_point = 0, point = 0, expected_point = 0;
    LeadingDigits first, second, third;  // of the first eight bytes, the next ones and the last
    bool has_third = false;

  private:
    int pause_ = 1;  // numbers to come of which nothing is expected
    int misses_ = 0;
};

// Those of the first columns; the next ones begin anew.
using NumberLayouts = std::array<NumberLayout, 16>;

}  // namespace pacer
