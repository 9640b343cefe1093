// Probes on real ranks: the best of several ways counts, on all ranks alike, and more cores do no less than
// fewer.
#include "common/machine/limits.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "common/base/clock.hpp"
#include "tests/support/mpi_world.hpp"

namespace pacer {
namespace {

void spend(double seconds) {
    for (const auto until = now_seconds() + seconds; now_seconds() < until;) continue;
}

TEST(BestRate, IsThatOfTheFastestWayOfAllRanksTogether) {
    std::vector<int> tries(3, 0);
    const double rate =
        best_rate(world(), {.together = true}, {tries.size(), [&](int thread, std::size_t way) {
                                                    EXPECT_EQ(thread, 0);
                                                    ++tries.at(way);
                                                    spend(way == 1 ? 0.002 : 0.02);
                                                    return 1.0;
                                                }});
    for (const int of_way : tries) EXPECT_GE(of_way, 2);
    double highest = 0;
    MPI_Allreduce(&rate, &highest, 1, MPI_DOUBLE, MPI_MAX, world().comm);
    EXPECT_EQ(rate, highest);
    EXPECT_LE(rate, world().size / 0.002);
    EXPECT_GT(rate, 0);
}

TEST(BestRate, AddsUpTheThreads) {
    if (!world().root()) return;
    const double rate = best_rate(world(), {.threads = 2}, {1, [](int thread, std::size_t) {
                                                                if (thread == 0) spend(0.005);
                                                                return thread == 0 ? 1.0 : 1e6;
                                                            }});
    EXPECT_GT(rate, 1e6);
    EXPECT_LE(rate, 1000001 / 0.005);
}

TEST(BestRate, PreparesEachTry) {
    if (!world().root()) return;
    std::array<std::atomic<int>, 4> ready = {};  // by thread and way
    const auto at = [&](int thread, std::size_t way) -> auto& {
        return ready.at(static_cast<std::size_t>(thread) + 2 * way);
    };
    best_rate(world(), {.threads = 2},
              {2,
               [&](int thread, std::size_t way) {
                   EXPECT_EQ(at(thread, way)--, 1);
                   spend(0.01);
                   return 1.0;
               },
               [&](int thread, std::size_t way) { ++at(thread, way); }});
}

TEST(BestRate, LetsRankZeroRestWhileTheOthersWork) {
    if (world().size == 1) return;
    int runs = 0;
    const double rate = best_rate(world(), {.together = true, .root_rests = true}, {1, [&](int, std::size_t) {
                                                                                        ++runs;
                                                                                        spend(0.01);
                                                                                        return 1.0;
                                                                                    }});
    EXPECT_EQ(runs == 0, world().root());
    EXPECT_GT(rate, 0);
    EXPECT_LE(rate, (world().size - 1) / 0.01);
}

TEST(RatesOf, MeasureEachCrewOnce) {
    const Threads threads{.process = 2, .hybrid = 1};
    std::vector<Uses> measured;
    const auto rates = rates_of(world(), threads, {Uses::both, Uses::core, Uses::threads, Uses::ranks},
                                [&](Uses uses, const Crew& crew) {
                                    EXPECT_EQ(crew.together, world().size > 1 && uses_ranks(uses));
                                    EXPECT_EQ(crew.threads, uses == Uses::threads ? 2 : 1);
                                    measured.push_back(uses);
                                    return uses == Uses::core ? 1.0 : 3.0;
                                });
    EXPECT_EQ(rates.size(), 4U);
    std::vector<Uses> expected;
    if (world().root()) expected = {Uses::core, Uses::threads};
    if (world().size > 1) expected.push_back(Uses::ranks);
    EXPECT_EQ(measured, expected);
    if (!world().root()) return;
    EXPECT_EQ(rates.at(Uses::core), 1);
    EXPECT_EQ(rates.at(Uses::threads), 3);
    EXPECT_EQ(rates.at(Uses::ranks), world().size > 1 ? 3 : 1);
    EXPECT_EQ(rates.at(Uses::both), 3);  // of which the threads are a part
}

TEST(ProbedRates, AreMeasuredAndThenKnown) {
    const std::vector kinds = {Uses::core, Uses::ranks};
    for (const auto& row : probes::all) {
        const std::int64_t bytes = row.arrays.empty() ? 0 : 1 << 20;
        const auto first = probed_rates(world(), {}, row, bytes, kinds);
        const auto again = probed_rates(world(), {}, row, bytes, kinds);
        if (!world().root()) continue;
        EXPECT_GT(first.at(Uses::core), 1e6) << row.name;
        EXPECT_EQ(first, again) << row.name;  // to the last bit: measured once
    }
}

TEST(KeptRates, SayWhoReachedWhat) {
    const Crew crew{.together = true, .threads = 3, .root_rests = true};
    EXPECT_EQ(keep_rate(world(), {}, "wishes", "wishes/s", 7, 0.125), 0.125);
    EXPECT_EQ(keep_rate(world(), crew, "wishes", "wishes/s", 0, 0.25), 0.25);
    EXPECT_EQ(keep_rate(world(), {}, "wishes", "wishes/s", 0, 0), 0);
    if (!world().root()) {
        EXPECT_TRUE(kept_rates().empty());
        EXPECT_EQ(kept_rate("wishes", 0.125), -1);
        return;
    }
    const auto count = static_cast<int>(kept_rates().size());
    EXPECT_EQ(kept_rates().back(), (MeasuredRate{"wishes", world().size - 1, 3, 0, 0.25, "wishes/s"}));
    EXPECT_EQ(kept_rate("wishes", 0.125), count - 2);
    EXPECT_EQ(kept_rate("wishes", 0.5), -1);
    EXPECT_EQ(kept_rate("read", 0.25), -1);
    EXPECT_EQ(words_of(kept_rates().back(), "3 sisters"), "0.25 wishes/s of wishes by 3 sisters");
}

TEST(KeptRates, AreThoseThatLimitsFollowFrom) {
    const auto rates = measure_rates(world(), {}, {.bytes = 1 << 16}, {Uses::core});
    if (!world().root()) return;
    const auto limit = limit_of({.bytes = 1 << 16}, rates.at(Uses::core), "1 core");
    ASSERT_GE(limit.rate, 0);
    const auto& kept = kept_rates().at(static_cast<std::size_t>(limit.rate));
    EXPECT_EQ(kept.probe, "read");
    EXPECT_EQ(kept.bytes, 1 << 16);
    EXPECT_EQ(limit.derived, words_of(kept, "1 core"));
}

TEST(Probes, DoTheWorkTheySay) {
    constexpr std::int64_t n = 1001;
    std::vector<double> a(n), b(n), c(n);
    const Stretch stretch{a.data(), b.data(), c.data(), n, 2};
    for (const auto& row : probes::all) {
        EXPECT_EQ(&probe(row.name), &row);
        for (std::size_t shape = 0; shape < row.shapes; ++shape) {
            std::fill(c.begin(), c.end(), -1.0);
            const double done = row.run(shape, stretch);
            if (row.arrays.empty()) {
                EXPECT_NEAR(done, 2e8, 1e3) << row.name;
                continue;
            }
            EXPECT_EQ(done, static_cast<double>(2 * row.arrays.size() * n * sizeof(double))) << row.name;
            const bool writes = row.arrays.find('c') != row.arrays.npos;
            EXPECT_EQ(std::count(c.begin(), c.end(), -1.0), writes ? 0 : n) << row.name << ' ' << shape;
        }
    }
    EXPECT_THROW(probe("wishing"), std::invalid_argument);
}

TEST(Limit, FollowsFromWhatTakesLonger) {
    const auto reading = [](double bytes) { return limit_by(probe("read"), bytes, 100, "1 core"); };
    const auto writing = [](double bytes) { return limit_by(probe("write"), bytes, 50, "1 core"); };
    EXPECT_EQ(longer(writing(100), reading(100)).seconds, 2);
    EXPECT_EQ(longer(writing(100), reading(100)).derived, "50.0 B/s written by 1 core");
    EXPECT_EQ(longer(writing(100), reading(300)).seconds, 3);
    EXPECT_EQ(longer(writing(100), reading(300)).derived, "100.0 B/s read by 1 core");
    EXPECT_EQ(longer(writing(0), reading(0)).seconds, 0);
    EXPECT_EQ(limit_by(probe("read"), 100, 0, "1 core").seconds, 0);
    const Rates rates{.bytes_per_second = 1e9, .operations_per_second = 2e9};
    EXPECT_EQ(limit_of({.operations = 4'000'000'000, .operation = Operation::float64_fma}, rates, "2 ranks")
                  .derived,
              "2.00 GFMA/s of float64 by 2 ranks");
    EXPECT_EQ(
        limit_of({.operations = 4'000'000'000, .operation = Operation::int64_add}, rates, "2 ranks").derived,
        "2.00 Gadd/s of int64 by 2 ranks");
    EXPECT_EQ(limit_of({.bytes = 4'000'000'000, .operations = 1, .operation = Operation::int64_add}, rates,
                       "1 core")
                  .derived,
              "1.00 GB/s read by 1 core");
    EXPECT_TRUE(limit_of({}, {}, "1 core").derived.empty());
}

std::map<Uses, double> raised(std::map<Uses, double> rates, int hybrid_threads) {
    raise_to_parts(rates, {.process = 4, .hybrid = hybrid_threads});
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
