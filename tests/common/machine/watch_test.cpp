// What nodes tell of themselves, on real ranks that are told to be on several nodes, and what is made of it.
#include "common/machine/watch.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tests/support/mpi_world.hpp"

namespace pacer {
namespace {

HostFacts node(std::string host, double others = 0, double steal = 0) {
    return {std::move(host),
            {{"cpu_seconds", 100.0},
             {"others_cpu_seconds", others},
             {"steal_seconds", steal},
             {"cpu_model", "Abacus 3000"},
             {"cores", std::int64_t{64}},
             {"cpu_mhz", 3000.0}}};
}

Value& fact_of(HostFacts& node, std::string_view name) {
    for (auto& [known, value] : node.facts) {
        if (known == name) return value;
    }
    throw std::logic_error("no such fact");
}

using Doubts = std::vector<Doubt>;

TEST(Watch, GathersWhatEveryLeaderSays) {
    auto team = world();
    for (const int ranks_of_node : {1, 2, 3}) {
        MPI_Comm_split(team.comm, team.rank / ranks_of_node, team.rank, &team.node);
        MPI_Comm_rank(team.node, &team.node_rank);
        const auto mine = [&](int rank) {
            auto facts = node(fmt::format("node {}", rank), 0.1 * rank, 1.0 / 3);
            facts.facts.emplace_back("governor", "");
            facts.facts.emplace_back("least", std::int64_t{1} << 62);
            return facts;
        };
        const auto hosts = gather_hosts(team, mine(team.rank));
        MPI_Comm_free(&team.node);
        std::vector<HostFacts> expected;
        for (int rank = 0; team.root() && rank < team.size; rank += ranks_of_node)
            expected.push_back(mine(rank));
        EXPECT_EQ(hosts, expected);
    }
}

TEST(Watch, GathersTheRowsOfEveryNode) {
    auto team = world();
    for (const int ranks_of_node : {1, 2, 3}) {
        MPI_Comm_split(team.comm, team.rank / ranks_of_node, team.rank, &team.node);
        MPI_Comm_rank(team.node, &team.node_rank);
        const auto rows_of = [](int rank) {
            const auto host = fmt::format("node {}", rank);
            return std::vector<WatchRow>{{host, 1.0 / 3, 0.1, 0, 2.4e9, 1.0 * rank}, {host, 2, 0, 1}};
        };
        const auto rows = gather_watch(team, rows_of(team.rank));
        MPI_Comm_free(&team.node);
        std::vector<WatchRow> expected;
        for (int rank = 0; team.root() && rank < team.size; rank += ranks_of_node) {
            for (auto& row : rows_of(rank)) expected.push_back(row);
        }
        ASSERT_EQ(rows.size(), expected.size());
        for (std::size_t i = 0; i < rows.size(); ++i) {
            EXPECT_EQ(rows[i].host, expected[i].host);
            EXPECT_EQ(rows[i].at_seconds, expected[i].at_seconds);
            EXPECT_EQ(rows[i].others_cpu, expected[i].others_cpu);
            EXPECT_EQ(rows[i].steal, expected[i].steal);
            EXPECT_EQ(std::isnan(rows[i].frequency), std::isnan(expected[i].frequency));
            EXPECT_EQ(rows[i].load, expected[i].load);
        }
    }
}

// Containers, say, that all have the name of their image.
TEST(Watch, TellsNodesOfOneNameApart) {
    auto team = world();
    MPI_Comm_split(team.comm, team.rank, team.rank, &team.node);
    MPI_Comm_rank(team.node, &team.node_rank);
    const auto hosts = gather_hosts(team, node("image"));
    const auto rows = gather_watch(team, {{"image", 1}, {"image", 2}});
    MPI_Comm_free(&team.node);
    ASSERT_EQ(std::ssize(hosts), team.root() ? team.size : 0);
    for (std::size_t i = 0; i < hosts.size(); ++i) {
        const auto name = i == 0 ? "image" : fmt::format("image ({})", i + 1);
        EXPECT_EQ(hosts[i].host, name);
        EXPECT_EQ(rows.at(2 * i).host, name);
        EXPECT_EQ(rows.at(2 * i + 1).host, name);
    }
}

TEST(Watch, KeepsFewGlancesHoweverManyThereAre) {
    for (const int nodes : {1, 1 << 13}) {
        const std::size_t most = nodes == 1 ? 64 : 8;
        auto team = world();
        team.nodes = nodes;
        Watch watch(0);
        std::size_t seen = 0;
        for (int i = 0; i < 500; ++i) {
            watch.glance(team);
            const auto rows = watch.rows("here");
            seen = std::max(seen, rows.size());
            ASSERT_GE(rows.size(), std::min<std::size_t>(static_cast<std::size_t>(i), most / 2));
            for (std::size_t k = 1; k < rows.size(); ++k) {
                ASSERT_LT(rows[k - 1].at_seconds, rows[k].at_seconds);
            }
            for (const auto& row : rows) {
                ASSERT_TRUE(row.others_cpu >= 0 && row.others_cpu <= 1) << row.others_cpu;
                ASSERT_TRUE(row.steal >= 0 && row.steal <= 1) << row.steal;
                ASSERT_TRUE(std::isnan(row.frequency) || row.frequency > 0) << row.frequency;
            }
        }
        EXPECT_EQ(seen, most);
    }
}

TEST(Watch, GlancesHalfAsOftenOnceThereAreTooMany) {
    Watch watch(1e-9), patient(1e9);
    EXPECT_FALSE(patient.is_due());
    for (int i = 0; i < 64; ++i) watch.glance(world());
    EXPECT_TRUE(watch.is_due());
    for (int i = 0; i < 33 * 60; ++i) watch.glance(world());  // the interval is 2^60 ns by now
    EXPECT_FALSE(watch.is_due());
}

TEST(Watch, LooksAtThisNode) {
    Watch watch;
    const auto facts = watch.look(world());
    EXPECT_EQ(watch.rows("here").size(), 1u);
    for (const auto* name :
         {"load_before", "load_after", "steal_seconds", "others_cpu_seconds", "cpu_seconds"})
        EXPECT_GE(number_in(facts, name).value_or(-1), 0) << name;
}

TEST(HostDoubts, NameTheDisturbedHosts) {
    EXPECT_EQ(doubts_of({node("this host", 2.9, 2.9)}), Doubts{});
    EXPECT_EQ(doubts_of({node("this host", 12), node("b", 2)}),
              (Doubts{{"others_load", -1, "this host", 0.12}}));
    const auto doubts = doubts_of({node("a", 4), node("b", 0, 9), node("c", 5), node("d", 7), node("e", 6)});
    EXPECT_EQ(doubts, (Doubts{{"others_load", -1, "d", 0.07},
                              {"others_load", -1, "e", 0.06},
                              {"others_load", -1, "c", 0.05},
                              {"more_hosts", -1, "others_load", 1},
                              {"steal", -1, "b", 0.09}}));
    EXPECT_EQ(sentence(doubts[0]), "other processes took 7 % of d's CPU time during the launch");
    EXPECT_EQ(sentence(doubts[3]), "1 more node has the doubt 'others_load'");
}

TEST(HostDoubts, TakeBothKindsTogetherForTheWorst) {
    EXPECT_EQ(most_disturbed({node("a", 4), node("b", 3, 3), node("c", 5)}).host, "b");
    EXPECT_EQ(most_disturbed({node("a")}).host, "a");
}

TEST(HostDoubts, NameTheHostThatIsNotLikeTheOthers) {
    std::vector<HostFacts> hosts = {node("a"), node("b"), node("c")};
    EXPECT_EQ(doubts_of(hosts), Doubts{});
    fact_of(hosts[1], "cpu_model") = "Abacus 2000";
    fact_of(hosts[1], "cores") = std::int64_t{32};
    EXPECT_EQ(doubts_of(hosts),
              (Doubts{{"odd_host", -1,
                       "b (cpu_model Abacus 2000, most have Abacus 3000; cores 32, most have 64)", 0}}));
    hosts.pop_back();
    EXPECT_EQ(
        doubts_of(hosts),
        (Doubts{{"odd_host", -1, "b (cpu_model Abacus 2000, a has Abacus 3000; cores 32, a has 64)", 0}}));
}

TEST(HostDoubts, TellOfWhatMostHostsDoNotKnow) {
    std::vector<HostFacts> hosts = {node("a"), node("b"), node("c")};
    hosts[0].facts.emplace_back("governor", "performance");
    EXPECT_EQ(doubts_of(hosts), (Doubts{{"odd_host", -1, "a (governor performance, most have unknown)", 0}}));
}

TEST(HostDoubts, NameTheHostWithASlowClock) {
    std::vector<HostFacts> hosts = {node("a"), node("b"), node("c")};
    fact_of(hosts[2], "cpu_mhz") = 2400.0;
    const auto doubts = doubts_of(hosts);
    ASSERT_EQ(doubts.size(), 1u);
    EXPECT_EQ(doubts[0].kind, "slow_clock");
    EXPECT_EQ(sentence(doubts[0]), "the cores of c ran 20 % slower than those of the fastest node");
    fact_of(hosts[2], "cpu_mhz") = 2800.0;
    EXPECT_EQ(doubts_of(hosts), Doubts{});
}

}  // namespace
}  // namespace pacer
