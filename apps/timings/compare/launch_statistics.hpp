// Statistics of launches: what the times of one set of them say about another. Pure functions of samples, one
// time a launch, in any order; all are independent of the unit of time. Sources: Mann & Whitney (1947),
// Hodges & Lehmann (1963), Holm (1979); why launches and not repeats: Kalibera & Jones (ISMM 2013), Hunold &
// Carpen-Amarie (TPDS 2016).
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "apps/timings/compare/rank_null.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

// Below this number of launches a side no 95 % interval is given.
inline constexpr int fewest_launches = 4;

// Nor below this number of pairs: 2 / 2^5 is more than 5 %.
inline constexpr std::size_t fewest_pairs = 6;

// How the times of `candidate` compare with those of `base`.
struct RatioEstimate {
    double ratio = 1;                   // candidate / base: Hodges-Lehmann
    std::optional<Interval> within_95;  // confidence interval of the ratio
    std::optional<Interval> within_90;  // both lie inside of it if two one-sided tests of 5 % each say so
    double p = 1;                       // exact, two-sided; ties broken in favour of "no difference"
    double smallest_p = 1;              // that so many launches can have, whatever their times
    double probability_slower = 0.5;    // that a launch of candidate takes longer than one of base
};

// The ratio is the median over all pairs of a launch of each. Throws std::invalid_argument for an empty
// sample and for a time that is not finite and positive.
RatioEstimate compare_launches(std::span<const double> base, std::span<const double> candidate);

// Launches that ran in turns, the i-th of one side beside the i-th of the other: what changes on the machine
// meanwhile meets both alike. The ratio is the median of the Walsh averages of their logarithmic ratios, its
// interval that of Wilcoxon's signed ranks; from fewest_pairs pairs.
RatioEstimate compare_pairs(std::span<const double> base, std::span<const double> candidate);

// How much two sets of launches of one program differ by chance: the 95th percentile of |ratio - 1| between
// random halves of these launches. All divisions if they are few, else 200 drawn with a fixed seed. None
// below 8 launches.
std::optional<double> noise_floor(std::span<const double> seconds);

// Launches a side that find a change (0.03: 3 %) in 80 % of comparisons, which is to say that their 95 %
// interval excludes 1; at least 4: 2 ((1.96 + 0.84) s / ln(1 + change))^2 / 0.955, the last number being the
// test's asymptotic efficiency under normal noise.
int launches_needed(double deviation, double change);

// The inverse: the smallest change that `launches` a side find in 80 % of comparisons; 0 without noise.
double visible_change(double deviation, int launches);

// Launches a side, or pairs, without which none of so many cases can be confirmed: the smallest p value there
// is, times the cases, must be below 5 % (Holm).
int launches_for_cases(std::size_t cases, bool in_pairs = false);

// p values adjusted for being several (Holm): each may be held against 5 % as if it were the only one.
std::vector<double> holm(const std::vector<double>& p);

}  // namespace pacer::timings
