#include "apps/timings/compare/robust.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

std::vector<double> logarithms_of(std::span<const double> seconds) {
    std::vector<double> logarithms;
    for (const double value : seconds) logarithms.push_back(std::log(value));
    return logarithms;
}

// Squared deviations, weighted by the degrees of freedom of the sample.
double weighted_variance(std::span<const double> seconds) {
    if (seconds.size() < 2) return 0;
    const double deviation = robust_deviation(logarithms_of(seconds));
    return deviation * deviation * static_cast<double>(seconds.size() - 1);
}

}  // namespace

std::optional<double> deviation_of_logarithms(std::span<const double> seconds) {
    return deviation_of_logarithms(seconds, {});
}

std::optional<double> deviation_of_logarithms(std::span<const double> a, std::span<const double> b) {
    const auto samples = (a.empty() ? 0 : 1) + (b.empty() ? 0 : 1);
    const auto freedom = static_cast<double>(a.size() + b.size()) - samples;
    const double variance = weighted_variance(a) + weighted_variance(b);
    if (freedom < 2 || variance == 0) return std::nullopt;
    return std::sqrt(variance / freedom);
}

std::optional<std::pair<double, double>> two_groups(std::span<const double> seconds) {
    if (!two_modes(seconds)) return std::nullopt;
    std::vector<double> order(seconds.begin(), seconds.end());
    std::sort(order.begin(), order.end());
    const auto quarter = (order.size() + 3) / 4;  // that each group has at least
    auto split = quarter;                         // the widest gap lies before it
    for (auto i = quarter + 1; i + quarter <= order.size(); ++i) {
        if (order[i] - order[i - 1] > order[split] - order[split - 1]) split = i;
    }
    const std::span<const double> all(order);
    return std::pair(median(all.first(split)), median(all.subspan(split)));
}

std::optional<double> spread_of_most(std::span<const double> seconds) {
    constexpr std::size_t fewest = 8;
    constexpr double half_of_normal = 1.349;  // the width of its middle half, in standard deviations
    const auto count = seconds.size(), held = (count + 1) / 2;
    if (count < fewest) return std::nullopt;
    auto logarithms = logarithms_of(seconds);
    std::sort(logarithms.begin(), logarithms.end());
    double width = logarithms.back() - logarithms.front();
    for (std::size_t i = 0; i + held <= count; ++i)
        width = std::min(width, logarithms[i + held - 1] - logarithms[i]);
    // The shortest of all is shorter than the middle one. By simulation, of 8 to 128 normal values the
    // largest is beyond four deviations so corrected in at most 1 of 12 samples.
    const double deviation = width / half_of_normal * (1 + 8 / static_cast<double>(count));
    return std::expm1(4 * deviation);
}

}  // namespace pacer::timings
