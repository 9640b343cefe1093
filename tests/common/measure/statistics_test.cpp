// Statistics of samples, by facts worked out by hand.
#include "common/measure/statistics.hpp"
#include "common/base/clock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "common/measure/doubts.hpp"

namespace pacer {
namespace {

std::vector<double> up_to(int n) {
    std::vector<double> samples(static_cast<std::size_t>(n));
    std::iota(samples.begin(), samples.end(), 1.0);
    return samples;
}

TEST(Median, OfOddAndEvenCounts) {
    EXPECT_EQ(median(std::vector{3.0}), 3);
    EXPECT_EQ(median(std::vector{5.0, 1.0, 3.0}), 3);
    EXPECT_EQ(median(std::vector{4.0, 1.0, 3.0, 2.0}), 2.5);
}

TEST(Quantile, InterpolatesBetweenOrderStatistics) {
    EXPECT_EQ(quantile(up_to(5), 0), 1);
    EXPECT_EQ(quantile(up_to(5), 1), 5);
    EXPECT_DOUBLE_EQ(quantile(up_to(5), 0.95), 4.8);
}

// P(binomial(n, 1/2) <= k-1) <= 0.025 with the largest k: tables of the sign test.
TEST(MedianInterval, IsThatOfTheSignTest) {
    const std::vector<std::pair<int, int>> k_of_n = {{6, 1},   {8, 1},   {9, 2},   {10, 2}, {11, 2},
                                                     {12, 3},  {15, 4},  {17, 5},  {20, 6}, {25, 8},
                                                     {30, 10}, {50, 18}, {100, 40}};
    for (const auto& [n, k] : k_of_n) {
        const auto interval = median_interval(up_to(n));
        ASSERT_TRUE(interval) << n;
        EXPECT_EQ(interval->low, k) << n;
        EXPECT_EQ(interval->high, n + 1 - k) << n;
    }
}

TEST(MedianInterval, NeedsSixSamples) {
    EXPECT_FALSE(median_interval(up_to(5)));
    EXPECT_TRUE(median_interval(up_to(6)));
}

TEST(MedianInterval, DoesNotDependOnOrderAndScales) {
    auto samples = up_to(20);
    std::reverse(samples.begin(), samples.end());
    for (auto& sample : samples) sample *= 8;
    EXPECT_EQ(median_interval(samples)->low, 48);
}

TEST(Autocorrelation, OfKnownSequences) {
    EXPECT_EQ(lag1_autocorrelation(std::vector{2.0, 2.0, 2.0, 2.0}), 0);
    EXPECT_DOUBLE_EQ(lag1_autocorrelation(std::vector{1.0, -1.0, 1.0, -1.0}), -0.75);
    EXPECT_GT(lag1_autocorrelation(up_to(20)), 0.8);
}

TEST(Drift, ComparesTheThirds) {
    EXPECT_DOUBLE_EQ(drift(std::vector{1.0, 1.0, 5.0, 5.0, 2.0, 2.0}), 2);
    EXPECT_EQ(drift(std::vector{1.0, 9.0, 9.0}), 1);
}

TEST(TwoModes, SeesTwoGroupsAndNotAnOutlier) {
    std::vector<double> groups, outlier;
    for (int i = 0; i < 20; ++i) {
        groups.push_back((i % 2 == 0 ? 1.0 : 1.5) + 0.001 * i);
        outlier.push_back(i == 7 ? 9.0 : 1.0 + 0.001 * i);
    }
    EXPECT_TRUE(two_modes(groups));
    EXPECT_FALSE(two_modes(outlier));
    EXPECT_FALSE(two_modes(up_to(20)));
}

TEST(Clock, Advances) {
    const auto clock = measure_clock();
    EXPECT_GT(clock.resolution_seconds, 0);
    EXPECT_GT(clock.overhead_seconds, 0);
}

Record record_of(const std::string& variant, std::vector<double> seconds) {
    Record record;
    record.variant = variant;
    record.first_seconds = seconds.front();
    record.converged = true;
    record.seconds = seconds;
    record.round.resize(seconds.size());
    std::iota(record.round.begin(), record.round.end(), 0);
    return record;
}

TEST(Doubts, StaySilentAboutGoodSamples) {
    EXPECT_TRUE(doubts({record_of("good", {1.00, 1.02, 1.00, 1.01, 1.01, 1.00, 1.02, 1.00, 1.02, 1.01})}, {})
                    .empty());
}

TEST(Doubts, NameWhatIsDoubtful) {
    auto cold = record_of("cold", std::vector<double>(10, 1.0));
    cold.first_seconds = 2;
    auto impossible = record_of("impossible", std::vector<double>(10, 1.0));
    impossible.limit.seconds = 1.5;
    auto unfinished = record_of("unfinished", {1.0, 1.0});
    unfinished.converged = false;
    const auto found = doubts({cold, impossible, unfinished, record_of("drifting", up_to(12))}, {});
    const auto says = [&](const std::string& sentence, const std::string& variant) {
        return std::any_of(found.begin(), found.end(), [&](const std::string& text) {
            return text.find(sentence) != std::string::npos && text.find(variant) != std::string::npos;
        });
    };
    EXPECT_TRUE(says("first execution", "cold (2.0x)"));
    EXPECT_TRUE(says("faster than the limit", "impossible (150 %)"));
    EXPECT_TRUE(says("time budget", "unfinished (2 repeats)"));
    EXPECT_TRUE(says("fewer than 6 repeats for want of time", "unfinished (2)"));
    EXPECT_TRUE(doubts({record_of("as asked", {1.0, 1.0})}, {.repeats = 2}).empty());
    EXPECT_TRUE(says("drifted", "drifting"));
    EXPECT_TRUE(says("correlated", "drifting"));
    EXPECT_FALSE(says("first execution", "impossible"));
}

TEST(Doubts, NameTheFirstOfManyCasesOfSeveralProblems) {
    std::vector<Record> records;
    for (std::int64_t bytes = 1; bytes <= 9; ++bytes) {
        records.push_back(record_of("read", std::vector<double>(6, 1.0)));
        records.back().converged = false;
        records.back().parameters = {{"kind", "level"}, {"bytes", bytes}};
    }
    const auto found = doubts(records, {});
    ASSERT_EQ(found.size(), 1);
    EXPECT_NE(found[0].find("read (bytes 1) (6 repeats), read (bytes 2)"), std::string::npos) << found[0];
    EXPECT_TRUE(found[0].ends_with("read (bytes 7) (6 repeats), and 2 more")) << found[0];
    records.pop_back();
    EXPECT_TRUE(doubts(records, {})[0].ends_with("read (bytes 8) (6 repeats)"));
}

}  // namespace
}  // namespace pacer
