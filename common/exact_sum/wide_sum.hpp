// An exact sum of doubles, or of squares of doubles: the same for any order of additions and any division of
// the work. Sums of doubles alone are smaller and faster: common/exact_sum/.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/exact_sum/limbs.hpp"

namespace pacer {

// A fixed-point number as wide as the squares of all doubles, 2^-2148 .. 2^2048, and room for 2^60 of them.
// It is kept in digits of 32 bits, each in an int64: additions leave their carries there, to be passed on
// once in 2^30 additions (the "small superaccumulator" of R. Neal, Fast exact summation using small and large
// superaccumulators, 2015).
class WideSum {
  public:
    static constexpr int exponent = -2148;  // of the last bit: the square of the smallest double
    static constexpr std::size_t width =
        (2048 - exponent + 60) / 32 + 1;  // digits; the last one holds the sign

    void add(double value);         // finite
    void add_square(double value);  // value * value, exactly; finite
    void merge(const WideSum& other);

    // The sum is digits[0] * 2^(32 * first + exponent), digits[1] * 2^(32 * (first + 1) + exponent), ..., all
    // negative if `negative`. Equal sums have equal digits: there is no zero at either end.
    struct Digits {
        bool negative = false;
        std::size_t first = 0;
        std::vector<std::uint32_t> digits;
        bool operator==(const Digits&) const = default;
    };
    Digits digits() const;

    // As bytes, 4 a digit that matters; equal sums become equal bytes.
    void append_to(Bytes& bytes) const;
    // Reads a sum off the front of the bytes, which are then those behind it. Throws std::invalid_argument.
    static WideSum read(std::span<const char>& bytes);

  private:
    static constexpr std::int64_t carry_at = std::int64_t{1} << 30;

    void count_one() {
        if (pending_ >= carry_at) carry();
        ++pending_;
    }
    void add_digit(std::size_t at, std::uint64_t digit, std::int64_t sign) {
        pacer::add_digit(limbs_, at, digit, sign);
    }
    void carry();

    std::array<std::int64_t, width> limbs_{};
    std::int64_t pending_ = 1;  // no limb is beyond +-pending_ * 2^32
};

inline void WideSum::add(double value) {
    constexpr std::uint64_t low = 0xffffffff;
    const auto [mantissa, power, sign] = parts_of(value);
    const unsigned position = power - 1075 - exponent;  // of the mantissa's last bit
    const std::size_t at = position / 32;
    const UInt128 moved = UInt128{mantissa} << (position % 32);
    count_one();
    add_digit(at, static_cast<std::uint64_t>(moved) & low, sign);
    add_digit(at + 1, static_cast<std::uint64_t>(moved) >> 32, sign);
    add_digit(at + 2, static_cast<std::uint64_t>(moved >> 64), sign);
}

inline void WideSum::add_square(double value) {
    constexpr std::uint64_t low = 0xffffffff;
    const auto [mantissa, power, sign] = parts_of(value);  // a square has no sign
    const unsigned position = 2 * power - 2150 - exponent;
    const std::size_t at = position / 32;
    const UInt128 square =
        UInt128{mantissa} * mantissa;  // 106 bits, which together with the shift are more than 128
    const UInt128 lower = UInt128{static_cast<std::uint64_t>(square)} << (position % 32);
    const UInt128 upper =
        (UInt128{static_cast<std::uint64_t>(square >> 64)} << (position % 32)) + (lower >> 64);
    count_one();
    add_digit(at, static_cast<std::uint64_t>(lower) & low, 0);
    add_digit(at + 1, static_cast<std::uint64_t>(lower) >> 32, 0);
    add_digit(at + 2, static_cast<std::uint64_t>(upper) & low, 0);
    add_digit(at + 3, static_cast<std::uint64_t>(upper) >> 32, 0);
    add_digit(at + 4, static_cast<std::uint64_t>(upper >> 64), 0);
}

}  // namespace pacer
