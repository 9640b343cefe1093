// Statistics of launches: what the times of one set of them say about another. Pure functions of samples, one
// time a launch, in any order; all are independent of the unit of time. Sources: Mann & Whitney (1947),
// Hodges & Lehmann (1963), Holm (1979); why launches and not repeats: Kalibera & Jones (ISMM 2013), Hunold &
// Carpen-Amarie (TPDS 2016).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "common/measure/statistics.hpp"

namespace pacer::timings {

// Below this number of launches a side no 95 % interval is given.
inline constexpr int fewest_launches = 4;

// Probabilities of the Mann-Whitney statistic U of two samples without ties from one distribution: exact up
// to n * m = 2500, beyond that normal, with a correction for the ties that there are.
class RankSumNull {
  public:
    // `ties`: the sum of t^3 - t over groups of t equal values among all n + m.
    RankSumNull(std::size_t n, std::size_t m, double ties = 0);

    double at_most(double u) const;  // P(U <= u)

    // The largest k with P(U <= k) <= tail; none if not even 0 is so rare.
    std::optional<std::size_t> largest_within(double tail) const;

  private:
    double pairs_, deviation_ = 0;
    std::vector<double> cumulative_;  // P(U <= u) for u = 0 .. n * m / 2; empty where normal
};

// How the times of `candidate` stand to those of `base`.
struct RatioEstimate {
    double ratio = 1;                   // candidate / base: Hodges-Lehmann, the median over all pairs
    std::optional<Interval> within_95;  // confidence interval of the ratio
    std::optional<Interval> within_90;  // both lie inside of it if two one-sided tests of 5 % each say so
    double p = 1;                       // exact, two-sided; ties broken in favour of "no difference"
    double probability_slower = 0.5;    // that a launch of candidate takes longer than one of base
};

// Throws std::invalid_argument for an empty sample and for a time that is not finite and positive.
RatioEstimate compare_launches(std::span<const double> base, std::span<const double> candidate);

// Standard deviation of the logarithms: 0.01 is 1 % from launch to launch. 0 for one launch.
double deviation_of_launches(std::span<const double> seconds);

// The same, pooled over two samples that may differ in their means.
double pooled_deviation(std::span<const double> a, std::span<const double> b);

// How much two sets of launches of one program differ by chance: the 95th percentile of |ratio - 1| between
// random halves of these launches. All divisions if they are few, else 200 drawn with a fixed seed. None
// below 8 launches.
std::optional<double> noise_floor(std::span<const double> seconds);

// By how much one of many things that are alike, by the times of each, may be slower than the others for
// being another thing: |ratio - 1| at four standard deviations, read off the shortest interval that holds
// half of the times, so that what the other half is like does not matter. None below 8 things.
std::optional<double> spread_of_most(std::span<const double> seconds);

// Launches a side whose 95 % interval is as narrow as +- change (0.03: 3 %), at least 4: 2 (1.96 s / ln(1 +
// change))^2 / 0.955, the last number being the test's asymptotic efficiency under normal noise.
int launches_needed(double deviation, double change);

// The inverse: the smallest change that `launches` a side can see; 0 without noise.
double visible_change(double deviation, int launches);

// p values adjusted for being several (Holm): each may be held against 5 % as if it were the only one.
std::vector<double> holm(const std::vector<double>& p);

}  // namespace pacer::timings
