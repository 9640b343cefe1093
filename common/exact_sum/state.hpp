// An exact sum of doubles, as integers: adding, merging and normalising lose nothing, and rounding, done once
// at the end, is correct. The adding of one double at a time here is the simplest way there is, and what the
// fast ways are tested against.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "common/exact_sum/limbs.hpp"

namespace pacer {

// The sum of any doubles, in any order: room for 2^60 of them. It is a number in fixed point, 68 limbs of 32
// bits from 2^-1074 upward, each in an int64 (the "small superaccumulator" of R. Neal, Fast exact summation
// using small and large superaccumulators, 2015), and how many special terms there were.
//
// Integers alone, special values made of their bits included: independent of the rounding mode, of flushing
// to zero, and of the compiler's options.
class ExactSum {
  public:
    static constexpr int exponent = -1074;  // of the last bit: the smallest double
    static constexpr std::size_t limbs = 68, words = 72;
    using Words = std::array<std::int64_t, words>;

    constexpr void add(double value);
    // Adds magnitude * 2^power, or subtracts it; power is -1074 at least, and the product below 2^1100.
    // To be told of the terms it consists of by note().
    constexpr void add_scaled(UInt128 magnitude, bool negative, int power);
    // Terms whose sum is added otherwise: all that is kept of them is whether they are all -0.
    constexpr void note(std::span<const double> terms);
    constexpr void merge(const ExactSum& other);

    // What makes equal sums equal in all words: limbs 0 .. 2^32 - 1 but for the last, counters 0 or 1.
    constexpr void normalise();

    // The double nearest to the sum, of two equally near ones that with an even mantissa; infinite if it is
    // beyond the largest double by half a unit in the last place, or if a term was infinite; NaN, the
    // positive quiet one without payload, if a term was NaN or infinities of both signs were added. The sum
    // of no terms is +0, and so is every sum that is 0, unless all its terms were -0.
    constexpr double round() const;

    // For MPI and files: normalised sums can be added word by word, up to 2^31 of them, with plain additions.
    constexpr const Words& as_words() const { return words_; }
    // What `sums` normalised sums have added up to.
    static constexpr ExactSum of_words(const Words& added, std::int64_t sums);

  private:
    // The counters behind the limbs. A NaN counts as both infinities, which give the same answer.
    enum Counter : std::size_t { infinities = limbs, negative_infinities, negative_zeros, other_terms };
    // Limbs hold less than pending_ * 2^32 each: carried before pending_ reaches this.
    static constexpr std::int64_t carry_at = std::int64_t{1} << 30;

    constexpr void add_infinite(double value);  // or NaN
    constexpr std::span<std::int64_t> all_limbs() { return std::span(words_).first(limbs); }
    constexpr void expect(std::int64_t additions) {
        if (pending_ + additions > carry_at) carry();
        pending_ += additions;
    }
    constexpr void carry() {
        carry_limbs(all_limbs());
        pending_ = 1;
    }
    constexpr double round_finite() const;

