// Statistics of samples, by facts worked out by hand.
#include "common/measure/statistics.hpp"
#include "common/base/clock.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

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

// The mean of many estimates from normal samples of deviation 3.
double mean_deviation(std::size_t n) {
    constexpr int sets = 4000;
    std::mt19937_64 random(n);
    std::normal_distribution<double> normal(10, 3);
    double sum = 0;
    std::vector<double> samples(n);
    for (int set = 0; set < sets; ++set) {
        std::generate(samples.begin(), samples.end(), [&] { return normal(random); });
        sum += robust_deviation(samples);
    }
    return sum / sets;
}

TEST(RobustDeviation, IsThatOfNormalSamples) {
    for (const std::size_t n : {2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 20, 31})
        EXPECT_NEAR(mean_deviation(n), 3, 0.12) << n;
    EXPECT_EQ(robust_deviation(std::vector{7.0}), 0);
    EXPECT_EQ(robust_deviation({}), 0);
}

TEST(RobustDeviation, HardlySeesOneOfFourAndTwoOfEight) {
    EXPECT_EQ(robust_deviation(std::vector{1.0, 2.0, 3.0, 1e9}),
              robust_deviation(std::vector{1.0, 2.0, 3.0, 5.0}));
    EXPECT_LT(robust_deviation(std::vector{1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 1e9, 1e9}), 6);
    EXPECT_GT(robust_deviation(std::vector{1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0}), 0.9);  // two groups
}

TEST(Outlying, AreFoundOnEitherSideAndByIndex) {
    EXPECT_EQ(outlying(std::vector{1.0, 9.0, 1.1, 0.9, 1.05, 0.95, -7.0, 1.0}, 0.2),
              (std::vector<std::size_t>{1, 6}));
    EXPECT_EQ(outlying(std::vector{1.0, 1.0, 1.0, 1.3}, 0.2), (std::vector<std::size_t>{3}));
    EXPECT_TRUE(outlying(std::vector{1.0, 1.0, 1.0, 1.3}, 0.4).empty());
    EXPECT_TRUE(outlying(std::vector{1.0, 1.0, 1e9}, 0).empty());                 // too few
    EXPECT_TRUE(outlying(std::vector{1.0, 1.0, 1.0, 1.0, 8.0, 9.0}, 0).empty());  // a second group
    EXPECT_TRUE(outlying(up_to(20), 0).empty());
}

TEST(Outlying, NormalSamplesSeldomAre) {
    std::mt19937_64 random(1);
    std::normal_distribution<double> normal;
    for (const std::size_t n : {4, 5, 6, 7, 8, 10, 12, 20, 50, 300}) {
        constexpr int sets = 2000;
        int alarms = 0;
        std::vector<double> samples(n);
        for (int set = 0; set < sets; ++set) {
            std::generate(samples.begin(), samples.end(), [&] { return normal(random); });
            alarms += outlying(samples, 0).empty() ? 0 : 1;
        }
        EXPECT_LT(alarms, 0.02 * sets) << n;
    }
}

}  // namespace
}  // namespace pacer
