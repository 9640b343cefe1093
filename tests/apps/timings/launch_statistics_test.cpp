// The method of comparing, against its published numbers and by seeded simulation.
#include "apps/timings/compare/launch_statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace pacer::timings {
namespace {

// 1, 2, ... and further up: no overlap, as far apart as ranks can be.
std::vector<double> ascending(std::size_t count, double from) {
    std::vector<double> values(count);
    for (std::size_t i = 0; i < count; ++i) values[i] = from + static_cast<double>(i);
    return values;
}

// All pairs' differences of logarithms, sorted: what the method is defined by.
std::vector<double> differences(const std::vector<double>& a, const std::vector<double>& b) {
    std::vector<double> all;
    for (const double x : a) {
        for (const double y : b) all.push_back(std::log(y) - std::log(x));
    }
    std::sort(all.begin(), all.end());
    return all;
}

// P(U <= u) by trying every way in which n of n + m ranks can be the base's.
double by_enumeration(std::size_t n, std::size_t m, std::size_t u) {
    std::vector<bool> is_base(n + m, false);
    std::fill_n(is_base.begin(), n, true);
    double within = 0, all = 0;
    do {
        std::size_t bases = 0, beaten = 0;
        for (const bool base : is_base) {
            if (base) {
                ++bases;
            } else {
                beaten += bases;
            }
        }
        within += beaten <= u ? 1 : 0;
        ++all;
    } while (std::prev_permutation(is_base.begin(), is_base.end()));
    return within / all;
}

TEST(RankSum, SmallestTwoSidedPOfEqualSizes) {
    const std::vector<double> table = {1,         1.0 / 3,    0.1,        0.028571,   0.0079365,
                                       0.0021645, 0.00058275, 0.00015540, 0.000041135};
    for (std::size_t n = 1; n <= table.size(); ++n) {
        const auto estimate = compare_launches(ascending(n, 1), ascending(n, 100));
        EXPECT_NEAR(estimate.p / table[n - 1], 1, 2e-5) << "n = m = " << n;
        EXPECT_EQ(estimate.probability_slower, 1);
        EXPECT_EQ(compare_launches(ascending(n, 100), ascending(n, 1)).probability_slower, 0);
    }
}

TEST(RankSum, ExactForUnequalSizes) {
    for (const auto& [n, m] : {std::pair<std::size_t, std::size_t>(1, 6), {6, 1}, {2, 5}, {3, 7}, {7, 4}}) {
        const RankSumNull chance(n, m);
        for (std::size_t u = 0; u <= n * m; ++u) {
            EXPECT_NEAR(chance.at_most(static_cast<double>(u)), by_enumeration(n, m, u), 1e-12)
                << n << " x " << m << ", " << u;
        }
        EXPECT_EQ(chance.at_most(-1), 0);
    }
}

TEST(RankSum, ExactAndNormalAgreeWhereTheyMeet) {
    const RankSumNull exact(50, 50), normal(50, 51);
    for (const double share : {0.25, 0.3, 0.4, 0.5}) {
        EXPECT_NEAR(exact.at_most(share * 2500), normal.at_most(share * 2550), 0.003);
    }
    EXPECT_NEAR(static_cast<double>(*exact.largest_within(0.025)) / 2500,
                static_cast<double>(*normal.largest_within(0.025)) / 2550, 0.003);
}

TEST(RankSum, PublishedCriticalValues) {  // two-sided 5 %; the tables of every textbook
    EXPECT_FALSE(RankSumNull(3, 3).largest_within(0.025));
    EXPECT_EQ(RankSumNull(4, 4).largest_within(0.025), 0U);
    EXPECT_EQ(RankSumNull(5, 5).largest_within(0.025), 2U);
    EXPECT_EQ(RankSumNull(5, 8).largest_within(0.025), 6U);
    EXPECT_EQ(RankSumNull(10, 10).largest_within(0.025), 23U);
    EXPECT_EQ(RankSumNull(10, 10).largest_within(0.05), 27U);
    EXPECT_EQ(RankSumNull(20, 20).largest_within(0.025), 127U);
}

TEST(Ratio, IsTheMedianOfAllPairsAndItsIntervalTheirOrderStatistics) {
    std::mt19937 random(3);
    std::lognormal_distribution<double> time(0, 0.1);
    for (const auto& [n, m] : {std::pair<int, int>(4, 4), {5, 8}, {10, 10}, {13, 9}, {60, 70}}) {
        std::vector<double> a, b;
        for (int i = 0; i < n; ++i) a.push_back(time(random));
        for (int i = 0; i < m; ++i) b.push_back(std::round(20 * time(random)) / 20);  // with ties
        const auto all = differences(a, b);
        const auto estimate = compare_launches(a, b);
        EXPECT_DOUBLE_EQ(estimate.ratio, std::exp(median(all)));
        if (n * m > 2500) continue;
        const auto k = *RankSumNull(a.size(), b.size()).largest_within(0.025);
        ASSERT_TRUE(estimate.within_95 && estimate.within_90);
        EXPECT_DOUBLE_EQ(estimate.within_95->low, std::exp(all[k]));
        EXPECT_DOUBLE_EQ(estimate.within_95->high, std::exp(all[all.size() - k - 1]));
        EXPECT_GE(estimate.within_90->low, estimate.within_95->low);
        EXPECT_LE(estimate.within_90->high, estimate.within_95->high);
    }
}

TEST(Ratio, OfEqualSamplesIsOneForSure) {
    for (const std::size_t n : {1, 2, 4, 10, 51}) {
        const std::vector<double> same(n, 0.125);
        const auto estimate = compare_launches(same, same);
        EXPECT_EQ(estimate.p, 1) << n;
        EXPECT_EQ(estimate.ratio, 1);
        EXPECT_EQ(estimate.probability_slower, 0.5);
        ASSERT_EQ(estimate.within_95.has_value(), n >= 4);
        if (n < 4) continue;
        EXPECT_EQ(estimate.within_95->low, 1);
        EXPECT_EQ(estimate.within_95->high, 1);
    }
}

TEST(Ratio, TiesCountForNoDifference) {
    const std::vector<double> a = {1, 1, 1, 1, 1}, b = {1, 1, 2, 2, 2};
    const auto estimate = compare_launches(a, b);
    EXPECT_EQ(estimate.probability_slower, 0.8);  // 15 of 25 pairs, and half of the 10 ties
    EXPECT_NEAR(estimate.p, 2 * by_enumeration(5, 5, 10), 1e-12);
    EXPECT_EQ(estimate.within_95->low, 1);  // 1 is not excluded
    EXPECT_EQ(estimate.within_95->high, 2);
}

TEST(Ratio, HasAnIntervalFromFourLaunchesASide) {
    for (std::size_t n = 1; n <= 6; ++n) {
        for (std::size_t m = 1; m <= 40; m += 3) {
            const auto estimate = compare_launches(ascending(n, 1), ascending(m, 10));
            EXPECT_EQ(estimate.within_95.has_value(), n >= 4 && m >= 4) << n << " x " << m;
            EXPECT_EQ(estimate.within_90.has_value(), n >= 4 && m >= 4) << n << " x " << m;
            EXPECT_GT(estimate.p, 0);
        }
    }
}

TEST(Ratio, DoesNotDependOnTheUnitAndTurnsAroundWithTheSides) {
    std::mt19937 random(11);
    std::lognormal_distribution<double> time(-3, 0.2);
    for (const std::size_t n : {2, 5, 10, 55}) {
        std::vector<double> a(n), b(n + 1);
        for (double& value : a) value = time(random);
        for (double& value : b) value = 1.1 * time(random);
        auto a_us = a, b_us = b;
        for (double& value : a_us) value *= 1e6;
        for (double& value : b_us) value *= 1e6;
        const auto there = compare_launches(a, b), scaled = compare_launches(a_us, b_us),
                   back = compare_launches(b, a);
        EXPECT_NEAR(scaled.ratio, there.ratio, 1e-12);
        EXPECT_EQ(scaled.p, there.p);
        EXPECT_NEAR(back.ratio * there.ratio, 1, 1e-12);
        EXPECT_NEAR(back.p, there.p, 1e-12);
        EXPECT_NEAR(back.probability_slower, 1 - there.probability_slower, 1e-12);
        if (n < 4) continue;
        EXPECT_NEAR(scaled.within_95->low, there.within_95->low, 1e-12);
        EXPECT_NEAR(back.within_95->low * there.within_95->high, 1, 1e-12);
        EXPECT_NEAR(back.within_90->high * there.within_90->low, 1, 1e-12);
    }
}

TEST(Ratio, RefusesWhatIsNoTime) {
    const std::vector<double> good = {1, 2, 3, 4, 5};
    for (const double bad : {std::nan(""), 0.0, -1.0, std::numeric_limits<double>::infinity()}) {
        auto spoilt = good;
        spoilt[2] = bad;
        EXPECT_THROW(compare_launches(good, spoilt), std::invalid_argument) << bad;
        EXPECT_THROW(compare_launches(spoilt, good), std::invalid_argument) << bad;
        EXPECT_THROW(deviation_of_launches(spoilt), std::invalid_argument) << bad;
    }
    EXPECT_THROW(compare_launches(good, {}), std::invalid_argument);
}

TEST(Deviation, IsOfLogarithms) {
    const std::vector<double> a = {1, std::exp(1.0), std::exp(2.0)}, b = {5, 5 * std::exp(3.0)};
    EXPECT_NEAR(deviation_of_launches(a), 1, 1e-12);
    EXPECT_NEAR(pooled_deviation(a, b), std::sqrt((2 + 4.5) / 3), 1e-12);
    EXPECT_EQ(deviation_of_launches(std::vector<double>{7}), 0);
}

TEST(NoiseFloor, NeedsEightLaunchesAndIsZeroWithoutNoise) {
    EXPECT_FALSE(noise_floor(ascending(7, 1)));
    EXPECT_EQ(noise_floor(std::vector<double>(8, 3)), 0);
    EXPECT_EQ(noise_floor(std::vector<double>(30, 3)), 0);
}

TEST(NoiseFloor, IsAPercentileOverAllHalvesOfFewLaunches) {
    const auto seconds = ascending(8, 100);
    std::vector<double> distances;
    std::vector<bool> chosen = {true, true, true, true, false, false, false, false};
    do {
        std::vector<double> first, second;
        for (std::size_t i = 0; i < 8; ++i) (chosen[i] ? first : second).push_back(seconds[i]);
        distances.push_back(std::abs(median(differences(first, second))));
    } while (std::prev_permutation(chosen.begin(), chosen.end()));
    EXPECT_NEAR(*noise_floor(seconds), std::exp(quantile(distances, 0.95)) - 1, 1e-12);
}

TEST(NoiseFloor, ShrinksWithMoreLaunchesAndIsReproducible) {
    std::mt19937 random(5);
    std::lognormal_distribution<double> time(0, 0.03);
    std::vector<double> seconds(100);
    for (double& value : seconds) value = time(random);
    const auto of_few = *noise_floor(std::span(seconds).first(10)), of_many = *noise_floor(seconds);
    EXPECT_GT(of_few, of_many);
    EXPECT_GT(of_many, 0.002);
    EXPECT_LT(of_many, 0.03);
    EXPECT_EQ(of_many, *noise_floor(seconds));
}

TEST(LaunchesNeeded, FollowsItsFormula) {
    EXPECT_EQ(launches_needed(0.03, 0.05), std::ceil(2 * std::pow(1.96 * 0.03 / std::log(1.05), 2) / 0.955));
    EXPECT_EQ(launches_needed(0, 0.01), 4);
    EXPECT_EQ(launches_needed(1e6, 1e-9), 1000000000);
    for (const int launches : {5, 10, 20}) {
        EXPECT_NEAR(launches_needed(0.02, visible_change(0.02, launches) * 1.0000001), launches, 0);
    }
}

TEST(Holm, StepsDown) {
    const auto adjusted = holm({0.01, 0.04, 0.03, 0.005});
    EXPECT_NEAR(adjusted[3], 0.02, 1e-12);
    EXPECT_NEAR(adjusted[0], 0.03, 1e-12);
    EXPECT_NEAR(adjusted[2], 0.06, 1e-12);
    EXPECT_NEAR(adjusted[1], 0.06, 1e-12);  // not 0.04: no smaller than the one before
    EXPECT_EQ(holm({0.7, 0.9})[0], 1);
    EXPECT_TRUE(holm({}).empty());
}

// `comparisons` of n launches with m, the second by `effect` slower.
class Simulated {
  public:
    Simulated(int comparisons, std::size_t n, std::size_t m, double noise, double effect, bool rounded)
        : comparisons_(comparisons) {
        std::mt19937 random(42);
        std::normal_distribution<double> launch(0, noise);
        const auto draw = [&](double seconds) {
            const double value = seconds * std::exp(launch(random));
            return rounded ? std::round(100 * value) / 100 : value;
        };
        for (int i = 0; i < comparisons; ++i) {
            std::vector<double> a(n), b(m);
            for (double& value : a) value = draw(1);
            for (double& value : b) value = draw(1 + effect);
            const auto estimate = compare_launches(a, b);
            const auto& within = *estimate.within_95;
            covered_ += within.low <= 1 + effect && 1 + effect <= within.high ? 1 : 0;
            alarms_ += estimate.p <= 0.05 ? 1 : 0;
            regressed_ += within.low > 1 && estimate.ratio >= 1.03 ? 1 : 0;
        }
    }
    double covered() const { return covered_ / comparisons_; }
    double alarms() const { return alarms_ / comparisons_; }
    double regressed() const { return regressed_ / comparisons_; }