    Words words_{};
    std::int64_t pending_ = 1;
};

constexpr void ExactSum::note(std::span<const double> terms) {
    for (const double term : terms) {
        if (words_[other_terms] != 0) return;
        constexpr auto negative_zero = std::uint64_t{1} << 63;
        words_[std::bit_cast<std::uint64_t>(term) == negative_zero ? negative_zeros : other_terms] = 1;
    }
}

constexpr void ExactSum::add_infinite(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const bool negative = bits >> 63 != 0, is_nan = bits << 12 != 0;
    if (is_nan || !negative) words_[infinities] = 1;
    if (is_nan || negative) words_[negative_infinities] = 1;
}

constexpr void ExactSum::add(double value) {
    constexpr std::uint64_t low = 0xffffffff;
    const auto [mantissa, power, sign] = parts_of(value);
    if (words_[other_terms] == 0) note({&value, 1});
    if (power == 0x7ff) return add_infinite(value);
    expect(1);
    const unsigned position = power - 1;  // of the mantissa's last bit
    const std::size_t at = position / 32;
    const UInt128 moved = UInt128{mantissa} << (position % 32);
    add_digit(words_, at, static_cast<std::uint64_t>(moved) & low, sign);
    add_digit(words_, at + 1, static_cast<std::uint64_t>(moved) >> 32 & low, sign);
    add_digit(words_, at + 2, static_cast<std::uint64_t>(moved >> 64), sign);
}

constexpr void ExactSum::add_scaled(UInt128 magnitude, bool negative, int power) {
    expect(2);
    const auto position = static_cast<unsigned>(power - exponent);
    std::size_t at = position / 32;
    // Bit by bit digit, the first of them filled up from the right.
    UInt128 left = magnitude >> (32 - position % 32);
    add_digit(words_, at, static_cast<std::uint32_t>(magnitude << (position % 32)), negative ? -1 : 0);
    for (; left != 0; left >>= 32)
        add_digit(words_, ++at, static_cast<std::uint32_t>(left), negative ? -1 : 0);
}

constexpr void ExactSum::merge(const ExactSum& other) {
    expect(other.pending_);
    for (std::size_t i = 0; i < words; ++i) words_[i] += other.words_[i];
}

constexpr void ExactSum::normalise() {
    carry();
    for (std::size_t i = limbs; i < words; ++i) words_[i] = words_[i] != 0 ? 1 : 0;
    if (words_[other_terms] != 0) words_[negative_zeros] = 0;  // which no longer matter
}

constexpr ExactSum ExactSum::of_words(const Words& added, std::int64_t sums) {
    ExactSum sum;
    sum.words_ = added;
    sum.pending_ = sums;
    sum.normalise();
    return sum;
}

constexpr double ExactSum::round() const {
    const bool up = words_[infinities] != 0, down = words_[negative_infinities] != 0;
    if (up && down) return std::bit_cast<double>(std::uint64_t{0x7ff8} << 48);
    if (up || down) return std::bit_cast<double>(std::uint64_t{up ? 0x7ffu : 0xfffu} << 52);
    return round_finite();
}

constexpr double ExactSum::round_finite() const {
    ExactSum sum = *this;
    sum.carry();
    const auto digits = sum.all_limbs();
    const bool negative = digits.back() < 0;
    if (negative) {
        for (auto& digit : digits) digit = -digit;
        sum.carry();
    }
    std::size_t top = limbs;
    while (top > 0 && digits[top - 1] == 0) --top;
    if (top == 0) {
        const bool all_negative_zeros = words_[negative_zeros] != 0 && words_[other_terms] == 0;
        return std::bit_cast<double>(std::uint64_t{all_negative_zeros} << 63);
    }
    // The three highest digits hold at least 65 bits from the first that is set on, or all that there are.
    const std::size_t lowest = top > 3 ? top - 3 : 0;
    UInt128 leading = 0;
    for (std::size_t i = top; i-- > lowest;) leading = leading << 32 | static_cast<std::uint64_t>(digits[i]);
    const auto low = digits.first(lowest);
    const bool more = std::any_of(low.begin(), low.end(), [](std::int64_t digit) { return digit != 0; });

    const auto high = static_cast<std::uint64_t>(leading >> 64);
    const auto bits = static_cast<int>(high != 0 ? 64 + std::bit_width(high)
                                                 : std::bit_width(static_cast<std::uint64_t>(leading)));
    // Up to 53 bits are the double's own bits: the integer counts steps of 2^-1074 from 0, as they do.
    auto result = static_cast<std::uint64_t>(leading);
    if (bits > 53) {
        const int dropped = bits - 53;
        const UInt128 half = UInt128{1} << (dropped - 1), below = leading & (2 * half - 1);
        const auto mantissa = static_cast<std::uint64_t>(leading >> dropped);
        const bool up = below > half || (below == half && (more || (mantissa & 1) != 0));
        // The exponent field is the place of the mantissa's last bit plus 1, which the mantissa's first bit
        // adds; so does rounding up to the next power of 2, beyond the last of which lies infinity.
        const auto place = std::min<std::uint64_t>(static_cast<std::uint64_t>(dropped) + 32 * lowest, 2046);
        result = (place << 52) + (place < 2046 ? mantissa + (up ? 1 : 0) : std::uint64_t{1} << 52);
    }
    return std::bit_cast<double>(result | (negative ? std::uint64_t{1} << 63 : 0));
}

}  // namespace pacer
