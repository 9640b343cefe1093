// The method of comparing, against its published numbers and by seeded simulation.
#include "apps/timings/compare/launch_statistics.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "apps/timings/compare/robust.hpp"

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
        const auto chance = RankNull::of_two_samples(n, m);
        for (std::size_t u = 0; u <= n * m; ++u) {
            EXPECT_NEAR(chance.at_most(static_cast<double>(u)), by_enumeration(n, m, u), 1e-12)
                << n << " x " << m << ", " << u;
        }
        EXPECT_EQ(chance.at_most(-1), 0);
    }
}

TEST(RankSum, ExactAndNormalAgreeWhereTheyMeet) {
    const auto exact = RankNull::of_two_samples(50, 50), normal = RankNull::of_two_samples(50, 51);
    for (const double share : {0.25, 0.3, 0.4, 0.5}) {
        EXPECT_NEAR(exact.at_most(share * 2500), normal.at_most(share * 2550), 0.003);
    }
    EXPECT_NEAR(static_cast<double>(*exact.largest_within(0.025)) / 2500,
                static_cast<double>(*normal.largest_within(0.025)) / 2550, 0.003);
}

TEST(RankSum, PublishedCriticalValues) {  // two-sided 5 %; the tables of every textbook
    EXPECT_FALSE(RankNull::of_two_samples(3, 3).largest_within(0.025));
    EXPECT_EQ(RankNull::of_two_samples(4, 4).largest_within(0.025), 0U);
    EXPECT_EQ(RankNull::of_two_samples(5, 5).largest_within(0.025), 2U);
    EXPECT_EQ(RankNull::of_two_samples(5, 8).largest_within(0.025), 6U);
    EXPECT_EQ(RankNull::of_two_samples(10, 10).largest_within(0.025), 23U);
    EXPECT_EQ(RankNull::of_two_samples(10, 10).largest_within(0.05), 27U);
    EXPECT_EQ(RankNull::of_two_samples(20, 20).largest_within(0.025), 127U);
}

// P(signed rank sum <= w) by trying every choice of signs.
double by_signs(std::size_t n, std::size_t w) {
    double within = 0;
    for (std::size_t signs = 0; signs < (std::size_t{1} << n); ++signs) {
        std::size_t sum = 0;
        for (std::size_t rank = 1; rank <= n; ++rank) sum += (signs >> (rank - 1)) % 2 == 1 ? rank : 0;
        within += sum <= w ? 1 : 0;
    }
    return within / static_cast<double>(std::size_t{1} << n);
}

TEST(SignedRanks, ExactAndNormalAgreeAndTheTablesToo) {
    for (std::size_t n = 1; n <= 10; ++n) {
        const auto chance = RankNull::of_differences(n);
        for (std::size_t w = 0; w <= n * (n + 1) / 2; ++w)
            EXPECT_NEAR(chance.at_most(static_cast<double>(w)), by_signs(n, w), 1e-12) << n << ", " << w;
    }
    // Two-sided 5 %; the tables of every textbook.
    EXPECT_FALSE(RankNull::of_differences(5).largest_within(0.025));
    EXPECT_EQ(RankNull::of_differences(6).largest_within(0.025), 0U);
    EXPECT_EQ(RankNull::of_differences(10).largest_within(0.025), 8U);
    EXPECT_EQ(RankNull::of_differences(20).largest_within(0.025), 52U);
    EXPECT_EQ(RankNull::of_differences(50).largest_within(0.025), 434U);
    const auto exact = RankNull::of_differences(100), normal = RankNull::of_differences(101);
    ASSERT_TRUE(exact.is_exact() && !normal.is_exact());
    for (const double share : {0.35, 0.4, 0.5})
        EXPECT_NEAR(exact.at_most(share * 5050), normal.at_most(share * 5151), 0.003);
}

TEST(Pairs, HaveTheMedianOfWalshAveragesAndItsInterval) {
    // Logarithmic ratios 1, 2, 3, 4, 5, 6: of their 21 averages the 11th, the first and the last.
    const std::vector<double> a(6, 2);
    std::vector<double> b;
    for (int i = 1; i <= 6; ++i) b.push_back(2 * std::exp(i));
    const auto estimate = compare_pairs(a, b);
    EXPECT_NEAR(std::log(estimate.ratio), 3.5, 1e-12);
    ASSERT_TRUE(estimate.within_95 && estimate.within_90);
    EXPECT_NEAR(std::log(estimate.within_95->low), 1, 1e-12);
    EXPECT_NEAR(std::log(estimate.within_95->high), 6, 1e-12);
    EXPECT_NEAR(std::log(estimate.within_90->low), 2, 1e-12);  // two of 64 sums are at most 2
    EXPECT_NEAR(estimate.p, 2.0 / 64, 1e-12);
    EXPECT_EQ(estimate.p, estimate.smallest_p);
    EXPECT_EQ(estimate.probability_slower, 1);
    const auto back = compare_pairs(b, a);
    EXPECT_NEAR(back.ratio * estimate.ratio, 1, 1e-12);
    EXPECT_NEAR(back.within_95->low * estimate.within_95->high, 1, 1e-12);
    EXPECT_EQ(back.p, estimate.p);
    EXPECT_FALSE(compare_pairs(std::span(a).first(5), std::span(b).first(5)).within_95);
    const auto same = compare_pairs(a, a);
    EXPECT_EQ(same.p, 1);
    EXPECT_EQ(same.within_95->low, 1);
    EXPECT_EQ(same.within_95->high, 1);
    EXPECT_THROW(compare_pairs(a, std::span(b).first(5)), std::invalid_argument);
    EXPECT_THROW(compare_pairs({}, {}), std::invalid_argument);
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
        const auto k = *RankNull::of_two_samples(a.size(), b.size()).largest_within(0.025);
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
    }
    EXPECT_THROW(compare_launches(good, {}), std::invalid_argument);
}

