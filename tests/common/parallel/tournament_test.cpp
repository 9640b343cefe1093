// Who meets whom: everybody each other once, and what of that a sample leaves.
#include "common/parallel/tournament.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <set>
#include <utility>
#include <vector>

namespace pacer {
namespace {

using Pairs = std::multiset<std::pair<int, int>>;

// All that meet; who meets somebody is met by him.
Pairs pairs_of(const Tournament& tournament) {
    Pairs pairs;
    for (int round = 0; round < tournament.rounds(); ++round) {
        for (int player = 0; player < tournament.players(); ++player) {
            const int partner = tournament.partner(round, player);
            EXPECT_EQ(tournament.partner(round, partner), player) << round;
            if (player < partner) pairs.emplace(player, partner);
        }
    }
    return pairs;
}

TEST(Tournament, EachMeetsEachOtherOnce) {
    for (int players = 0; players <= Tournament::most_complete; ++players) {
        const Tournament tournament(players);
        EXPECT_EQ(tournament.rounds(), players < 2 ? 0 : players - 1 + players % 2);
        EXPECT_TRUE(tournament.is_complete());
        Pairs all;
        for (int a = 0; a < players; ++a) {
            for (int b = a + 1; b < players; ++b) all.emplace(a, b);
        }
        EXPECT_EQ(pairs_of(tournament), all) << players;
        EXPECT_EQ(tournament.pairs(), static_cast<std::int64_t>(all.size())) << players;
    }
}

TEST(Tournament, OneOfAnOddNumberPausesEachRound) {
    const Tournament tournament(7);
    for (int round = 0; round < tournament.rounds(); ++round) {
        int pauses = 0;
        for (int player = 0; player < 7; ++player) pauses += tournament.partner(round, player) == player;
        EXPECT_EQ(pauses, 1) << round;
    }
}

TEST(Tournament, OfManyPlayersASampleMeets) {
    for (const int players : {33, 64, 65, 100, 511, 512, 5000}) {
        const Tournament tournament(players);
        EXPECT_FALSE(tournament.is_complete());
        int halvings = 1;
        while (1 << halvings < players) ++halvings;
        EXPECT_EQ(tournament.rounds(), halvings + 1);
        const auto pairs = pairs_of(tournament);
        const std::set<std::pair<int, int>> once(pairs.begin(), pairs.end());
        EXPECT_EQ(once.size(), pairs.size()) << players;

        // By way of others all are joined: no part of the machine is compared with itself alone.
        std::vector<int> group(static_cast<std::size_t>(players));
        std::iota(group.begin(), group.end(), 0);
        const auto leader = [&](int player) {
            while (group[static_cast<std::size_t>(player)] != player)
                player = group[static_cast<std::size_t>(player)];
            return player;
        };
        int groups = players;
        for (const auto& [a, b] : once) {
            const int of_a = leader(a), of_b = leader(b);
            groups -= of_a != of_b;
            group[static_cast<std::size_t>(of_a)] = of_b;
        }
        EXPECT_EQ(groups, 1) << players;
    }
}

}  // namespace
}  // namespace pacer
