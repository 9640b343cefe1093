// Finding the part that makes messages slow, on networks made by hand: which part is named, and that none is
// where none is bad.
#include "apps/timings/compare/network.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <set>

#include "apps/timings/compare/link_times.hpp"
#include "common/base/status.hpp"
#include "common/parallel/tournament.hpp"
#include "tests/support/launch_examples.hpp"

namespace pacer::timings {
namespace {

using Launches = std::vector<Launch>;
using Factor = std::function<double(int, int)>;  // of the link between two nodes, on its time
using Named = std::set<std::string>;

std::string node(int number) {
    return fmt::format("node{}", number);
}

// The first of two ranks on each node plays. Seconds of those who do not are no number of any use.
Record pairs_of(int nodes, const std::string& variant, const std::function<double(int, int)>& seconds) {
    const Tournament tournament(nodes);
    Record made;
    made.app = "overhead";
    made.problem = "pairs";
    made.variant = variant;
    made.ranks = 2 * nodes;
    made.parameters = {{"kind", "pairs"},
                       {"between", "nodes"},
                       {"players", std::int64_t{nodes}},
                       {"rounds", std::int64_t{tournament.rounds()}},
                       {std::string(method_parameter), "circle"}};
    made.work.bytes = 1000;
    constexpr int repeats = 6;
    for (int repeat = 0; repeat < repeats; ++repeat) {
        made.round.push_back(repeat);
        for (int round = 0; round < tournament.rounds(); ++round) {
            std::vector<double> row(static_cast<std::size_t>(made.ranks), 77);
            for (int player = 0; player < nodes; ++player) {
                const int partner = tournament.partner(round, player);
                row[static_cast<std::size_t>(2 * player)] =
                    partner == player ? 1e-9 : seconds(player, partner);
            }
            made.calls.repeat.push_back(repeat);
            made.calls.calls.push_back(1);
            made.calls.seconds.insert(made.calls.seconds.end(), row.begin(), row.end());
            if (round == 0) made.seconds.insert(made.seconds.end(), row.begin(), row.end());
        }
    }
    made.verdict = {repeats, 0, "0", "0", "0"};
    for (int rank = 0; rank < made.ranks; ++rank) made.shares.push_back({rank, 1, 10, "0"});
    return made;
}

// Launches with a few per cent of noise on every link; of each node its address.
Launches network(int nodes, const Factor& factor, const std::function<std::string(int)>& address = {},
                 int count = 10, unsigned seed = 1, double noise = 0.02) {
    std::mt19937 random(seed);
    std::normal_distribution<double> error(0, noise);
    Launches launches;
    for (int i = 0; i < count; ++i) {
        const auto seconds = [&](double usual) {
            return [&, usual](int a, int b) {
                return usual * factor(std::min(a, b), std::max(a, b)) * std::exp(error(random));
            };
        };
        auto launch = examples::launch_of(
            fmt::format("launch-{:03}", i),
            {pairs_of(nodes, "latency", seconds(2e-5)), pairs_of(nodes, "both_ways", seconds(1e-3))});
        for (int rank = 0; rank < 2 * nodes; ++rank)
            launch.placement.push_back(
                {.rank = rank, .host = node(rank / 2), .cpus_allowed = {}, .thread_cpus = {}});
        for (int number = 0; number < nodes; ++number) {
            HostFacts host{node(number), {}};
            if (address) host.facts.emplace_back("slurm_topology", address(number));
            launch.hosts.push_back(host);
        }
        launches.push_back(std::move(launch));
    }
    return launches;
}

double alike(int, int) {
    return 1;
}
Factor slow_node(int bad, double by = 1.5) {
    return [=](int a, int b) { return a == bad || b == bad ? by : 1; };
}
Factor slow_link(int one, int other, double by = 1.5) {
    return [=](int a, int b) { return a == one && b == other ? by : 1; };
}

// Four nodes to a switch.
std::string address_of(int number) {
    return fmt::format("core.leaf{}.{}", number / 4, node(number));
}
Factor slow_switch(int bad, double by = 1.5) {
    return [=](int a, int b) { return (a / 4 == bad) != (b / 4 == bad) ? by : 1; };
}

// "node node3" of all cases in which it is found slower.
Named named(const Launches& launches, double margin = 0.1) {
    Named all;
    for (const auto& row : compare_network(launches, margin, {}).rows) {
        if (row.from_peers.finding == Finding::slower)
            all.insert(fmt::format("{} {}", name_of(row.part), row.name));
    }
    return all;
}

TEST(Network, WhereAllIsAlikeNothingIsNamed) {
    for (const int nodes : {3, 4, 5, 12}) {
        const auto found = compare_network(network(nodes, alike), 0.1, {});
        EXPECT_EQ(found.players, nodes);
        EXPECT_EQ(found.links, nodes * (nodes - 1) / 2);
        EXPECT_EQ(found.of_links, found.links);
        EXPECT_FALSE(found.rows.empty());
        for (const auto& row : found.rows) {
            EXPECT_TRUE(unremarkable(row.from_peers))
                << row.name << ' ' << words_among_peers(row.from_peers.finding) << row.from_peers.note;
        }
    }
}

TEST(Network, TheSlowNodeIsNamedAndNotItsLinks) {
    for (const int nodes : {4, 5, 8, 33}) {
        for (const int bad : {0, 2, nodes - 1})
            EXPECT_EQ(named(network(nodes, slow_node(bad))), Named{"node " + node(bad)}) << nodes;
    }
    const auto found = compare_network(network(5, slow_node(2, 3)), 0.1, {});
    for (const auto& row : found.rows) {
        if (row.from_peers.finding != Finding::slower) continue;
        EXPECT_NEAR(row.from_peers.ratio, 3, 0.1);
    }
}

TEST(Network, TwoSlowNodesAreNamed) {
    const Factor two = [](int a, int b) { return a == 1 || b == 1 ? 4 : a == 3 || b == 3 ? 2 : 1; };
    EXPECT_EQ(named(network(8, two)), (Named{"node node1", "node node3"}));
}

TEST(Network, TheSlowLinkIsNamedAndNotItsEnds) {
    for (const int nodes : {3, 4, 5, 8})
        EXPECT_EQ(named(network(nodes, slow_link(0, 2))), Named{"link node0 - node2"}) << nodes;
    const Factor both = [](int a, int b) { return slow_node(5)(a, b) * slow_link(0, 2)(a, b); };
    EXPECT_EQ(named(network(8, both)), (Named{"link node0 - node2", "node node5"}));
}

// Two nodes that are a little slower, within the margin, have a link beyond it.
TEST(Network, ALinkIsAsSlowAsItsEnds) {
    const Factor ends = [](int a, int b) { return (a < 2 ? 1.08 : 1) * (b < 2 ? 1.08 : 1); };
    EXPECT_EQ(named(network(6, ends)), Named{});
}

TEST(Network, OfThreeNodesOnlyLinksAreBlamed) {
    for (const auto& one : named(network(3, slow_node(1)))) EXPECT_TRUE(one.starts_with("link")) << one;
    for (const auto& row : compare_network(network(3, slow_node(1)), 0.1, {}).rows)
        EXPECT_EQ(row.part, Part::link);
}

TEST(Network, OfTwoNodesNothingIsCompared) {
    const auto found = compare_network(network(2, alike), 0.1, {});
    EXPECT_TRUE(found.rows.empty());
    EXPECT_EQ(found.links, 1);
    ASSERT_EQ(found.figures.size(), 2u);
    EXPECT_NEAR(found.figures[0].seconds, 2e-5, 1e-6);
    EXPECT_NEAR(found.figures[1].bytes_per_second, 1e6, 1e5);
    EXPECT_EQ(found.figures[1].slowest, "node0 - node1");
}

TEST(Network, TheSlowSwitchIsNamedAndNotItsNodes) {
    EXPECT_EQ(named(network(16, slow_switch(1), address_of)), Named{"switch leaf1"});
    EXPECT_EQ(named(network(12, slow_switch(2), address_of)), Named{"switch leaf2"});
    // Without its address it is its nodes.
    EXPECT_FALSE(named(network(16, slow_switch(1))).contains("switch leaf1"));
}

TEST(Network, ANodeBelowAGoodSwitchIsBlamedItself) {
    EXPECT_EQ(named(network(16, slow_node(5), address_of)), Named{"node node5"});
    EXPECT_EQ(named(network(16, slow_link(5, 9), address_of)), Named{"link node5 - node9"});
}

// Links that lead further take longer on any machine; nodes with few neighbours are no worse for it.
TEST(Network, DistanceIsNoFault) {
    const auto lopsided = [](int number) {
        return fmt::format("core.leaf{}.{}", number < 3 ? 0 : 1, node(number));
    };
    const Factor far = [](int a, int b) { return (a < 3) == (b < 3) ? 1 : 1.6; };
    EXPECT_EQ(named(network(12, far, lopsided)), Named{});
    const Factor and_slow = [&](int a, int b) { return far(a, b) * slow_node(7)(a, b); };
    EXPECT_EQ(named(network(12, and_slow, lopsided)), Named{"node node7"});
}

// Nor does a slow node make a link seem slow that leads as far as its own ones.
TEST(Network, OfFourNodesBelowTwoSwitchesTheSlowOneIsNamed) {
    const auto two_each = [](int number) { return fmt::format("core.leaf{}.{}", number / 2, node(number)); };
    const auto launches = network(4, slow_node(1, 30), two_each);
    EXPECT_EQ(named(launches), Named{"node node1"});
    for (const auto& row : compare_network(launches, 0.1, {}).rows) {
        EXPECT_TRUE(row.part == Part::node || unremarkable(row.from_peers)) << row.name;
    }
}

// Where a launcher gives every node the address of its first one, nobody knows its switch.
TEST(Network, AddressesOfOthersAreNoAddresses) {
    const auto launches = network(8, alike, [](int) { return std::string("core.leaf0.node0"); });
    EXPECT_TRUE(switches_of(launches.front()).empty());
    const auto known = switches_of(network(8, alike, address_of).front());
    EXPECT_EQ(known.at("node5"), (std::vector<std::string>{"core", "leaf1"}));
}

TEST(Network, OfASampleTheBadNodeIsNamed) {
    const auto found = compare_network(network(40, slow_node(17)), 0.1, {});
    EXPECT_LT(found.links, found.of_links);
    EXPECT_EQ(found.of_links, 780);
    EXPECT_EQ(named(network(40, slow_node(17))), Named{"node node17"});
}

TEST(Network, WithinTheMarginIsNoAlarm) {
    EXPECT_EQ(named(network(5, slow_node(2)), 1), Named{});
}

TEST(Network, FewLaunchesNameNobody) {
    EXPECT_EQ(named(network(5, slow_node(2), {}, 5)), Named{});
    EXPECT_EQ(named(network(5, slow_node(2), {}, 1)), Named{});
}

// Among networks that are alike, none is to be accused, in 19 of 20 at least.
TEST(Network, AlikeRaiseFewAlarms) {
    int alarmed = 0;
    constexpr int networks = 60;
    for (unsigned seed = 0; seed < networks; ++seed)
        alarmed += named(network(4, alike, {}, 10, seed, 0.2)).empty() ? 0 : 1;
    EXPECT_LE(alarmed, networks / 20);
}

TEST(Network, WhereWrongBytesCameIsToldAndTheirTimesDoNotCount) {
    auto launches = network(4, alike);
    auto& record = launches[3].records[0];
    record.verdict.failed = 1;
    record.shares[4].partial = "12";  // the first rank of node2
    const auto found = compare_network(launches, 0.1, {});
    const auto failed = std::find_if(found.rows.begin(), found.rows.end(), [](const auto& row) {
        return row.from_peers.finding == Finding::failed;
    });
    ASSERT_NE(failed, found.rows.end());
    EXPECT_EQ(failed->name, "node2");
    EXPECT_EQ(failed->part, Part::node);
    for (const auto& row : found.rows) {
        if (row.from_peers.key.variant != "latency" || row.part != Part::node || row.name != "node1")
            continue;
        EXPECT_EQ(row.from_peers.subject.launches, 9);
    }
}

TEST(Network, WhatTellsNothingOfPairsIsRefused) {
    EXPECT_THROW(compare_network({}, 0.1, {}), UsageError);
    EXPECT_THROW(compare_network({examples::launch_of("a", {examples::timed("serial", 1)})}, 0.1, {}),
                 UsageError);
    const auto good = network(4, alike);
    const auto refused = [&](const std::function<void(Launch&)>& spoil) {
        auto launches = good;
        spoil(launches[1]);
        EXPECT_THROW(compare_network(launches, 0.1, {}), UsageError);
    };
    refused([](Launch& launch) { launch.placement.resize(4); });
    refused([](Launch& launch) { launch.records[0].calls = {}; });
    refused([](Launch& launch) {
        auto& calls = launch.records[0].calls;
        calls.repeat.pop_back();
        calls.calls.pop_back();
        calls.seconds.resize(calls.seconds.size() - 8);
    });
}

}  // namespace
}  // namespace pacer::timings
