// Numbers as users and the kernel write them, and shares of ranges.
#include "common/base/units.hpp"

#include <gtest/gtest.h>

#include "common/base/number.hpp"
#include "common/base/range_list.hpp"
#include "common/base/status.hpp"
#include "common/parallel/partition.hpp"

namespace pacer {
namespace {

TEST(ParseCount, AcceptsWhatPeopleWrite) {
    EXPECT_EQ(parse_count("0"), 0);
    EXPECT_EQ(parse_count("2000000000"), 2000000000);
    EXPECT_EQ(parse_count("2e9"), 2000000000);
    EXPECT_EQ(parse_count("2E+9"), 2000000000);
    EXPECT_EQ(parse_count("1.5e3"), 1500);
    EXPECT_EQ(parse_count("2G"), 2000000000);
    EXPECT_EQ(parse_count("1.5k"), 1500);
    EXPECT_EQ(parse_count("64Ki"), 65536);
    EXPECT_EQ(parse_count("0.5Mi"), 524288);
    EXPECT_EQ(parse_count("9223372036854775807"), INT64_MAX);
    EXPECT_EQ(parse_count("7.0"), 7);
}

TEST(ParseCount, RefusesEverythingElse) {
    for (const char* word : {"",
                             "-1",
                             "+1",
                             "x",
                             "2e",
                             "2e-1",
                             "2 000",
                             "2G ",
                             " 2",
                             "2GB",
                             "2gi",
                             "1.5",
                             "1e",
                             "1e19",
                             "9223372036854775808",
                             "99999999999999999999",
                             "10P10",
                             "0x10",
                             "nan",
                             "inf",
                             "2..5",
                             ".",
                             "e5",
                             "1e18k",
                             "2Q",
                             "2KiB"}) {
        EXPECT_THROW(parse_count(word), UsageError) << word;
    }
}

TEST(ParseNumber, ReadsBackWhatWasWritten) {
    constexpr Int128 least = -(Int128{1} << 126) * 2;
    for (const Int128 whole : {Int128{0}, Int128{-1}, Int128{1} << 123, least, -(least + 1)}) {
        const auto number = parse_number(to_string(Number::of_whole(whole)));
        ASSERT_TRUE(number && !number->is_real) << to_string(Number::of_whole(whole));
        EXPECT_TRUE(number->whole == whole) << to_string(*number);
    }
    for (const double real : {0.1, -2.5e-300, 1e40, 1.0 / 3}) {
        const auto number = parse_number(to_string(Number::of_real(real)));
        ASSERT_TRUE(number && number->is_real) << real;
        EXPECT_EQ(number->real, real);
    }
    const auto longer = parse_number("170141183460469231731687303715884105728");  // 2^127
    ASSERT_TRUE(longer && longer->is_real);
    EXPECT_EQ(longer->real, 0x1p127);
}

TEST(ParseNumber, RefusesEverythingElse) {
    for (const char* word : {"", "-", "--1", "+1", " 1", "1 ", "1,5", "1.5x", "0x10", "12a", "1e999"}) {
        EXPECT_FALSE(parse_number(word)) << word;
    }
}

TEST(Number, ASumBeyond128BitsIsReal) {
    const auto large = Number::of_whole(Int128{1} << 126);
    EXPECT_FALSE((large + Number::of_whole(1)).is_real);
    EXPECT_TRUE((large + large).is_real);
    EXPECT_EQ((large + large).real, 0x1p127);
}

TEST(Format, KeepsThreeDigits) {
    EXPECT_EQ(format_seconds(1.2345), "1.234 s");
    EXPECT_EQ(format_seconds(0.4901), "490.1 ms");
    EXPECT_EQ(format_seconds(12.345e-6), "12.35 us");
    EXPECT_EQ(format_seconds(3e-9), "3.000 ns");
    EXPECT_EQ(format_rate(2.38e10, "B/s"), "23.8 GB/s");
    EXPECT_EQ(format_bytes(16.0 * 1024 * 1024 * 1024), "16.0 GiB");
}

TEST(RangeList, ThereAndBack) {
    EXPECT_EQ(range_list({0, 1, 2, 3, 8}), "0-3,8");
    EXPECT_EQ(range_list({}), "");
    EXPECT_EQ(range_list({5}), "5");
    EXPECT_EQ(numbers_in("0-3,8"), (std::vector{0, 1, 2, 3, 8}));
    EXPECT_EQ(numbers_in("0-3,8\n"), (std::vector{0, 1, 2, 3, 8}));
    EXPECT_TRUE(numbers_in("").empty());
    EXPECT_TRUE(numbers_in("x").empty());
}

TEST(PartOf, CoversEveryIndexOnce) {
    constexpr std::int64_t beyond_int = (std::int64_t{1} << 31) + 5;
    for (const std::int64_t n : {std::int64_t{0}, std::int64_t{1}, std::int64_t{3}, std::int64_t{10},
                                 beyond_int, std::int64_t{1} << 62}) {
        for (const std::int64_t parts : {1, 2, 3, 4, 7, 4096}) {
            std::int64_t next = 100;
            for (std::int64_t i = 0; i < parts; ++i) {
                const auto part = part_of({100, 100 + n}, parts, i);
                ASSERT_EQ(part.begin, next);
                ASSERT_GE(part.size(), n / parts);
                ASSERT_LE(part.size(), n / parts + 1);
                next = part.end;
                if (part.size() == 0) continue;
                ASSERT_EQ(part_with({100, 100 + n}, parts, part.begin), i);
                ASSERT_EQ(part_with({100, 100 + n}, parts, part.end - 1), i);
            }
            ASSERT_EQ(next, 100 + n);
        }
    }
}

TEST(PartOf, LeavesNothingForTheLastRanksOfASmallProblem) {
    EXPECT_EQ(part_of({0, 3}, 4, 2), (Range{2, 3}));
    EXPECT_EQ(part_of({0, 3}, 4, 3), (Range{3, 3}));
    EXPECT_EQ(part_of({0, 0}, 4, 0), (Range{0, 0}));
}

}  // namespace
}  // namespace pacer
