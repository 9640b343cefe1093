#include "common/measure/timing.hpp"

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <vector>

namespace pacer {

namespace {

std::vector<double> sorted(std::span<const double> samples) {
    std::vector<double> copy(samples.begin(), samples.end());
    std::sort(copy.begin(), copy.end());
    return copy;
}

double quantile_of_sorted(std::span<const double> sorted_samples, double p) {
    const double position = p * static_cast<double>(sorted_samples.size() - 1);
    const auto below = static_cast<std::size_t>(position);
    const auto above = std::min(below + 1, sorted_samples.size() - 1);
    const double part = position - static_cast<double>(below);
    return sorted_samples[below] + part * (sorted_samples[above] - sorted_samples[below]);
}

}  // namespace

ClockQuality measure_clock() {
    constexpr std::int64_t fewest_readings = 2000, most_readings = std::int64_t{1} << 30;
    constexpr int fewest_steps = 3, enough_steps = 5;
    constexpr double long_seconds = 0.02;
    double smallest = std::numeric_limits<double>::infinity();
    const double start = now_seconds();
    double before = start;
    std::int64_t readings = 0;
    // Some clocks stand still for thousands of readings; a step during which this process had no core is
    // none.
    for (int steps = 0; readings < fewest_readings || steps < fewest_steps ||
                        (steps < enough_steps && before - start < long_seconds);
         ++readings) {
        if (readings == most_readings)
            throw std::runtime_error("this host's clock (CLOCK_MONOTONIC) stands still");
        const double now = now_seconds();
        if (now > before) {
            smallest = std::min(smallest, now - before);
            ++steps;
        }
        before = now;
    }
    return {smallest, (before - start) / static_cast<double>(readings)};
}

double shortest_told_seconds() {
    static const double seconds = 100 * measure_clock().resolution_seconds;
    return seconds;
}

double quantile(std::span<const double> samples, double p) {
    return quantile_of_sorted(sorted(samples), p);
}

double median(std::span<const double> samples) {
    return quantile(samples, 0.5);
}

std::optional<Interval> median_interval(std::span<const double> samples) {
    if (std::ssize(samples) < fewest_for_interval) return std::nullopt;
    const boost::math::binomial_distribution<double> heads(static_cast<double>(samples.size()), 0.5);
    // The quantile of a discrete distribution is rounded outwards by default: cdf(quantile) <= 2.5 %.
    const auto outside = static_cast<std::size_t>(boost::math::quantile(heads, 0.025)) + 1;
    const auto order = sorted(samples);
    return Interval{order[outside - 1], order[order.size() - outside]};
}

double lag1_autocorrelation(std::span<const double> samples) {
    if (samples.size() < 3) return 0;
    const double mean =
        std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size());
    double square = 0, product = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        square += (samples[i] - mean) * (samples[i] - mean);
        if (i > 0) product += (samples[i] - mean) * (samples[i - 1] - mean);
    }
    return square > 0 ? product / square : 0;
}

double drift(std::span<const double> samples) {
    const std::size_t third = samples.size() / 3;
    if (third < 2) return 1;
    return median(samples.last(third)) / median(samples.first(third));
}

bool two_modes(std::span<const double> samples) {
    if (samples.size() < 10) return false;
    const auto order = sorted(samples);
    const std::size_t quarter = (order.size() + 3) / 4;
    for (std::size_t split = quarter; split + quarter <= order.size(); ++split) {
        const double gap = order[split] - order[split - 1];
        const double spread = std::max(order[split - 1] - order.front(), order.back() - order[split]);
        if (gap > spread && gap > 0.05 * quantile_of_sorted(order, 0.5)) return true;
    }
    return false;
}

}  // namespace pacer
