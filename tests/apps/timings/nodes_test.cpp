// Comparing nodes: which one is told to be slower, on launches made by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>

#include "apps/timings/compare/node_comparison.hpp"
#include "common/base/status.hpp"
#include "tests/support/launch_examples.hpp"

namespace pacer::timings {
namespace {

using examples::launch_of, examples::spread_launches, examples::timed;
using Launches = std::vector<Launch>;

const std::vector<std::string> both = {"serial", "simd"};

Launches on(const std::string& node, Launches launches) {
    for (auto& launch : launches) launch.environment.emplace_back("hosts", node + ":2");
    return launches;
}

// Launches of each node, by its factor on the time.
Launches machine(const std::map<std::string, double>& factors, int count = 10, double spread = 0.005) {
    Launches all;
    for (const auto& [node, factor] : factors) {
        for (auto& launch : on(node, spread_launches(node, count, both, 0.1 * factor, spread))) {
            all.push_back(std::move(launch));
        }
    }
    return all;
}

std::map<std::string, Finding> verdicts(const Launches& launches, const std::string& variant = "serial",
                                        double margin = 0.03) {
    std::map<std::string, Finding> found;
    for (const auto& row : compare_nodes(launches, margin, {})) {
        if (row.from_peers.key.variant == variant) found[row.name] = row.from_peers.finding;
    }
    return found;
}

using Verdicts = std::map<std::string, Finding>;

TEST(Nodes, AlikeAreEquivalent) {
    const auto launches = machine({{"a", 1}, {"b", 1.001}, {"c", 0.999}});
    const Verdicts alike = {
        {"a", Finding::equivalent}, {"b", Finding::equivalent}, {"c", Finding::equivalent}};
    EXPECT_EQ(verdicts(launches), alike);
    EXPECT_EQ(compare_nodes(launches, 0.03, {}).size(), 6U);
    EXPECT_EQ(compare_nodes(launches, 0.03, {"/simd"}).size(), 3U);
}

TEST(Nodes, TheSlowOneIsNamedWithItsEffect) {
    const auto rows = compare_nodes(machine({{"a", 1}, {"b", 1.2}, {"c", 1}}), 0.03, {});
    for (const auto& row : rows) {
        if (row.name != "b") {
            // Not faster, though one of the others is slow.
            EXPECT_EQ(row.from_peers.finding, Finding::equivalent) << row.name;
            EXPECT_EQ(row.from_peers.reference.launches, 10) << row.name;
            continue;
        }
        EXPECT_EQ(row.from_peers.finding, Finding::slower);
        EXPECT_NEAR(row.from_peers.ratio, 1.2, 1e-3);
        EXPECT_GT(*row.from_peers.low, 1.18);
        EXPECT_LT(*row.from_peers.high, 1.22);
        EXPECT_EQ(row.from_peers.subject.launches, 10);
        EXPECT_EQ(row.from_peers.reference.launches, 20);
    }
}

TEST(Nodes, HalfOfThemSlowHideNothing) {
    const Verdicts found = verdicts(machine({{"a", 1}, {"b", 1.1}, {"c", 1}, {"d", 1.3}}));
    const Verdicts truth = {{"a", Finding::equivalent},
                            {"b", Finding::slower},
                            {"c", Finding::equivalent},
                            {"d", Finding::slower}};
    EXPECT_EQ(found, truth);
}

TEST(Nodes, OfTwoOneIsSlower) {
    const Verdicts truth = {{"a", Finding::faster}, {"b", Finding::slower}};
    EXPECT_EQ(verdicts(machine({{"a", 1}, {"b", 1.1}})), truth);
}

TEST(Nodes, WithinTheMarginIsNoAlarm) {
    EXPECT_EQ(verdicts(machine({{"a", 1}, {"b", 1.05}, {"c", 1}}), "serial", 0.1).at("b"),
              Finding::within_margin);
}

TEST(Nodes, FewLaunchesAlarmNobody) {
    EXPECT_EQ(verdicts(machine({{"a", 1}, {"b", 1.5}, {"c", 1}}, 5)).at("b"), Finding::inconclusive);
    EXPECT_EQ(verdicts(machine({{"a", 1}, {"b", 1.5}, {"c", 1}}, 1)).at("b"), Finding::inconclusive);
}

TEST(Nodes, WhatIsMissingOrWrongShows) {
    auto launches = machine({{"a", 1}, {"b", 1}});
    for (auto& launch : on("c", spread_launches("c", 10, {"simd"}, 0.1, 0.005))) launches.push_back(launch);
    launches.front().records.front().verdict.failed = 1;  // serial on a
    const auto found = verdicts(launches);
    EXPECT_EQ(found.at("a"), Finding::failed);
    EXPECT_EQ(found.at("b"), Finding::equivalent);
    EXPECT_EQ(found.at("c"), Finding::missing);
}

TEST(Nodes, LaunchesOnSeveralOrOneAreRefused) {
    auto launches = machine({{"a", 1}});
    EXPECT_THROW(compare_nodes(launches, 0.03, {}), UsageError);
    EXPECT_THROW(compare_nodes({}, 0.03, {}), UsageError);
    launches = machine({{"a", 1}, {"b,c", 1}});
    EXPECT_THROW(compare_nodes(launches, 0.03, {}), UsageError);
    launches = machine({{"a", 1}, {"b", 1}});
    launches.push_back(launch_of("without", {timed("serial", 1)}));
    EXPECT_THROW(compare_nodes(launches, 0.03, {}), UsageError);
}

// Among 8 nodes that are alike, none is to be named, in 19 of 20 such machines at least.
TEST(Nodes, AlikeRaiseFewAlarms) {
    std::mt19937 random(11);
    std::normal_distribution<double> noise(0, 0.03);
    int alarmed = 0;
    constexpr int machines = 200;
    for (int i = 0; i < machines; ++i) {
        Launches all;
        for (const std::string node : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
            for (int launch = 0; launch < 10; ++launch) {
                auto made =
                    launch_of(node + std::to_string(launch), {timed("serial", std::exp(noise(random)))});
                made.environment.emplace_back("hosts", node + ":1");
                all.push_back(made);
            }
        }
        for (const auto& [node, verdict] : verdicts(all)) {
            if (verdict != Finding::slower) continue;
            ++alarmed;
            break;
        }
    }
    EXPECT_LE(alarmed, machines / 20);
}

// Nodes that differ by 2 % for ever, as healthy ones may: more than the margin, for some of 64.
TEST(Nodes, WhatHealthyNodesDifferByIsNoAlarm) {
    std::mt19937 random(5);
    std::normal_distribution<double> between(0, 0.02);
    int alarmed = 0;
    constexpr int machines = 20;
    for (int i = 0; i < machines; ++i) {
        std::map<std::string, double> factors;
        for (int node = 0; node < 64; ++node) factors["n" + std::to_string(node)] = std::exp(between(random));
        factors["slow"] = 1.2;
        auto found = verdicts(machine(factors));
        EXPECT_EQ(found.at("slow"), Finding::slower);
        found.erase("slow");
        const auto told = [](const auto& one) { return one.second == Finding::slower; };
        alarmed += std::any_of(found.begin(), found.end(), told) ? 1 : 0;
    }
    EXPECT_LE(alarmed, 2);
}

}  // namespace
}  // namespace pacer::timings