  private:
    double comparisons_, covered_ = 0, alarms_ = 0, regressed_ = 0;
};

TEST(Simulation, IntervalsCoverTheTruthAndNullAlarmsAreRare) {
    constexpr double chance = 0.005;  // three standard errors of 95 % in 20000 comparisons
    for (const auto& [n, m] : {std::pair<std::size_t, std::size_t>(4, 4), {5, 5}, {10, 10}, {6, 12}}) {
        for (const double effect : {0.0, 0.05}) {
            const Simulated made(20000, n, m, 0.03, effect, false);
            EXPECT_GE(made.covered(), 0.95 - chance) << n << " x " << m << ", effect " << effect;
            EXPECT_TRUE(effect > 0 || made.alarms() <= 0.05 + chance) << n << " x " << m;
        }
    }
}

TEST(Simulation, TiesDoNotRaiseAlarms) {
    const Simulated few(5000, 10, 10, 0.03, 0, true), many(500, 60, 60, 0.03, 0, true);
    EXPECT_LE(few.alarms(), 0.05);
    EXPECT_GE(few.covered(), 0.95);
    EXPECT_LE(many.alarms(), 0.07);  // three standard errors
    EXPECT_GE(many.covered(), 0.95 - 0.03);
}

// What the method promises for 10 launches whose effects vary by 3 %.
TEST(Simulation, FindsWhatItPromises) {
    EXPECT_NEAR(Simulated(20000, 10, 10, 0.03, 0, false).regressed(), 0.016, 0.006);
    EXPECT_NEAR(Simulated(20000, 10, 10, 0.03, 0.05, false).regressed(), 0.85, 0.06);
    EXPECT_GE(Simulated(5000, 10, 10, 0.03, 0.10, false).regressed(), 0.995);
}

}  // namespace
}  // namespace pacer::timings
