// The problem pairs on real ranks: all bytes arrive, each round is clocked, and whoever sends less, or
// something else, is found out.
#include "apps/overhead/pairs.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "apps/overhead/game.hpp"
#include "tests/support/cheats.hpp"

namespace pacer::overhead::pairs {
namespace {

constexpr Threads threads{1, 1, false};

Problem ranks_in_pairs() {
    return make_problem(world(), {.elements = fewest_elements}, Between::ranks);
}

TEST(Pairs, NeedTwoPlayersAndMessagesOfSomeLength) {
    EXPECT_THROW(make_problem(world(), {}, Between::nodes), UsageError);
    if (world().size < 2) {
        EXPECT_THROW(make_problem(world(), {}, Between::ranks), UsageError);
        return;
    }
    EXPECT_THROW(make_problem(world(), {.elements = fewest_elements - 1}, Between::ranks), UsageError);
    EXPECT_THROW(make_problem(world(), {.elements = std::int64_t{1} << 31}, Between::ranks), UsageError);
}

// Every variant, as the timed loop would; each rank has a time for every round.
TEST(Pairs, EveryVariantIsRightAndClocksEveryRound) {
    if (world().size < 2) GTEST_SKIP() << "nobody to play with";
    const auto problem = ranks_in_pairs();
    for (const auto& variant : group.variants) {
        for (int execution = 0; execution < 2; ++execution) {
            auto answer = variant.run(problem, world());
            const auto judgement = judge(problem, answer, world());
            EXPECT_TRUE(judgement.check.passed()) << variant.name;
            const bool in_pairs = variant.run != alltoall && variant.run != allreduce;
            const auto& calls = judgement.calls.value();
            const auto samples = in_pairs ? problem.tournament.rounds() : Game::calls_together;
            EXPECT_EQ(std::ssize(calls.seconds), samples) << variant.name;
            for (const double seconds : calls.seconds) EXPECT_GT(seconds, 0) << variant.name;
            Record record;
            describe(problem, variant, record);
            auto items = judgement.own.value().items;
            MPI_Allreduce(MPI_IN_PLACE, &items, 1, MPI_INT64_T, MPI_SUM, world().comm);
            EXPECT_EQ(items, record.work.items) << variant.name;
        }
    }
}

// Two nodes, to which the ranks were dealt out in turns: the first rank of each plays, and the others wait.
TEST(Pairs, OneRankOfEachNodePlays) {
    if (world().size < 2) GTEST_SKIP() << "nobody to play with";
    auto team = world();
    MPI_Comm_split(team.comm, team.rank % 2, team.rank, &team.node);
    MPI_Comm_rank(team.node, &team.node_rank);
    MPI_Comm_size(team.node, &team.node_size);
    team.nodes = 2;
    {
        const auto problem = make_problem(team, {.elements = fewest_elements}, Between::nodes);
        EXPECT_EQ(problem.players.count(), 2);
        EXPECT_EQ(problem.players.number(), team.rank < 2 ? team.rank : -1);
        EXPECT_EQ(problem.tournament.rounds(), 1);
        EXPECT_EQ(problem.onlookers, team.size > 2);
        for (const auto& variant : group.variants) {
            auto answer = variant.run(problem, team);
            EXPECT_TRUE(judge(problem, answer, team).check.passed()) << variant.name;
            EXPECT_EQ(answer.right() > 0, team.rank < 2) << variant.name;
        }
    }
    MPI_Comm_free(&team.node);
}

TEST(Pairs, EveryElementIsLookedAt) {
    std::vector<std::uint64_t> values(1000);
    const auto key = key_of(3, 5, 7);
    fill(values.data(), 1000, key);
    EXPECT_EQ(count_wrong(values.data(), 1000, key), 0);
    for (const std::size_t at : {0, 1, 499, 998, 999}) {
        for (const int bit : {0, 17, 63}) {
            values[at] ^= std::uint64_t{1} << bit;
            EXPECT_EQ(count_wrong(values.data(), 1000, key), 1) << at;
            values[at] ^= std::uint64_t{1} << bit;
        }
    }
    for (const auto other : {key_of(5, 3, 7), key_of(3, 4, 7), key_of(3, 5, 8)})
        EXPECT_EQ(count_wrong(values.data(), 1000, other), 1000);
}

// Exchanges that go wrong: each is one bit, one message, or the wrong one of two.

std::int64_t wrong_of_cheats = 0;  // the honest ones count their own

Answer latency_of_nothing(const Problem& problem, const Team& team) {
    return Game::trips(problem, team, wrong_of_cheats,
                       [](const Side&, const std::uint64_t&, std::uint64_t&) {});
}
Answer latency_without_partner(const Problem& problem, const Team& team) {
    return Game::trips(problem, team, wrong_of_cheats,
                       [](const Side&, const std::uint64_t& sent, std::uint64_t& got) { got = sent; });
}

// The honest exchange of both ways, and then what is wrong about it.
template <class Spoil>
Answer spoiled(const Problem& problem, const Team& team, const Spoil& spoil) {
    return Game::windows(
        problem, team, 1, wrong_of_cheats,
        [&](const Side& side, std::int64_t elements, const std::uint64_t* from, std::uint64_t* to) {
            const int count = mpi_count(static_cast<std::size_t>(window * elements));
            MPI_Sendrecv(from, count, MPI_UINT64_T, side.partner, 1, to, count, MPI_UINT64_T, side.partner, 1,
                         side.comm, MPI_STATUS_IGNORE);
            spoil(elements, to);
        });
}
Answer flips_a_bit(const Problem& problem, const Team& team) {
    return spoiled(problem, team,
                   [](std::int64_t elements, std::uint64_t* to) { to[3 * elements + 5] ^= 1U << 9; });
}
Answer swaps_two_messages(const Problem& problem, const Team& team) {
    return spoiled(problem, team, [](std::int64_t elements, std::uint64_t* to) {
        std::swap_ranges(to, to + elements, to + elements);
    });
}
Answer sends_nothing(const Problem& problem, const Team& team) {
    return Game::windows(problem, team, 1, wrong_of_cheats,
                         [](const Side&, std::int64_t, const std::uint64_t*, std::uint64_t*) {});
}
Answer calls_nobody(const Problem& problem, const Team& team) {
    return Game::together(
        problem, team, wrong_of_cheats, [](std::int64_t) {}, [](const std::uint64_t*, std::uint64_t*) {},
        [&](Answer& answer, std::int64_t number) {
            Game::look(answer, problem.receive.get(), problem.block(), key_of(0, 0, number));
        });
}

TEST(Pairs, WhatDoesNotArriveIsFoundOut) {
    if (world().size < 2) GTEST_SKIP() << "nobody to play with";
    const auto problem = ranks_in_pairs();
    const Experiment<Problem, Answer> experiment{
        .parameters = parameters(problem), .judge = judge, .describe = describe};
    expect_caught(problem, group, experiment, threads, "latency",
                  {{"sends nothing", latency_of_nothing}, {"talks to itself", latency_without_partner}});
    expect_caught(problem, group, experiment, threads, "both_ways",
                  {{"flips a bit", flips_a_bit},
                   {"swaps two messages", swaps_two_messages},
                   {"sends nothing", sends_nothing}});
    expect_caught(problem, group, experiment, threads, "alltoall", {{"calls nobody", calls_nobody}});
}

}  // namespace
}  // namespace pacer::overhead::pairs
