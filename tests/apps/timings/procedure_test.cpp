// What acceptance does as a whole, by seeded simulation: a suite of 342 cases, compared with its baseline,
// and once more with fresh launches of what is undecided or changed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "apps/timings/compare/comparison.hpp"
#include "tests/support/launch_examples.hpp"

namespace pacer::timings {
namespace {

constexpr int cases = 342;

class Suite {
  public:
    explicit Suite(double noise) : normal_(0, noise) {
        for (int i = 0; i < cases; ++i) variants_.push_back(fmt::format("v{:03}", i));
    }

    // The first `slow` cases take 5 % longer.
    std::vector<Launch> launches(const std::string& prefix, int count, int slow) {
        std::vector<Launch> made;
        for (int launch = 0; launch < count; ++launch) {
            std::vector<Record> records;
            for (int i = 0; i < cases; ++i) {
                const double seconds = (i < slow ? 1.05 : 1) * std::exp(normal_(random_));
                records.push_back(examples::timed(variants_[static_cast<std::size_t>(i)], seconds));
            }
            made.push_back(examples::launch_of(fmt::format("{}-{:08x}", prefix, launch), std::move(records)));
        }
        return made;
    }

    // The cases that are REGRESSED in the end.
    int regressed(int count, int slow) {
        const auto base = launches("a", count, 0), candidate = launches("b", count, slow),
                   fresh = launches("c", count, slow);
        const auto made = compare(base, candidate, fresh, {});
        return static_cast<int>(std::count_if(made.cases.begin(), made.cases.end(), [](const auto& row) {
            return row.finding == Finding::slower;
        }));
    }

  private:
    std::mt19937 random_{1};
    std::normal_distribution<double> normal_;
    std::vector<std::string> variants_;
};

// In one run of 20 at most, however noisy the machine is.
TEST(Acceptance, RaisesFewFalseAlarms) {
    for (const double noise : {0.02, 0.1}) {
        Suite suite(noise);
        const int runs = examples::simulated_runs(20);
        int alarmed = 0;
        for (int run = 0; run < runs; ++run) alarmed += suite.regressed(14, 0) > 0 ? 1 : 0;
        EXPECT_LE(alarmed, runs / 20) << noise;
        RecordProperty(fmt::format("alarmed_at_{}", noise), alarmed);
    }
}

// With 14 launches of the baseline, 14 new ones and 14 fresh ones.
TEST(Acceptance, FindsFivePercentAtTwoPercentNoise) {
    Suite suite(0.02);
    const int runs = examples::simulated_runs(10), slow = 34;
    int found = 0;
    for (int run = 0; run < runs; ++run) found += suite.regressed(14, slow);
    EXPECT_GE(found, 0.9 * runs * slow);
}

}  // namespace
}  // namespace pacer::timings
