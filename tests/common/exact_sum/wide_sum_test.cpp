// Exact sums: nothing is lost, whatever is added, in whatever order and division.
#include "common/exact_sum/wide_sum.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <random>
#include <stdexcept>

namespace pacer {
namespace {

using boost::multiprecision::cpp_int;

constexpr double least = 0x1p-1074;

cpp_int whole(const WideSum& sum) {
    const auto [negative, first, digits] = sum.digits();
    cpp_int value = 0;
    for (std::size_t i = digits.size(); i-- > 0;) value = (value << 32) + digits[i];
    value <<= 32 * first;
    return negative ? cpp_int(-value) : value;
}

// The same, by way of another library: value * 2^1074 is whole for every double.
cpp_int scaled(double value) {
    int exponent = 0;
    const auto mantissa = static_cast<std::int64_t>(std::ldexp(std::frexp(value, &exponent), 53));
    const int shift = exponent - 53 + 1074;
    return shift >= 0 ? cpp_int(cpp_int(mantissa) << shift)
                      : cpp_int(cpp_int(mantissa) / (cpp_int(1) << -shift));
}

Bytes bytes_of(const WideSum& sum) {
    Bytes bytes;
    sum.append_to(bytes);
    return bytes;
}

WideSum read_all(const Bytes& bytes) {
    std::span<const char> rest = bytes;
    WideSum sum = WideSum::read(rest);
    if (!rest.empty()) throw std::invalid_argument("bytes are left");
    return sum;
}

// Any finite double: all exponents are equally likely.
std::vector<double> finite_doubles(std::size_t count, unsigned seed) {
    std::mt19937_64 random(seed);
    std::vector<double> values;
    while (values.size() < count) {
        const auto value = std::bit_cast<double>(random());
        if (std::isfinite(value)) values.push_back(value);
    }
    for (const double edge : {0.0, -0.0, least, -least, DBL_MIN, DBL_MAX, -DBL_MAX, 1.0, -1.0}) {
        values.push_back(edge);
    }
    return values;
}

TEST(WideSum, KeepsWhatDoublesLose) {
    WideSum sum;
    for (const double value : {1e308, 1.0, least, -1e308, -1.0}) sum.add(value);
    EXPECT_EQ(whole(sum), cpp_int(1) << 1074);
}

TEST(WideSum, OfOneValueIsTheValueAndItsSquare) {
    for (const double value : finite_doubles(10000, 1)) {
        WideSum sum, squares;
        sum.add(value);
        squares.add_square(value);
        ASSERT_EQ(whole(sum), scaled(value) << 1074) << value;
        ASSERT_EQ(whole(squares), scaled(value) * scaled(value)) << value;
    }
}

TEST(WideSum, EqualsThatOfWholeNumbersOfAnySize) {
    WideSum sum, squares;
    cpp_int expected = 0, expected_squares = 0;
    for (const double value : finite_doubles(10000, 2)) {
        sum.add(value);
        squares.add_square(value);
        expected += scaled(value);
        expected_squares += scaled(value) * scaled(value);
    }
    EXPECT_EQ(whole(sum), expected << 1074);
    EXPECT_EQ(whole(squares), expected_squares);
}

TEST(WideSum, DoesNotDependOnOrderOrDivision) {
    auto values = finite_doubles(3000, 3);
    WideSum reference;
    for (const double value : values) reference.add(value);
    std::mt19937_64 random(4);
    for (int trial = 0; trial < 50; ++trial) {
        std::shuffle(values.begin(), values.end(), random);
        std::vector<WideSum> parts(1 + random() % 8);
        for (const double value : values) parts[random() % parts.size()].add(value);
        WideSum sum;
        for (const WideSum& part : parts) sum.merge(trial % 2 == 0 ? part : read_all(bytes_of(part)));
        ASSERT_EQ(bytes_of(sum), bytes_of(reference)) << trial;
    }
}

// One of its digits has all 32 bits set: without carries the digit overflows at 2^31 of them.
constexpr double full = 0x1.fffffffffffffp+300;

TEST(WideSum, CarriesInMerges) {
    for (const double value : {full, -full, DBL_MAX, -least}) {
        WideSum sum, squares;
        for (int i = 0; i < 8; ++i) {
            sum.add(value);
            squares.add_square(value);
        }
        for (int doubled = 3; doubled < 60; ++doubled) {
            ASSERT_EQ(whole(sum), scaled(value) << (1074 + doubled)) << doubled;
            ASSERT_EQ(whole(squares), (scaled(value) * scaled(value)) << doubled) << doubled;
            sum.merge(WideSum(sum));
            squares.merge(WideSum(squares));
        }
    }
}

TEST(WideSum, CarriesInAdditions) {
    WideSum sum;
    for (int i = 0; i < 15; ++i) sum.add(full);
    for (int doubled = 0; doubled < 26; ++doubled) sum.merge(WideSum(sum));  // as many as need no carry yet
    constexpr std::int64_t count = (std::int64_t{1} << 31) + 5;
    for (std::int64_t i = 15 << 26; i < count; ++i) sum.add(full);  // 2 seconds
    EXPECT_EQ(whole(sum), (scaled(full) * count) << 1074);
}

TEST(WideSum, IsCompactAsBytes) {
    WideSum sum, zero, cancelled;
    sum.add(-1);
    cancelled.add(1e300);
    cancelled.add(-1e300);
    EXPECT_EQ(bytes_of(sum).size(), 12u);
    EXPECT_EQ(bytes_of(zero).size(), 8u);
    EXPECT_EQ(bytes_of(cancelled), bytes_of(zero));
    EXPECT_EQ(whole(read_all(bytes_of(sum))), -(cpp_int(1) << 2148));
}

TEST(WideSum, RefusesBytesThatAreNone) {
    WideSum sum;
    sum.add(1e300);
    sum.add(1e-300);
    const Bytes good = bytes_of(sum);
    EXPECT_NO_THROW(read_all(good));
    for (std::size_t size = 0; size < good.size(); ++size) {
        EXPECT_THROW(read_all(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))),
                     std::invalid_argument)
            << size;
    }
    const auto changed = [&](std::size_t at, auto value) {
        Bytes bytes = good;
        std::memcpy(bytes.data() + at, &value, sizeof value);
        return bytes;
    };
    EXPECT_THROW(read_all(changed(0, std::uint16_t{120})),
                 std::invalid_argument);  // digits beyond the last one
    EXPECT_THROW(read_all(changed(0, std::uint16_t{65535})), std::invalid_argument);
    EXPECT_THROW(read_all(changed(2, std::uint16_t{65535})), std::invalid_argument);
    EXPECT_THROW(read_all(changed(4, std::uint32_t{2})), std::invalid_argument);  // neither + nor -
    EXPECT_THROW(read_all(changed(8, std::uint32_t{0})), std::invalid_argument);  // a zero at the end
    EXPECT_THROW(read_all(changed(good.size() - 4, std::uint32_t{0})), std::invalid_argument);
    const std::uint32_t negative_zero[] = {0, 1};
    Bytes zero;
    append(zero, negative_zero, 2);
    EXPECT_THROW(read_all(zero), std::invalid_argument);
}

}  // namespace
}  // namespace pacer
