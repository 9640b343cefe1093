// What jobs/nodes.slurm does as a whole, by seeded simulation: 500 nodes, of which healthy ones differ a
// little for ever, launches differ, and neighbours disturb some of them. SIMULATED_RUNS makes more than two
// runs.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>
#include <string>

#include "apps/timings/compare/node_comparison.hpp"
#include "tests/support/launch_examples.hpp"

namespace pacer::timings {
namespace {

constexpr int nodes = 500, launches_a_node = 10;
constexpr double launches_differ_by = 0.01, nodes_differ_by = 0.005, disturbed_share = 0.05;

// One node is so many times slower in both cases.
std::set<std::string> named(std::mt19937& random, double slower, const std::string& slow) {
    std::normal_distribution<double> launch(0, launches_differ_by), node(0, nodes_differ_by);
    std::uniform_real_distribution<double> share(0, 1);
    std::vector<Launch> all;
    for (int i = 0; i < nodes; ++i) {
        const auto name = fmt::format("n{:03}", i);
        const double core = std::exp(node(random)) * (name == slow ? slower : 1);
        const double memory = std::exp(node(random)) * (name == slow ? slower : 1);
        for (int k = 0; k < launches_a_node; ++k) {
            const double others = share(random) < disturbed_share ? 1.1 + share(random) : 1;
            auto made =
                examples::launch_of(fmt::format("{}-{}", name, k),
                                    {examples::timed("simd", core * others * std::exp(launch(random))),
                                     examples::timed("read", memory * others * std::exp(launch(random)))});
            made.environment.emplace_back("hosts", name + ":1");
            all.push_back(std::move(made));
        }
    }
    std::set<std::string> found;
    for (const auto& row : compare_nodes(all, 0.03, {})) {
        if (row.from_peers.finding == Finding::slower) found.insert(row.name);
    }
    return found;
}

TEST(FiveHundredNodes, RaiseFewFalseAlarms) {
    std::mt19937 random(1);
    const int runs = examples::simulated_runs(1);
    int alarmed = 0;
    for (int run = 0; run < runs; ++run) alarmed += named(random, 1, "").empty() ? 0 : 1;
    EXPECT_LE(alarmed, 0.02 * runs);
    RecordProperty("alarmed", alarmed);
}

TEST(FiveHundredNodes, HaveTheSlowOneNamed) {
    std::mt19937 random(2);
    const int runs = examples::simulated_runs(1);
    int found = 0, alarmed = 0;
    for (int run = 0; run < runs; ++run) {
        auto told = named(random, 1.1, "n137");
        found += static_cast<int>(told.erase("n137"));
        alarmed += told.empty() ? 0 : 1;
    }
    EXPECT_GE(found, 0.99 * runs);
    EXPECT_LE(alarmed, 0.02 * runs);
}

}  // namespace
}  // namespace pacer::timings
