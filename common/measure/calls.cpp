#include "common/measure/calls.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pacer {

void CallTimes::add(const CallTimes& more) {
    seconds.insert(seconds.end(), more.seconds.begin(), more.seconds.end());
    calls.insert(calls.end(), more.calls.begin(), more.calls.end());
}

double CallTimes::total_seconds() const {
    double total = 0;
    for (std::size_t i = 0; i < seconds.size(); ++i) total += seconds[i] * static_cast<double>(calls[i]);
    return total;
}

std::span<const double> Calls::row(std::size_t sample) const {
    const auto ranks = seconds.size() / size();
    return std::span(seconds).subspan(sample * ranks, ranks);
}

std::vector<double> Calls::slowest() const {
    std::vector<double> slowest;
    for (std::size_t sample = 0; sample < size(); ++sample) {
        const auto ranks = row(sample);
        slowest.push_back(*std::max_element(ranks.begin(), ranks.end()));
    }
    return slowest;
}

std::size_t median_call(const Calls& samples) {
    const auto slowest = samples.slowest();
    std::vector<std::size_t> order(slowest.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto middle = order.begin() + (std::ssize(order) - 1) / 2;
    std::nth_element(order.begin(), middle, order.end(),
                     [&](auto a, auto b) { return slowest[a] < slowest[b]; });
    return *middle;
}

Calls long_enough(Calls samples, double shortest_seconds) {
    const auto middle = median_call(samples);
    const auto ranks = samples.row(middle);
    const double lasts =
        *std::max_element(ranks.begin(), ranks.end()) * static_cast<double>(samples.calls[middle]);
    if (lasts >= shortest_seconds || samples.size() == 1) return samples;
    const auto many = static_cast<double>(samples.size());
    const double wanted = std::ceil(shortest_seconds / std::max(lasts, shortest_seconds / many));
    const auto groups = std::max<std::size_t>(1, samples.size() / static_cast<std::size_t>(wanted));
    const auto width = ranks.size();
    Calls merged;
    for (std::size_t group = 0; group < groups; ++group) {
        const auto first = group * samples.size() / groups, last = (group + 1) * samples.size() / groups;
        std::int64_t calls = 0;
        std::vector<double> sums(width, 0);
        double sum_of_slowest = 0;
        for (auto sample = first; sample < last; ++sample) {
            const auto weight = static_cast<double>(samples.calls[sample]);
            const auto row = samples.row(sample);
            for (std::size_t rank = 0; rank < width; ++rank) sums[rank] += weight * row[rank];
            sum_of_slowest += weight * *std::max_element(row.begin(), row.end());
            calls += samples.calls[sample];
        }
        *std::max_element(sums.begin(), sums.end()) = sum_of_slowest;
        merged.repeat.push_back(samples.repeat[first]);
        merged.calls.push_back(calls);
        for (const double sum : sums) merged.seconds.push_back(sum / static_cast<double>(calls));
    }
    return merged;
}

void append(Calls& all, const Calls& samples, std::int32_t repeat) {
    all.repeat.insert(all.repeat.end(), samples.size(), repeat);
    all.calls.insert(all.calls.end(), samples.calls.begin(), samples.calls.end());
    all.seconds.insert(all.seconds.end(), samples.seconds.begin(), samples.seconds.end());
}

}  // namespace pacer
