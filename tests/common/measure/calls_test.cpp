// Calls within a repeat: which of them stands for it, and which are too short to stand alone.
#include "common/measure/calls.hpp"

#include <gtest/gtest.h>

namespace pacer {
namespace {

// Calls of two ranks.
Calls calls_of(std::vector<double> seconds, std::int64_t each = 1) {
    Calls made;
    made.repeat.assign(seconds.size() / 2, 3);
    made.calls.assign(seconds.size() / 2, each);
    made.seconds = std::move(seconds);
    return made;
}

TEST(Calls, LastAsLongAsTheirSlowestRank) {
    EXPECT_EQ(calls_of({1, 2, 5, 4, 3, 3}).slowest(), (std::vector<double>{2, 5, 3}));
}

TEST(Calls, AreSummedUpByTheMedianOne) {
    EXPECT_EQ(median_call(calls_of({1, 2, 5, 4, 3, 3})), 2u);
    EXPECT_EQ(median_call(calls_of({1, 9, 5, 4, 3, 3, 0, 1})), 2u);  // of 1, 3, 5 and 9 the lower
    EXPECT_EQ(median_call(calls_of({7, 8})), 0u);
}

TEST(Calls, LongEnoughStayAlone) {
    const auto calls = calls_of({1, 2, 5, 4, 3, 3});
    EXPECT_EQ(long_enough(calls, 3), calls);
    EXPECT_EQ(long_enough(calls_of({1, 1}), 100), calls_of({1, 1}));
    EXPECT_EQ(long_enough(calls_of({1, 1, 1, 1}, 100), 100), calls_of({1, 1, 1, 1}, 100));
}

TEST(Calls, TooShortAreKeptByBatch) {
    const auto batches = long_enough(calls_of({1, 0, 3, 2, 1, 2, 1, 0, 3, 4}), 3);
    EXPECT_EQ(batches.calls, (std::vector<std::int64_t>{2, 3}));
    EXPECT_EQ(batches.repeat, (std::vector<std::int32_t>{3, 3}));
    EXPECT_EQ(batches.seconds, (std::vector<double>{2, 1, 5.0 / 3, 7.0 / 3}));
    const auto one = long_enough(calls_of({1, 1, 3, 1}, 10), 1e9);
    EXPECT_EQ(one.calls, std::vector<std::int64_t>{20});
    EXPECT_EQ(one.seconds, (std::vector<double>{2, 1}));
    EXPECT_EQ(long_enough(calls_of({0, 0, 0, 0}), 1e-9).calls, std::vector<std::int64_t>{2});
}

TEST(Calls, MergedLastAsLongAsTheirSlowestRanksHoweverTheseChange) {
    const auto one = long_enough(calls_of({5, 1, 1, 5, 5, 1, 1, 5}), 20);
    EXPECT_EQ(one.calls, std::vector<std::int64_t>{4});
    EXPECT_EQ(one.slowest(), std::vector<double>{5});
}

TEST(Calls, BelongToTheirRepeat) {
    Calls all;
    append(all, calls_of({1, 2}), 0);
    append(all, calls_of({3, 4, 5, 6}, 7), 1);
    EXPECT_EQ(all.repeat, (std::vector<std::int32_t>{0, 1, 1}));
    EXPECT_EQ(all.calls, (std::vector<std::int64_t>{1, 7, 7}));
    EXPECT_EQ(all.seconds, (std::vector<double>{1, 2, 3, 4, 5, 6}));
}

}  // namespace
}  // namespace pacer
