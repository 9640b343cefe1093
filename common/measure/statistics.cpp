#include "common/measure/statistics.hpp"

#include <algorithm>
#include <array>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <numeric>
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

double robust_deviation(std::span<const double> samples) {
    const auto n = samples.size();
    if (n < 2) return 0;
    std::vector<double> distances;
    distances.reserve(n * (n - 1) / 2);
    for (std::size_t i = 1; i < n; ++i) {
        for (std::size_t j = 0; j < i; ++j) distances.push_back(std::abs(samples[i] - samples[j]));
    }
    // The lower median, so that one of four samples may be anything. The factors make the expectation that of
    // normal samples; all but the first are from simulation, good to 2 %.
    constexpr auto of_few =
        std::to_array({0.0, 0.0, 0.8862, 0.807, 1.140, 1.032, 0.951, 0.984, 1.026, 1.027});
    const double factor = n < of_few.size() ? of_few[n] : 1.0483 * (1 - 0.45 / static_cast<double>(n));
    const auto middle = distances.begin() + (std::ssize(distances) - 1) / 2;
    std::nth_element(distances.begin(), middle, distances.end());
    return factor * *middle;
}

std::vector<std::size_t> outlying(std::span<const double> samples, double least) {
    constexpr std::size_t fewest = 4;
    if (samples.size() < fewest) return {};
    const double middle = median(samples), n = static_cast<double>(samples.size());
    std::vector<double> distances;
    distances.reserve(samples.size());
    for (const double sample : samples) distances.push_back(std::abs(sample - middle));
    const double multiple = 6.5 + 450 / (n * n);  // by simulation of 4 to 300 normal samples
    const double bound = std::max(least, multiple * median(distances));
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        if (distances[i] > bound) found.push_back(i);
    }
    if (4 * found.size() > samples.size()) found.clear();
    return found;
}

}  // namespace pacer
