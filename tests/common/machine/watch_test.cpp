// What nodes tell of themselves, on real ranks that are told to be on several nodes, and what is made of it.
#include "common/machine/watch.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

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

TEST(Watch, LooksAtThisNode) {
    const Watch watch;
    const auto facts = watch.look(world());
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
