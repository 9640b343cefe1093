#include "apps/timings/compare/launch_statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <stdexcept>
#include <utility>

namespace pacer::timings {

namespace {

constexpr double efficiency = 0.955;      // 3 / pi: of the rank-sum test against the mean, under normal noise
constexpr double power_80 = 1.96 + 0.84;  // normal quantiles: two-sided 95 %, and found in 80 %

double number(std::size_t count) {
    return static_cast<double>(count);
}

double logarithm(double seconds) {
    if (std::isfinite(seconds) && seconds > 0) return std::log(seconds);
    throw std::invalid_argument(fmt::format("{} seconds is no time", seconds));
}

std::vector<double> sorted_logarithms(std::span<const double> seconds) {
    if (seconds.empty()) throw std::invalid_argument("no launches to compare");
    std::vector<double> logarithms;
    logarithms.reserve(seconds.size());
    for (const double value : seconds) logarithms.push_back(logarithm(value));
    std::sort(logarithms.begin(), logarithms.end());
    return logarithms;
}

// Pairs of one value of each sorted sample, by their difference b - a.
struct PairsUpTo {
    std::size_t count = 0;                                      // of differences <= the bound
    double largest = -std::numeric_limits<double>::infinity();  // of these
    double next = std::numeric_limits<double>::infinity();      // the smallest difference beyond
};
PairsUpTo pairs_up_to(std::span<const double> a, std::span<const double> b, double bound) {
    PairsUpTo pairs;
    std::size_t within = 0;  // of b, for this a; it grows with a
    for (const double value : a) {
        while (within < b.size() && b[within] - value <= bound) ++within;
        pairs.count += within;
        if (within > 0) pairs.largest = std::max(pairs.largest, b[within - 1] - value);
        if (within < b.size()) pairs.next = std::min(pairs.next, b[within] - value);
    }
    return pairs;
}

// The difference b - a that has `rank` of all pairs at or below it, from rank 1. The search moves between
// differences that occur, so it ends at one; each turn takes n + m steps, where sorting a million pairs would
// take a second.
double nth_difference(std::span<const double> a, std::span<const double> b, std::size_t rank) {
    double low = b.front() - a.back(), high = b.back() - a.front();
    double below = 0, up_to = number(a.size() * b.size());  // pairs below low, and up to high
    for (bool interpolates = true; low < high; interpolates = !interpolates) {
        // Interpolation is fast where the differences lie evenly, halving wherever they lie.
        const double share = interpolates ? (number(rank) - 0.5 - below) / (up_to - below) : 0.5;
        double middle = low + share * (high - low);
        if (middle >= high) middle = low;  // neighbours
        const auto pairs = pairs_up_to(a, b, middle);
        if (pairs.count >= rank) {
            high = pairs.largest;
            up_to = number(pairs.count);
        } else {
            low = pairs.next;
            below = number(pairs.count);
        }
    }
    return low;
}

double median_difference(std::span<const double> a, std::span<const double> b) {
    const auto pairs = a.size() * b.size();
    const double upper = nth_difference(a, b, pairs / 2 + 1);
    if (pairs % 2 == 1) return upper;
    const auto smaller = pairs_up_to(a, b, std::nextafter(upper, -std::numeric_limits<double>::infinity()));
    return smaller.count == pairs / 2 ? (smaller.largest + upper) / 2 : upper;
}

// The sum of t^3 - t over groups of equal values in both sorted samples together.
double ties_of(std::span<const double> a, std::span<const double> b) {
    std::vector<double> all(a.size() + b.size());
    std::merge(a.begin(), a.end(), b.begin(), b.end(), all.begin());
    double ties = 0;
    for (std::size_t first = 0, end = 0; first < all.size(); first = end) {
        while (end < all.size() && all[end] == all[first]) ++end;
        const double equal = number(end - first);
        ties += equal * equal * equal - equal;
    }
    return ties;
}

std::optional<Interval> interval(std::span<const double> a, std::span<const double> b, const RankNull& chance,
                                 double tail) {
    if (std::min(a.size(), b.size()) < static_cast<std::size_t>(fewest_launches)) return std::nullopt;
    const auto outside = chance.largest_within(tail);
    if (!outside) return std::nullopt;
    return Interval{std::exp(nth_difference(a, b, *outside + 1)),
                    std::exp(nth_difference(a, b, a.size() * b.size() - *outside))};
}

// The means of all pairs of differences, each with itself, too; sorted.
std::vector<double> walsh_averages(std::span<const double> differences) {
    std::vector<double> averages;
    averages.reserve(differences.size() * (differences.size() + 1) / 2);
    for (std::size_t i = 0; i < differences.size(); ++i) {
        for (std::size_t j = i; j < differences.size(); ++j)
            averages.push_back((differences[i] + differences[j]) / 2);
    }
    std::sort(averages.begin(), averages.end());
    return averages;
}

std::pair<std::size_t, std::size_t> below_and_above_zero(std::span<const double> values) {
    const auto below = std::count_if(values.begin(), values.end(), [](double value) { return value < 0; });
    const auto above = std::count_if(values.begin(), values.end(), [](double value) { return value > 0; });
    return {static_cast<std::size_t>(below), static_cast<std::size_t>(above)};
}

std::optional<Interval> interval_of_sorted(std::span<const double> averages, const RankNull& chance,
                                           double tail) {
    const auto outside = chance.largest_within(tail);
    if (!outside) return std::nullopt;
    return Interval{std::exp(averages[*outside]), std::exp(averages[averages.size() - 1 - *outside])};
}

// |log ratio| between the launches of one half, marked true, and the others; both stay sorted.
double distance_of_halves(std::span<const double> logarithms, const std::vector<bool>& in_first) {
    std::vector<double> first, second;
    for (std::size_t i = 0; i < logarithms.size(); ++i) {
        (in_first[i] ? first : second).push_back(logarithms[i]);
    }
    return std::abs(median_difference(first, second));
}

// The divisions of `count` launches into halves: all of them up to 12 launches.
std::vector<std::vector<bool>> divisions(std::size_t count) {
    constexpr std::size_t all_up_to = 12, drawn = 200;
    std::vector<bool> in_first(count, false);
    std::fill_n(in_first.begin(), count / 2, true);
    std::vector<std::vector<bool>> found;
    if (count <= all_up_to) {
        do found.push_back(in_first);
        while (std::prev_permutation(in_first.begin(), in_first.end()));
        return found;
    }
    std::mt19937 random(1);  // fixed: the same launches always have the same floor
    while (found.size() < drawn) {
        // Fisher and Yates; std::shuffle differs between libraries.
        for (std::size_t i = count - 1; i > 0; --i) {
            const auto other = static_cast<std::size_t>(random()) % (i + 1);
            const bool held = in_first[i];
            in_first[i] = in_first[other];
            in_first[other] = held;
        }
        found.push_back(in_first);
    }
    return found;
}

}  // namespace

RatioEstimate compare_launches(std::span<const double> base, std::span<const double> candidate) {
    const auto a = sorted_logarithms(base), b = sorted_logarithms(candidate);
    const auto all = a.size() * b.size();
    const auto chance = RankNull::of_two_samples(a.size(), b.size(), ties_of(a, b));
    std::size_t faster = 0, equal = 0;  // pairs in which b is below a, or as large
    for (const double value : a) {
        const auto range = std::equal_range(b.begin(), b.end(), value);
        faster += static_cast<std::size_t>(range.first - b.begin());
        equal += static_cast<std::size_t>(range.second - range.first);
    }
    RatioEstimate estimate;
    estimate.ratio = std::exp(median_difference(a, b));
    estimate.within_95 = interval(a, b, chance, 0.025);
    estimate.within_90 = interval(a, b, chance, 0.05);
    estimate.probability_slower = 1 - (number(faster) + number(equal) / 2) / number(all);
    // Ties count as whatever is nearer to no difference; in the normal case their correction does that.
    const auto slower = all - faster - equal;
    const double half_ties = chance.is_exact() ? number(equal) : number(equal) / 2;
    const double extreme = number(std::min(faster, slower)) + half_ties;
    estimate.p = std::min(1.0, 2 * chance.at_most(extreme));
    estimate.smallest_p = std::min(1.0, 2 * chance.at_most(0));
    return estimate;
}

RatioEstimate compare_pairs(std::span<const double> base, std::span<const double> candidate) {
    if (base.empty() || base.size() != candidate.size()) throw std::invalid_argument("no pairs to compare");
    std::vector<double> differences;
    for (std::size_t i = 0; i < base.size(); ++i)
        differences.push_back(logarithm(candidate[i]) - logarithm(base[i]));
    const auto averages = walsh_averages(differences);
    const auto chance = RankNull::of_differences(differences.size());
    const auto [faster, slower] = below_and_above_zero(averages);
    const auto [pairs_faster, pairs_slower] = below_and_above_zero(differences);
    RatioEstimate estimate;
    estimate.ratio = std::exp(median(averages));
    estimate.within_95 = interval_of_sorted(averages, chance, 0.025);
    if (estimate.within_95) estimate.within_90 = interval_of_sorted(averages, chance, 0.05);
    estimate.probability_slower =
        0.5 + (number(pairs_slower) - number(pairs_faster)) / 2 / number(base.size());
    // Ties count for no difference.
    const auto extreme = number(averages.size() - std::max(faster, slower));
    estimate.p = std::min(1.0, 2 * chance.at_most(extreme));
    estimate.smallest_p = std::min(1.0, 2 * chance.at_most(0));
    return estimate;
}

std::optional<double> noise_floor(std::span<const double> seconds) {
    constexpr std::size_t fewest = 8;
    if (seconds.size() < fewest) return std::nullopt;
    const auto logarithms = sorted_logarithms(seconds);
    std::vector<double> distances;
    for (const auto& in_first : divisions(logarithms.size())) {
        distances.push_back(distance_of_halves(logarithms, in_first));
    }
    return std::expm1(quantile(distances, 0.95));
}

int launches_for_cases(std::size_t cases, bool in_pairs) {
    constexpr double significant = 0.05;
    int launches = in_pairs ? static_cast<int>(fewest_pairs) : fewest_launches;
    const auto smallest = [&] {
        const auto n = static_cast<std::size_t>(launches);
        return 2 * (in_pairs ? RankNull::of_differences(n) : RankNull::of_two_samples(n, n)).at_most(0);
    };
    while (smallest() * number(cases) > significant) ++launches;
    return launches;
}

int launches_needed(double deviation, double change) {
    if (!(change > 0)) return 0;  // no number of launches shows a change of nothing
    const double root = power_80 * deviation / std::log1p(change);
    const double launches = std::ceil(2 * root * root / efficiency);
    constexpr double most = 1e9;  // so that it fits
    return static_cast<int>(std::clamp(launches, static_cast<double>(fewest_launches), most));
}

double visible_change(double deviation, int launches) {
    return std::expm1(power_80 * deviation * std::sqrt(2 / (efficiency * launches)));
}

std::vector<double> holm(const std::vector<double>& p) {
    std::vector<std::size_t> order(p.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto i, auto j) { return p[i] < p[j]; });
    std::vector<double> adjusted(p.size());
    double so_far = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        so_far = std::max(so_far, std::min(1.0, number(p.size() - i) * p[order[i]]));
        adjusted[order[i]] = so_far;
    }
    return adjusted;
}

}  // namespace pacer::timings
