#include "apps/timings/compare/launch_statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <random>
#include <stdexcept>

namespace pacer::timings {

namespace {

// The standard normal distribution's.
double normal_cdf(double x) {
    return std::erfc(-x / std::numbers::sqrt2) / 2;
}

constexpr std::size_t largest_exact_pairs = 2500;
constexpr double efficiency = 0.955;  // 3 / pi: of the rank-sum test against the mean, under normal noise
constexpr double two_sided_95 = 1.96;

double number(std::size_t count) {
    return static_cast<double>(count);
}

std::vector<double> sorted_logarithms(std::span<const double> seconds) {
    if (seconds.empty()) throw std::invalid_argument("no launches to compare");
    std::vector<double> logarithms;
    logarithms.reserve(seconds.size());
    for (const double value : seconds) {
        if (!std::isfinite(value) || value <= 0) {
            throw std::invalid_argument(fmt::format("{} seconds is no time", value));
        }
        logarithms.push_back(std::log(value));
    }
    std::sort(logarithms.begin(), logarithms.end());
    return logarithms;
}

// P(U <= u) for u up to half of n * m. The number of ways is f(i, j, u) = f(i-1, j, u-j) + f(i, j-1, u): the
// largest of i + j values is one of the i, and beats all j, or it is one of the j.
std::vector<double> cumulative_probabilities(std::size_t n, std::size_t m) {
    const auto few = std::min(n, m), many = std::max(n, m), half = n * m / 2;
    std::vector<std::vector<double>> ways(few + 1, std::vector<double>(half + 1, 0));  // of the i so far
    for (auto& row : ways) row[0] = 1;                                                 // i = 0
    for (std::size_t i = 1; i <= many; ++i) {
        for (std::size_t j = 1; j <= few; ++j) {
            for (std::size_t u = half; u >= j; --u) ways[j][u] = ways[j][u - j];
            std::fill_n(ways[j].begin(), std::min(j, half + 1), 0);
            for (std::size_t u = 0; u <= half; ++u) ways[j][u] += ways[j - 1][u];
        }
    }
    double all = 1;  // n + m choose n
    for (std::size_t i = 1; i <= few; ++i) all = all * number(many + i) / number(i);
    auto& counts = ways[few];
    std::partial_sum(counts.begin(), counts.end(), counts.begin());
    for (double& count : counts) count /= all;
    return counts;
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

std::optional<Interval> interval(std::span<const double> a, std::span<const double> b,
                                 const RankSumNull& chance, double tail) {
    if (std::min(a.size(), b.size()) < static_cast<std::size_t>(fewest_launches)) return std::nullopt;
    const auto outside = chance.largest_within(tail);
    if (!outside) return std::nullopt;
    return Interval{std::exp(nth_difference(a, b, *outside + 1)),
                    std::exp(nth_difference(a, b, a.size() * b.size() - *outside))};
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

double sum_of_squares(std::span<const double> seconds) {
    const auto logarithms = sorted_logarithms(seconds);
    const double mean =
        std::accumulate(logarithms.begin(), logarithms.end(), 0.0) / number(logarithms.size());
    double sum = 0;
    for (const double value : logarithms) sum += (value - mean) * (value - mean);
    return sum;
}

}  // namespace

RankSumNull::RankSumNull(std::size_t n, std::size_t m, double ties) : pairs_(number(n * m)) {
    if (n * m <= largest_exact_pairs) {
        cumulative_ = cumulative_probabilities(n, m);
        return;
    }
    const double all = number(n + m);
    deviation_ = std::sqrt(std::max(0.0, pairs_ / 12 * (all + 1 - ties / (all * (all - 1)))));
}

double RankSumNull::at_most(double u) const {
    if (u < 0) return 0;
    if (u >= pairs_) return 1;
    if (cumulative_.empty()) {
        if (deviation_ == 0) return u >= pairs_ / 2 ? 1 : 0;
        return normal_cdf((std::floor(u) + 0.5 - pairs_ / 2) / deviation_);
    }
    const auto whole = static_cast<std::size_t>(u);
    if (whole < cumulative_.size()) return cumulative_[whole];
    return 1 - at_most(pairs_ - 1 - std::floor(u));  // U and n * m - U are alike
}

std::optional<std::size_t> RankSumNull::largest_within(double tail) const {
    // The first u beyond the tail; at_most(half of the pairs) is more than any tail asked for.
    std::size_t low = 0, high = static_cast<std::size_t>(pairs_ / 2);
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        if (at_most(number(middle)) <= tail) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 ? std::nullopt : std::optional(low - 1);
}

RatioEstimate compare_launches(std::span<const double> base, std::span<const double> candidate) {
    const auto a = sorted_logarithms(base), b = sorted_logarithms(candidate);
    const auto all = a.size() * b.size();
    const RankSumNull chance(a.size(), b.size(), ties_of(a, b));
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
    const double half_ties = all <= largest_exact_pairs ? number(equal) : number(equal) / 2;
    const double extreme = number(std::min(faster, slower)) + half_ties;
    estimate.p = std::min(1.0, 2 * chance.at_most(extreme));
    return estimate;
}

double deviation_of_launches(std::span<const double> seconds) {
    return seconds.size() < 2 ? 0 : std::sqrt(sum_of_squares(seconds) / number(seconds.size() - 1));
}

double pooled_deviation(std::span<const double> a, std::span<const double> b) {
    if (a.size() + b.size() < 3) return 0;
    return std::sqrt((sum_of_squares(a) + sum_of_squares(b)) / number(a.size() + b.size() - 2));
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

std::optional<double> spread_of_most(std::span<const double> seconds) {
    constexpr std::size_t fewest = 8;
    constexpr double half_of_normal = 1.349;  // the width of its middle half, in standard deviations
    const auto count = seconds.size(), held = (count + 1) / 2;
    if (count < fewest) return std::nullopt;
    const auto logarithms = sorted_logarithms(seconds);
    double width = logarithms.back() - logarithms.front();
    for (std::size_t i = 0; i + held <= count; ++i)
        width = std::min(width, logarithms[i + held - 1] - logarithms[i]);
    // The shortest of all is shorter than the middle one. By simulation, of 8 to 128 normal values the
    // largest is beyond four deviations so corrected in at most 1 of 12 samples.
    const double deviation = width / half_of_normal * (1 + 8 / number(count));
    return std::expm1(4 * deviation);
}

int launches_needed(double deviation, double change) {
    const double root = two_sided_95 * deviation / std::log1p(change);
    const double launches = std::ceil(2 * root * root / efficiency);
    constexpr double most = 1e9;  // so that it fits
    return static_cast<int>(std::clamp(launches, static_cast<double>(fewest_launches), most));
}

double visible_change(double deviation, int launches) {
    return std::expm1(two_sided_95 * deviation * std::sqrt(2 / (efficiency * launches)));
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
