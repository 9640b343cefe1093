#include "apps/timings/compare/rank_null.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace pacer::timings {

namespace {

double number(std::size_t count) {
    return static_cast<double>(count);
}

// The standard normal distribution's.
double normal_cdf(double x) {
    return std::erfc(-x / std::numbers::sqrt2) / 2;
}

// What the ways to get each count add up to, as shares of all ways.
std::vector<double> cumulative(std::vector<double> ways, double all) {
    std::partial_sum(ways.begin(), ways.end(), ways.begin());
    for (double& count : ways) count /= all;
    return ways;
}

// P(U <= u) for u up to half of n * m. The number of ways is f(i, j, u) = f(i-1, j, u-j) + f(i, j-1, u): the
// largest of i + j values is one of the i, and beats all j, or it is one of the j.
std::vector<double> two_samples(std::size_t n, std::size_t m) {
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
    return cumulative(std::move(ways[few]), all);
}

// Each rank from 1 to n is in the sum or not.
std::vector<double> signed_ranks(std::size_t n) {
    const auto half = n * (n + 1) / 4;
    std::vector<double> ways(half + 1, 0);
    ways[0] = 1;
    for (std::size_t rank = 1; rank <= n; ++rank) {
        for (std::size_t sum = half; sum >= rank; --sum) ways[sum] += ways[sum - rank];
    }
    return cumulative(std::move(ways), std::pow(2, number(n)));
}

}  // namespace

RankNull::RankNull(std::size_t comparisons, std::vector<double> cumulative, double deviation)
    : comparisons_(number(comparisons)), deviation_(deviation), cumulative_(std::move(cumulative)) {}

RankNull RankNull::of_two_samples(std::size_t n, std::size_t m, double ties) {
    constexpr std::size_t largest_exact = 2500;
    const auto pairs = n * m;
    if (pairs <= largest_exact) return {pairs, two_samples(n, m), 0};
    const double all = number(n + m);
    return {pairs, {}, std::sqrt(std::max(0.0, number(pairs) / 12 * (all + 1 - ties / (all * (all - 1)))))};
}

RankNull RankNull::of_differences(std::size_t n) {
    constexpr std::size_t largest_exact = 100;
    const auto averages = n * (n + 1) / 2;
    if (n <= largest_exact) return {averages, signed_ranks(n), 0};
    return {averages, {}, std::sqrt(number(averages) * (2 * number(n) + 1) / 12)};
}

double RankNull::at_most(double count) const {
    if (count < 0) return 0;
    if (count >= comparisons_) return 1;
    if (cumulative_.empty()) {
        if (deviation_ == 0) return count >= comparisons_ / 2 ? 1 : 0;
        return normal_cdf((std::floor(count) + 0.5 - comparisons_ / 2) / deviation_);
    }
    const auto whole = static_cast<std::size_t>(count);
    if (whole < cumulative_.size()) return cumulative_[whole];
    return 1 - at_most(comparisons_ - 1 - std::floor(count));  // the count of the other side is alike
}

std::optional<std::size_t> RankNull::largest_within(double tail) const {
    // The first count beyond the tail; at_most(half of all) is more than any tail asked for.
    std::size_t low = 0, high = static_cast<std::size_t>(comparisons_ / 2);
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

}  // namespace pacer::timings
