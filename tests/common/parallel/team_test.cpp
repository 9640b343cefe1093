// Teams of real ranks.
#include "common/parallel/team.hpp"

#include <gtest/gtest.h>

#include "tests/support/mpi_world.hpp"

namespace pacer {
namespace {

TEST(Team, OfOneHasItsOwnNode) {
    const auto team = team_of_one(3);
    EXPECT_TRUE(team.root());
    EXPECT_EQ(team.size, 1);
    EXPECT_EQ(team.threads, 3);
    EXPECT_EQ(team.node_rank, 0);
    EXPECT_EQ(team.node_size, 1);
    EXPECT_EQ(team.nodes, 1);
}

TEST(Team, OfTheLaunchIsOnOneNodeHere) {
    EXPECT_EQ(world().node_rank, world().rank);
    EXPECT_EQ(world().node_size, world().size);
    EXPECT_EQ(world().nodes, 1);
}

TEST(Team, OfSomeRanksCountsThemAlone) {
    MPI_Comm some = MPI_COMM_NULL;  // the even ranks and the odd ones, the last first
    MPI_Comm_split(world().comm, world().rank % 2, -world().rank, &some);
    auto team = make_team(some);
    const int size = (world().size + 1 - world().rank % 2) / 2;
    EXPECT_EQ(team.size, size);
    EXPECT_EQ(team.rank, size - 1 - world().rank / 2);
    EXPECT_EQ(team.node_size, size);
    EXPECT_EQ(team.node_rank, team.rank);
    EXPECT_EQ(team.nodes, 1);
    MPI_Comm_free(&team.node);
    MPI_Comm_free(&team.comm);
}

}  // namespace
}  // namespace pacer
