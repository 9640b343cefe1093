// The statistics of one launch's samples, derived from the raw ones when read.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace pacer {

// Quantile of the samples by linear interpolation between order statistics (type 7 of Hyndman & Fan 1996);
// p in [0, 1], samples in any order and not empty.
double quantile(std::span<const double> samples, double p);
double median(std::span<const double> samples);

struct Interval {
    double low = 0, high = 0;
};

inline constexpr std::ptrdiff_t fewest_for_interval = 6;  // samples: 2 * 2^-5 is more than 5 %

// Distribution-free 95 % interval of the median: order statistics k and n+1-k with the largest k for which
// the binomial(n, 1/2) leaves at most 2.5 % on each side. None below fewest_for_interval samples.
std::optional<Interval> median_interval(std::span<const double> samples);

// Correlation of each sample with the one before; 0 when the samples do not vary or are fewer than 3.
double lag1_autocorrelation(std::span<const double> samples);

// Median of the last third over median of the first third; 1 below 6 samples.
double drift(std::span<const double> samples);

// True if the samples fall in two groups: a gap between neighbouring order statistics, with at least a
// quarter of the samples on each side, wider than each group's own spread and than 5 % of the median. False
// below 10 samples.
bool two_modes(std::span<const double> samples);

// Standard deviation from the median distance of all pairs of samples (Bickel & Lehmann 1979; 86 % efficient
// for normal samples): up to 29 % of outlying samples hardly change it, as they hardly change the
// Hodges-Lehmann estimate that is made of the same pairs. Without bias for normal samples; 0 below 2. Takes
// n^2 steps.
double robust_deviation(std::span<const double> samples);

// Which samples, in ascending order of index, are so far from the median that they were not made like the
// others: beyond `least` and beyond a multiple of the median absolute deviation that finds nothing in 99 of
// 100 sets of 4 to 300 normal samples (Davies & Gather 1993). A set in which more than a quarter would be
// outlying has none: those are a second group. None below 4 samples.
std::vector<std::size_t> outlying(std::span<const double> samples, double least);

}  // namespace pacer
