// How the statistics of rank tests are distributed if nothing differs. Sources: Mann & Whitney (1947),
// Wilcoxon (1945).
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace pacer::timings {

// Probabilities of a statistic that counts, of so many comparisons, those in favour of one side: symmetric
// around half of them. Exact for small samples, beyond that normal.
class RankNull {
  public:
    // Mann & Whitney's U of two samples: pairs of one value of each. Exact up to n * m = 2500, and then
    // without ties. `ties`: the sum of t^3 - t over groups of t equal values among all n + m.
    static RankNull of_two_samples(std::size_t n, std::size_t m, double ties = 0);

    // Wilcoxon's signed rank sum of n differences: their Walsh averages, n (n + 1) / 2. Exact up to n = 100.
    static RankNull of_differences(std::size_t n);

    bool is_exact() const { return !cumulative_.empty(); }
    double at_most(double count) const;  // P(statistic <= count)

    // The largest count with P(statistic <= count) <= tail; none if not even 0 is so rare.
    std::optional<std::size_t> largest_within(double tail) const;

  private:
    RankNull(std::size_t comparisons, std::vector<double> cumulative, double deviation);

    double comparisons_, deviation_;
    std::vector<double>
        cumulative_;  // P(statistic <= count) up to half of the comparisons; empty where normal
};

}  // namespace pacer::timings
