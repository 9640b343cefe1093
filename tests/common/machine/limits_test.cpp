// Probes on real ranks: the best of several ways counts, on all ranks alike, and more cores do no less than
// fewer.
#include "common/machine/limits.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cmath>

#include "common/base/clock.hpp"
#include "tests/support/mpi_world.hpp"

namespace pacer {
namespace {

void spend(double seconds) {
    for (const auto until = now_seconds() + seconds; now_seconds() < until;) continue;
}

TEST(BestRate, IsThatOfTheFastestWayOfAllRanksTogether) {
    std::vector<int> tries(3, 0);
    const double rate = best_rate(world(), true, 1, tries.size(), [&](int thread, std::size_t way) {
        EXPECT_EQ(thread, 0);
        ++tries.at(way);
        spend(way == 1 ? 0.002 : 0.02);
        return 1.0;
    });
    for (const int of_way : tries) EXPECT_GE(of_way, 2);
    double highest = 0;
    MPI_Allreduce(&rate, &highest, 1, MPI_DOUBLE, MPI_MAX, world().comm);
    EXPECT_EQ(rate, highest);
    EXPECT_LE(rate, world().size / 0.002);
    EXPECT_GT(rate, 0);
}

TEST(BestRate, AddsUpTheThreads) {
    if (!world().root()) return;
    const double rate = best_rate(world(), false, 2, 1, [](int thread, std::size_t) {
        if (thread == 0) spend(0.005);
        return thread == 0 ? 1.0 : 1e6;
    });
    EXPECT_GT(rate, 1e6);
    EXPECT_LE(rate, 1000001 / 0.005);
}

TEST(BestRate, PreparesEachTry) {
    if (!world().root()) return;
    std::array<std::atomic<int>, 4> ready = {};  // by thread and way
    const auto at = [&](int thread, std::size_t way) -> auto& {
        return ready.at(static_cast<std::size_t>(thread) + 2 * way);
    };
    best_rate(
        world(), false, 2, 2,
        [&](int thread, std::size_t way) {
            EXPECT_EQ(at(thread, way)--, 1);
            spend(0.01);
            return 1.0;
        },
        [&](int thread, std::size_t way) { ++at(thread, way); });
}

std::map<Uses, double> raised(std::map<Uses, double> rates, int hybrid_threads) {
    std::vector<Uses> kinds;
    for (const auto& [kind, rate] : rates) kinds.push_back(kind);
    raise_to_parts(kinds, {.process = 4, .hybrid = hybrid_threads},
                   [&](Uses kind) -> double& { return rates.at(kind); });
    return rates;
}

TEST(RaiseToParts, LetsNoWholeBeSlowerThanAPart) {
    using Rates = std::map<Uses, double>;
    EXPECT_EQ(raised({{Uses::core, 5}, {Uses::threads, 4}, {Uses::ranks, 3}, {Uses::both, 2}}, 2),
              (Rates{{Uses::core, 5}, {Uses::threads, 5}, {Uses::ranks, 5}, {Uses::both, 5}}));
    EXPECT_EQ(raised({{Uses::core, 1}, {Uses::threads, 4}, {Uses::ranks, 3}, {Uses::both, 2}}, 2),
              (Rates{{Uses::core, 1}, {Uses::threads, 4}, {Uses::ranks, 3}, {Uses::both, 4}}));
    // A thread a rank: ranks are all there is.
    EXPECT_EQ(raised({{Uses::ranks, 3}, {Uses::both, 7}}, 1), (Rates{{Uses::ranks, 7}, {Uses::both, 7}}));
    EXPECT_EQ(raised({{Uses::ranks, 3}, {Uses::both, 7}}, 2), (Rates{{Uses::ranks, 3}, {Uses::both, 7}}));
}

}  // namespace
}  // namespace pacer