TEST(RobustDeviation, IsThatOfMostLaunches) {
    std::mt19937 random(2);
    std::lognormal_distribution<double> time(0, 0.05);
    double sum = 0, stalled = 0;
    for (int i = 0; i < 1000; ++i) {
        std::vector<double> a(10), b(10);
        for (double& value : a) value = time(random);
        for (double& value : b) value = 3 * time(random);
        sum += *deviation_of_logarithms(a, b);
        a[4] *= 100;  // one launch in ten: the median of all distances is the 63rd of each 100 others
        stalled += *deviation_of_logarithms(a, b);
    }
    EXPECT_NEAR(sum / 1000, 0.05, 0.002);
    EXPECT_NEAR(stalled / sum, 1.2, 0.05);
    EXPECT_FALSE(deviation_of_logarithms(std::vector<double>{1, 2}));
    EXPECT_FALSE(deviation_of_logarithms(std::vector<double>{1, 1, 1, 1, 2}));
    EXPECT_TRUE(deviation_of_logarithms(std::vector<double>{1, 2, 3}));
}

TEST(TwoGroups, AreNamedByTheirMedians) {
    std::vector<double> seconds = {1, 2, 1.01, 2.01, 1.02, 2.02, 1.03, 2.03, 1.04, 2.04};
    auto groups = two_groups(seconds);
    ASSERT_TRUE(groups);
    EXPECT_DOUBLE_EQ(groups->first, 1.02);
    EXPECT_DOUBLE_EQ(groups->second, 2.02);
    seconds[1] = 20;  // an outlier is no group
    groups = two_groups(seconds);
    EXPECT_FALSE(groups && groups->first > 1.5);
    EXPECT_FALSE(two_groups(ascending(20, 100)));
}

TEST(LaunchesForCases, AreThoseWhoseSmallestPSurvivesHolm) {
    EXPECT_EQ(launches_for_cases(1), 4);
    EXPECT_EQ(launches_for_cases(2), 5);
    EXPECT_EQ(launches_for_cases(30), 7);
    EXPECT_EQ(launches_for_cases(321), 8);
    EXPECT_EQ(launches_for_cases(322), 9);
    EXPECT_EQ(launches_for_cases(342), 9);
    EXPECT_EQ(launches_for_cases(1, true), 6);
    EXPECT_EQ(launches_for_cases(30, true), 11);
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
    EXPECT_EQ(launches_needed(0.03, 0.05), std::ceil(2 * std::pow(2.8 * 0.03 / std::log(1.05), 2) / 0.955));
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

// Launches A B B A A B B A ... of a machine that drifts by `drift` from the first to the last, and wanders by
// `step` from each to the next; B is slower by 5 %.
struct Drifting {
    double covered = 0, width = 0;  // share of comparisons; mean of the logarithm's
};
std::pair<Drifting, Drifting> drifting(int comparisons, int launches, double noise, double drift,
                                       double step) {
    std::mt19937 random(8);
    std::normal_distribution<double> normal(0, 1);
    Drifting unblocked, in_pairs;
    const auto add = [&](Drifting& made, const RatioEstimate& estimate) {
        const auto [low, high] = *estimate.within_95;
        made.covered += (low <= 1.05 && 1.05 <= high ? 1.0 : 0.0) / comparisons;
        made.width += std::log(high / low) / comparisons;
    };
    for (int i = 0; i < comparisons; ++i) {
        std::vector<double> a, b;
        double wandered = 0;
        for (int turn = 0; turn < 2 * launches; ++turn) {
            wandered += step * normal(random);
            const bool is_base = (turn + 1) / 2 % 2 == 0;
            const double machine = drift * turn / (2 * launches - 1) + wandered;
            (is_base ? a : b).push_back((is_base ? 1 : 1.05) * std::exp(machine + noise * normal(random)));
        }
        add(unblocked, compare_launches(a, b));
        add(in_pairs, compare_pairs(a, b));
    }
    return {unblocked, in_pairs};
}

TEST(Simulation, PairsGainUnderDriftAndLoseLittleWithout) {
    constexpr double chance = 0.015;  // three standard errors of 95 % in 2000 comparisons
    const auto [calm, calm_pairs] = drifting(2000, 10, 0.01, 0, 0);
    const auto [drift, drift_pairs] = drifting(2000, 10, 0.01, 0.2, 0);
    const auto [wandering, wandering_pairs] = drifting(2000, 10, 0.01, 0, 0.02);
    for (const auto& made : {calm_pairs, drift_pairs, wandering_pairs})
        EXPECT_GE(made.covered, 0.95 - chance);
    EXPECT_LT(calm_pairs.width, 1.15 * calm.width);
    EXPECT_LT(drift_pairs.width, 0.3 * drift.width);
    EXPECT_LT(wandering_pairs.width, 0.6 * wandering.width);
    for (const auto* made : {&calm, &calm_pairs, &drift, &drift_pairs, &wandering, &wandering_pairs})
        fmt::print("covered {:.1f} %, width {:.1f} %\n", 100 * made->covered, 100 * made->width);
}

// What the method promises for 10 launches whose effects vary by 3 %.
TEST(Simulation, FindsWhatItPromises) {
    EXPECT_NEAR(Simulated(20000, 10, 10, 0.03, 0, false).regressed(), 0.016, 0.006);
    EXPECT_NEAR(Simulated(20000, 10, 10, 0.03, 0.05, false).regressed(), 0.85, 0.06);
    EXPECT_GE(Simulated(5000, 10, 10, 0.03, 0.10, false).regressed(), 0.995);
}

}  // namespace
}  // namespace pacer::timings
