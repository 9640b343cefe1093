// Scaling: series, bases and intervals from launches made by hand, and the laws fitted to known truths.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <random>

#include "apps/timings/scaling/series.hpp"
#include "apps/timings/scaling/tables.hpp"
#include "common/base/status.hpp"

namespace {

using namespace pacer;
using namespace pacer::timings;

using Law = std::function<double(double)>;  // seconds by cores

Record record(const std::string& variant, int ranks, int threads, double seconds,
              std::int64_t elements = 1000) {
    Record made;
    made.app = "reduce";
    made.variant = variant;
    made.uses = ranks > 1 ? Uses::both : Uses::threads;
    made.ranks = ranks;
    made.threads = threads;
    made.parameters = {{"elements", elements}, {"type", std::string("i64")}};
    made.round = {0};
    made.seconds.assign(static_cast<std::size_t>(ranks), seconds);
    made.verdict = {1, 0, "1", "1", "0"};
    return made;
}

Launch launch(std::vector<Record> records) {
    static int made = 0;
    Launch one;
    one.id = fmt::format("20261122T120721Z-{:08x}", ++made);
    one.records = std::move(records);
    return one;
}

// A launch a number of cores, each with the one variant.
std::vector<Launch> by_cores(const std::vector<int>& cores, const Law& seconds) {
    std::vector<Launch> launches;
    for (const int p : cores) launches.push_back(launch({record("mpi", p, 1, seconds(p))}));
    return launches;
}

ScalingSeries only_series(const std::vector<Launch>& launches) {
    const auto all = scaling_of(cases_of(launches));
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? ScalingSeries{} : all.front();
}

Law amdahl(double one, double serial) {
    return [=](double p) { return one * (serial + (1 - serial) / p); };
}

Law universal(double one, double contention, double coherency) {
    return [=](double p) { return one * (1 + contention * (p - 1) + coherency * p * (p - 1)) / p; };
}

// The same law with errors of the logarithm of that standard deviation.
Law noisy(const Law& law, double deviation, unsigned seed) {
    auto random = std::make_shared<std::mt19937>(seed);
    return
        [=](double p) { return law(p) * std::exp(std::normal_distribution<double>(0, deviation)(*random)); };
}

const std::vector<int> powers = {1, 2, 4, 8, 16, 32, 64};

bool mentions(const ScalingSeries& series, const std::string& text) {
    return series.note.find(text) != std::string::npos;
}

TEST(Fit, FindsAmdahlsLaw) {
    for (const double serial : {0.0, 0.001, 0.05, 0.5, 1.0}) {
        const auto series = only_series(by_cores(powers, amdahl(2.5, serial)));
        ASSERT_TRUE(series.amdahl);
        EXPECT_NEAR(series.amdahl->serial_fraction, serial, 1e-12);
        EXPECT_NEAR(series.amdahl->one_core_seconds, 2.5, 1e-12);
        EXPECT_NEAR(series.amdahl->residual, 0, 1e-12);
        EXPECT_NEAR(series.fitted_speedup_amdahl(100), 1 / (serial + (1 - serial) / 100), 1e-9);
        // It is the Universal Scalability Law without coherency.
        ASSERT_TRUE(series.universal);
        EXPECT_NEAR(series.universal->contention, serial, 1e-9);
        EXPECT_EQ(series.universal->coherency, 0);
        EXPECT_EQ(series.universal->best_cores, serial < 1 ? 0 : 1);
    }
}

TEST(Fit, FindsTheUniversalScalabilityLaw) {
    const auto series = only_series(by_cores(powers, universal(1e-6, 0.03, 0.0004)));
    ASSERT_TRUE(series.universal);
    EXPECT_NEAR(series.universal->contention, 0.03, 1e-9);
    EXPECT_NEAR(series.universal->coherency, 0.0004, 1e-9);
    EXPECT_NEAR(series.universal->residual, 0, 1e-9);
    EXPECT_NEAR(series.universal->best_cores, std::sqrt(0.97 / 0.0004), 1e-6);
    EXPECT_NEAR(series.universal->best_speedup,
                1e-6 / universal(1e-6, 0.03, 0.0004)(std::sqrt(0.97 / 0.0004)), 1e-6);
    EXPECT_EQ(series.note, "");
}

TEST(Fit, IsNotLedAstrayByNoise) {
    double serial = 0, contention = 0, coherency = 0;
    constexpr int trials = 200;
    for (unsigned seed = 0; seed < trials; ++seed) {
        const auto a = only_series(by_cores(powers, noisy(amdahl(3600, 0.05), 0.03, seed)));
        const auto u = only_series(by_cores(powers, noisy(universal(3600, 0.05, 0.001), 0.03, seed)));
        ASSERT_TRUE(a.amdahl && u.universal);
        EXPECT_NEAR(a.amdahl->serial_fraction, 0.05, 0.02) << seed;
        EXPECT_NEAR(u.universal->best_cores, std::sqrt(0.95 / 0.001), 10) << seed;
        EXPECT_LT(u.universal->residual, 0.06) << seed;
        serial += a.amdahl->serial_fraction / trials;
        contention += u.universal->contention / trials;
        coherency += u.universal->coherency / trials;
    }
    EXPECT_NEAR(serial, 0.05, 0.002);
    EXPECT_NEAR(contention, 0.05, 0.004);
    EXPECT_NEAR(coherency, 0.001, 0.0001);
}

// The sum of squared relative errors, which the fit is to make least.
double errors(const ScalingSeries& series, double one, double contention, double coherency) {
    double sum = 0;
    for (const auto& point : series.points) {
        sum += std::pow(universal(one, contention, coherency)(point.cores()) / point.seconds.value - 1, 2);
    }
    return sum;
}

TEST(Fit, IsTheBestWithoutNegativeUnknownsWhateverTheTimes) {
    std::mt19937 random(7);
    std::uniform_real_distribution<double> time(0.1, 10), nudge(0, 0.2);
    for (int trial = 0; trial < 300; ++trial) {
        const auto series = only_series(by_cores({1, 2, 3, 5, 8}, [&](double) { return time(random); }));
        ASSERT_TRUE(series.amdahl);
        EXPECT_GE(series.amdahl->serial_fraction, 0);
        EXPECT_LE(series.amdahl->serial_fraction, 1);
        if (!series.universal) continue;
        const auto& law = *series.universal;
        EXPECT_GE(law.contention, 0);
        EXPECT_GE(law.coherency, 0);
        const double best = errors(series, law.one_core_seconds, law.contention, law.coherency);
        for (int other = 0; other < 100; ++other) {
            const double sign = other % 2 == 0 ? 1 : -1;
            EXPECT_GE(errors(series, law.one_core_seconds * (1 + sign * nudge(random)),
                             std::max(0.0, law.contention + sign * nudge(random)),
                             std::max(0.0, law.coherency + sign * nudge(random) / 10)),
                      best - 1e-12);
        }
    }
}

TEST(Fit, OfEqualTimesIsAllSerial) {
    const auto series = only_series(by_cores(powers, [](double) { return 0.7; }));
    ASSERT_TRUE(series.amdahl && series.universal);
    EXPECT_NEAR(series.amdahl->serial_fraction, 1, 1e-12);
    EXPECT_NEAR(series.universal->contention, 1, 1e-9);
    EXPECT_EQ(series.universal->best_cores, 1);
    EXPECT_TRUE(mentions(series, "no number of cores is faster than one")) << series.note;
}

TEST(Fit, OfTimesThatGrowIsBestOnOneCore) {
    const auto series = only_series(by_cores(powers, [](double p) { return 0.5 * std::sqrt(p); }));
    ASSERT_TRUE(series.universal);
    EXPECT_EQ(series.universal->best_cores, 1);
    EXPECT_TRUE(mentions(series, "no number of cores is faster than one")) << series.note;
    EXPECT_TRUE(mentions(series, "Amdahl's law fits badly")) << series.note;
}

// That many launches of each number of cores.
std::vector<Launch> by_cores(const std::vector<int>& cores, const Law& seconds, int launches) {
    std::vector<Launch> all;
    for (int i = 0; i < launches; ++i) {
        for (auto& one : by_cores(cores, seconds)) all.push_back(std::move(one));
    }
    return all;
}

TEST(Fit, HasIntervalsThatHoldTheTruth) {
    const std::vector<int> cores = {1, 2, 4, 8, 16};
    constexpr int trials = 100;
    int serial = 0, contention = 0, coherency = 0, best = 0;
    const auto holds = [](const std::optional<Interval>& interval, double value) {
        return interval && interval->low <= value && value <= interval->high ? 1 : 0;
    };
    for (unsigned seed = 0; seed < trials; ++seed) {
        const auto a = only_series(by_cores(cores, noisy(amdahl(1, 0.05), 0.03, seed), 8));
        const auto u = only_series(by_cores(cores, noisy(universal(1, 0.05, 0.003), 0.03, seed), 8));
        ASSERT_TRUE(a.amdahl && u.universal);
        serial += holds(a.amdahl->serial_fraction_within, 0.05);
        contention += holds(u.universal->contention_within, 0.05);
        coherency += holds(u.universal->coherency_within, 0.003);
        best += holds(u.universal->best_cores_within, std::sqrt(0.95 / 0.003));
    }
    for (const int count : {serial, contention, coherency, best}) {
        EXPECT_GE(count, 0.9 * trials);
        EXPECT_LT(count, trials);  // or they would be needlessly wide
    }
}

TEST(Fit, HasIntervalsOfEnoughLaunchesAlwaysTheSame) {
    const auto fitted = [](int launches) {
        return only_series(by_cores({1, 2, 4, 8}, noisy(amdahl(1, 0.05), 0.03, 1), launches));
    };
    EXPECT_FALSE(fitted(5).amdahl->serial_fraction_within);
    EXPECT_FALSE(fitted(5).universal->contention_within);
    const auto one = fitted(6), again = fitted(6);
    EXPECT_LT(one.amdahl->serial_fraction_within->low, one.amdahl->serial_fraction);
    EXPECT_GT(one.amdahl->serial_fraction_within->high, one.amdahl->serial_fraction);
    EXPECT_EQ(one.amdahl->serial_fraction_within->low, again.amdahl->serial_fraction_within->low);
    EXPECT_EQ(one.amdahl->serial_fraction_within->high, again.amdahl->serial_fraction_within->high);
    EXPECT_TRUE(std::isinf(one.universal->best_cores_within->high));  // no coherency: no end
}

TEST(Fit, SaysWhatIsSuperlinear) {
    const auto series = only_series(by_cores(powers, [](double p) { return std::pow(p, -1.3); }));
    ASSERT_TRUE(series.amdahl && series.universal);
    EXPECT_EQ(series.amdahl->serial_fraction, 0);
    EXPECT_EQ(series.universal->best_cores, 0);
    EXPECT_TRUE(mentions(series, "superlinear")) << series.note;
    EXPECT_TRUE(mentions(series, "fits badly")) << series.note;
    EXPECT_FALSE(mentions(only_series(by_cores(powers, amdahl(1, 0))), "superlinear"));
}

TEST(Fit, NeedsPoints) {
    EXPECT_TRUE(scaling_of(cases_of(by_cores({4}, amdahl(1, 0.1)))).empty());
    EXPECT_TRUE(scaling_of({}).empty());
    const auto two = only_series(by_cores({1, 2}, amdahl(1, 0.1)));
    EXPECT_FALSE(two.amdahl || two.universal);
    EXPECT_TRUE(mentions(two, "2 numbers of cores: Amdahl's law needs 3")) << two.note;
    const auto three = only_series(by_cores({1, 2, 4}, amdahl(1, 0.1)));
    EXPECT_TRUE(three.amdahl && !three.universal);
    EXPECT_TRUE(mentions(three, "the Universal Scalability Law needs 4")) << three.note;
    // The same number of cores twice is one number of cores.
    auto repeated = by_cores({1, 2, 4}, amdahl(1, 0.1));
    repeated.push_back(launch({record("mpi", 2, 2, 0.3)}));
    EXPECT_FALSE(only_series(repeated).universal);
}

TEST(Fit, SaysWhenItExtrapolates) {
    const auto up = only_series(by_cores({1, 2, 4, 8}, universal(1, 0.03, 0.0004)));
    EXPECT_NEAR(up.universal->best_cores, 49.2, 0.1);
    EXPECT_TRUE(mentions(up, "beyond the 8 measured")) << up.note;
    const auto down = only_series(by_cores({4, 8, 16, 32}, amdahl(1, 0.1)));
    EXPECT_NEAR(down.amdahl->serial_fraction, 0.1, 1e-9);
    EXPECT_TRUE(mentions(down, "nothing was measured below 4 cores")) << down.note;
}

TEST(Sentence, IsFitForASlide) {
    const auto sentence = [](const Law& law) {
        return sentence_of(scaling_of(cases_of(by_cores({1, 2, 4, 8}, law))));
    };
    EXPECT_EQ(sentence(amdahl(8, 0.2)),
              "reduce/mpi on 8 cores is 3.33x as fast as mpi on 1 core: 42 % of what they could be.");
    EXPECT_EQ(sentence([](double p) { return 8 / (p * p); }),
              "reduce/mpi on 8 cores is 64.00x as fast as mpi on 1 core.");  // no 800 %
    EXPECT_EQ(sentence_of({}), "");
}

TEST(Base, IsTheFastestCaseOnOneCoreOfTheSameProblem) {
    auto launches = by_cores({1, 2, 4}, amdahl(2, 0.1));
    launches.push_back(launch({record("serial", 1, 1, 1.5), record("simd", 1, 1, 0.5),
                               record("small", 1, 1, 0.001, 10), record("threads", 1, 2, 0.1)}));
    const auto series = only_series(launches);
    EXPECT_EQ(series.base, "simd on 1 core, 500.0 ms");
    EXPECT_EQ(series.base_seconds, 0.5);
    EXPECT_DOUBLE_EQ(series.points[0].speedup.value, 0.25);
    EXPECT_DOUBLE_EQ(series.points[2].efficiency.value, 0.5 / amdahl(2, 0.1)(4) / 4);
    EXPECT_NEAR(series.fitted_speedup_amdahl(4), series.points[2].speedup.value, 1e-12);
}

TEST(Base, IsALoadedCoreOfTheSameLaunchToo) {
    auto launches = by_cores({1, 2, 4}, amdahl(2, 0.1));
    for (std::size_t i = 1; i < launches.size(); ++i) {
        auto serial = record("serial", 1, 1, 2);
        serial.loaded_seconds = 2.5;
        launches[i].records.push_back(serial);
    }
    const auto series = only_series(launches);
    EXPECT_EQ(series.points[0].efficiency_loaded, 0);
    EXPECT_DOUBLE_EQ(series.points[2].efficiency_loaded, 2.5 / 4 / amdahl(2, 0.1)(4));
}

TEST(Base, IsRightByPromiseAndInFact) {
    auto launches = by_cores({1, 2}, amdahl(2, 0.1));
    auto wrong = record("wrong", 1, 1, 0.5), racy = record("racy", 1, 1, 0.4);
    wrong.verdict = {1, 1, "7", "8", "0"};
    racy.promise = Promise::racy;
    launches.push_back(launch({wrong, racy}));
    EXPECT_EQ(only_series(launches).base, "mpi on 1 core, 2.000 s");
}

TEST(Base, IsTheFewestCoresWhereNothingRanOnOne) {
    const auto series = only_series(by_cores({2, 8}, amdahl(2, 0)));
    EXPECT_EQ(series.base, "mpi on 2 cores, 1.000 s");
    EXPECT_EQ(series.base_cores, 2);
    EXPECT_DOUBLE_EQ(series.points[1].speedup.value, 4);
    EXPECT_DOUBLE_EQ(series.points[1].efficiency.value, 1);
    EXPECT_DOUBLE_EQ(series.ideal_speedup(8), 4);
}

TEST(Base, IsFoundAmongWhatWasNotAskedFor) {
    auto launches = by_cores({1, 2}, amdahl(2, 0));
    launches.push_back(launch({record("simd", 1, 1, 0.5)}));
    const auto cases = cases_of(launches);
    EXPECT_EQ(scaling_of(cases, {"/mpi"}).at(0).base, "simd on 1 core, 500.0 ms");
    EXPECT_TRUE(scaling_of(cases, {"/simd"}).empty());
    EXPECT_THROW(scaling_of(cases, {"/none"}), UsageError);
}

TEST(Weak, IsToldByTheProblemThatGrowsWithTheCores) {
    std::vector<Launch> launches;
    for (const int p : {1, 2, 3, 4, 8}) {
        // A size that does not divide is a little off; the time is that of the law with the work of p.
        launches.push_back(
            launch({record("mpi", p, 1, p * universal(2, 0.1, 0.01)(p), 1000 * p + (p == 3 ? 7 : 0)),
                    record("serial", 1, 1, 3.0 * p, 1000 * p)}));
    }
    const auto series = only_series(launches);
    EXPECT_EQ(series.kind, ScalingKind::weak);
    ASSERT_EQ(series.grown.size(), 1U);
    EXPECT_EQ(series.grown[0].first, "elements");
    EXPECT_EQ(to_string(series.grown[0].second), "1000");
    EXPECT_EQ(fact(series.parameters, "type"), "i64");
    EXPECT_EQ(series.base, "mpi on 1 core, 2.000 s");
    const double time = 4 * universal(2, 0.1, 0.01)(4);
    EXPECT_DOUBLE_EQ(series.points[3].efficiency.value, 2 / time);
    EXPECT_DOUBLE_EQ(series.points[3].speedup.value, 4 * 2 / time);
    EXPECT_FALSE(series.amdahl);
    ASSERT_TRUE(series.universal);
    EXPECT_NEAR(series.universal->contention, 0.1, 1e-9);
    EXPECT_NEAR(series.universal->coherency, 0.01, 1e-9);
    EXPECT_NEAR(series.fitted_speedup_universal(4), series.points[3].speedup.value, 1e-9);
}

TEST(Weak, RefersToTheProblemOfOneCoreWhereTheSeriesHasNone) {
    std::vector<Launch> launches = {launch({record("serial", 1, 1, 1, 1000)}),
                                    launch({record("serial", 1, 1, 2, 2000)})};
    for (const int p : {2, 4}) launches.push_back(launch({record("mpi", p, 1, 1.25, 1000 * p)}));
    const auto series = only_series(launches);
    EXPECT_EQ(series.base, "serial on 1 core, 1.000 s");
    EXPECT_DOUBLE_EQ(series.points[1].efficiency.value, 0.8);
    EXPECT_DOUBLE_EQ(series.points[1].speedup.value, 3.2);
}

TEST(Weak, AndStrongAreBothSeenInAGrid) {
    std::vector<Launch> launches;
    for (const int p : {1, 2, 4}) {
        for (const std::int64_t n : {1000, 2000, 4000}) {
            launches.push_back(launch({record("mpi", p, 1, static_cast<double>(n) / p, n)}));
        }
    }
    int strong = 0, weak = 0;
    for (const auto& series : scaling_of(cases_of(launches))) {
        EXPECT_DOUBLE_EQ(series.points.back().efficiency.value, 1);
        ++(series.kind == ScalingKind::strong ? strong : weak);
    }
    EXPECT_EQ(strong, 3);
    EXPECT_EQ(weak, 1);
}

TEST(Weak, IsNothingThatTwoSizesOfStrongScalingAre) {
    std::vector<Launch> launches;
    for (const int p : {1, 2, 4}) {
        launches.push_back(launch({record("mpi", p, 1, 1.0 / p, 1000)}));
        launches.push_back(launch({record("mpi", p, 1, 2.0 / p, 2000)}));
    }
    for (const auto& series : scaling_of(cases_of(launches))) EXPECT_EQ(series.kind, ScalingKind::strong);
    // Neither is a problem that grows, but not with the cores, or that is another kind of problem.
    EXPECT_TRUE(
        scaling_of(cases_of({launch({record("mpi", 1, 1, 1, 1000)}), launch({record("mpi", 2, 1, 1, 1500)})}))
            .empty());
    auto other = record("mpi", 2, 1, 1, 2000);
    other.parameters[1].second = std::string("f64");
    EXPECT_TRUE(scaling_of(cases_of({launch({record("mpi", 1, 1, 1, 1000)}), launch({other})})).empty());
}

TEST(Points, CarryIntervalsFromEnoughLaunches) {
    for (const int launches : {1, 3, 4, 6}) {
        std::vector<Launch> all;
        for (int i = 0; i < launches; ++i) {
            for (const int p : {1, 2, 4}) {
                all.push_back(launch({record("mpi", p, 1, (1 + 0.01 * i) / p)}));
            }
        }
        const auto series = only_series(all);
        const auto& point = series.points[2];
        EXPECT_EQ(point.launches, launches);
        EXPECT_EQ(point.medians.size(), static_cast<std::size_t>(launches));
        EXPECT_EQ(point.seconds.has_interval, launches >= 6);
        EXPECT_EQ(point.speedup.has_interval, launches >= 4);
        EXPECT_LE(point.speedup.low, point.speedup.value);
        EXPECT_GE(point.speedup.high, point.speedup.value);
        EXPECT_NEAR(point.speedup.value, 4, 1e-9);
        if (launches == 6) {
            EXPECT_DOUBLE_EQ(point.seconds.low, 0.25);
            EXPECT_DOUBLE_EQ(point.seconds.high, 1.05 / 4);
        }
        if (launches == 4) {  // all 16 ratios: the least and the greatest
            EXPECT_NEAR(point.speedup.low, 4 / 1.03, 1e-9);
            EXPECT_NEAR(point.speedup.high, 4 * 1.03, 1e-9);
        }
        EXPECT_EQ(series.points[0].speedup.low, 1);  // the base against itself
        EXPECT_EQ(series.points[0].speedup.high, 1);
    }
}

TEST(Points, HaveTheImbalanceOfTheirRanks) {
    auto uneven = record("mpi", 4, 1, 1);
    uneven.round = {0, 1, 2};
    uneven.seconds = {1, 1, 1, 1, 1, 1, 1, 5, 1, 1, 1, 3};  // 1, 2.5, 2
    const auto series = only_series({launch({record("mpi", 1, 1, 4)}), launch({uneven})});
    EXPECT_DOUBLE_EQ(series.points[0].imbalance, 1);
    EXPECT_DOUBLE_EQ(series.points[1].imbalance, 2);
}

TEST(Notes, SayWhereHardwareWasShared) {
    auto launches = by_cores({1, 2, 4, 8}, amdahl(1, 0.1));
    for (auto& one : launches) {
        one.environment = {{"hardware_threads", std::int64_t{2}}};
        for (int rank = 0; rank < one.records[0].ranks; ++rank) {
            one.placement.push_back({rank, rank % 2 ? "even" : "odd", 1, "0", 1, "0"});
        }
    }
    const auto crowded = only_series(launches);
    EXPECT_TRUE(mentions(crowded, "from 8 on there were more ranks")) << crowded.note;
    EXPECT_FALSE(crowded.universal);  // of the three others Amdahl's law
    EXPECT_NEAR(crowded.amdahl->serial_fraction, 0.1, 1e-9);
    EXPECT_THAT(sentence_of({crowded}), testing::StartsWith("reduce/mpi on 4 cores is 3.08x as fast"));
    for (auto& one : launches) one.environment = {{"hardware_threads", std::int64_t{1}}};
    EXPECT_THAT(sentence_of({only_series(launches)}), testing::StartsWith("reduce/mpi on 2 cores"));
    for (auto& one : launches) one.placement.assign(1, {0, "even", 1, "0", 1, "0"});
    EXPECT_EQ(sentence_of({only_series(launches)}), "");  // nothing ran on more cores than one
    for (auto& one : launches) one.environment = {{"hardware_threads", std::int64_t{4}}};
    launches.pop_back();
    EXPECT_FALSE(mentions(only_series(launches), "there were more ranks"));
    launches[1].records[0].verdict.failed = 1;
    EXPECT_TRUE(mentions(only_series(launches), "answers were wrong")) << only_series(launches).note;
}

}  // namespace
