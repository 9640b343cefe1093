// What launches differ by, whatever a few of them are like. Pure functions of times, one a launch, in any
// order; all are independent of the unit of time.
#pragma once

#include <optional>
#include <span>
#include <utility>

namespace pacer::timings {

// Standard deviation of the logarithms, see pacer::robust_deviation(): 0.01 is 1 % from launch to launch.
// None below 3 launches, nor if most of them took exactly as long.
std::optional<double> deviation_of_logarithms(std::span<const double> seconds);

// The same of two samples that may differ in their medians, pooled.
std::optional<double> deviation_of_logarithms(std::span<const double> a, std::span<const double> b);

// The medians of the two groups in which the times fall, see two_modes(); none if they do not.
std::optional<std::pair<double, double>> two_groups(std::span<const double> seconds);

// By how much one of many things that are alike, by the times of each, may be slower than the others for
// being another thing: |ratio - 1| at four standard deviations, read off the shortest interval that holds
// half of the times, so that what the other half is like does not matter. None below 8 things.
std::optional<double> spread_of_most(std::span<const double> seconds);

}  // namespace pacer::timings
