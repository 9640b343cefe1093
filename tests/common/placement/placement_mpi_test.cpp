// Gathering the placement of real ranks.
#include <gtest/gtest.h>
#include <omp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "common/machine/topology.hpp"
#include "common/placement/host.hpp"
#include "tests/support/mpi_world.hpp"

namespace pacer {
namespace {

// As where the user has not asked for a number of threads.
Threads decide() {
    unsetenv("OMP_NUM_THREADS");
    return decide_threads(world());
}

int own_affinity_count() {
    return static_cast<int>(allowed_cpus(0).size());
}

TEST(Placement, ThreadNumbersAreTheSameOnEveryRank) {
    const auto threads = decide();
    std::array<int, 2> least{threads.process, threads.hybrid}, most = least;
    MPI_Allreduce(MPI_IN_PLACE, least.data(), 2, MPI_INT, MPI_MIN, world().comm);
    MPI_Allreduce(MPI_IN_PLACE, most.data(), 2, MPI_INT, MPI_MAX, world().comm);
    EXPECT_EQ(least, most);
    EXPECT_GE(threads.process, 1);
    EXPECT_GE(threads.hybrid, 1);
    EXPECT_LE(threads.process, own_affinity_count());
    EXPECT_LE(threads.hybrid * world().size, std::max(world().size, machine().cores));
    EXPECT_FALSE(threads.from_environment);
}

TEST(Placement, TheUsersNumberOfThreadsIsTaken) {
    const int before = omp_get_max_threads();
    setenv("OMP_NUM_THREADS", "5", 1);  // as read at the program's start:
    omp_set_num_threads(5);
    const auto threads = decide_threads(world());
    omp_set_num_threads(before);
    EXPECT_EQ(threads.process, 5);
    EXPECT_EQ(threads.hybrid, 5);
    EXPECT_TRUE(threads.from_environment);
}

TEST(Placement, EveryRankIsThereAndPlausible) {
    const auto threads = decide();
    const auto ranks = gather_placement(world(), threads);
    ASSERT_EQ(ranks.size(), world().root() ? static_cast<std::size_t>(world().size) : 0U);
    for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
        const auto& place = ranks[rank];
        EXPECT_EQ(place.rank, static_cast<int>(rank));
        EXPECT_EQ(place.host, ranks[0].host);
        EXPECT_EQ(place.host_cores, ranks[0].host_cores);
        EXPECT_EQ(place.pid == getpid(), rank == 0);
        EXPECT_EQ(static_cast<int>(place.cpus.size()), own_affinity_count());
        EXPECT_GE(place.host_cores, static_cast<int>(place.cores.size()));
        EXPECT_EQ(place.process_threads.size(), rank == 0 ? static_cast<std::size_t>(threads.process) : 0U);
        ASSERT_EQ(place.hybrid_threads.size(), static_cast<std::size_t>(threads.hybrid));
        ASSERT_EQ(place.thread_cpus.size(), static_cast<std::size_t>(threads.hybrid));
        for (const auto& thread : place.hybrid_threads) {
            EXPECT_FALSE(thread.empty());
            EXPECT_TRUE(std::includes(place.cores.begin(), place.cores.end(), thread.begin(), thread.end()));
        }
        for (const auto& cpus : place.thread_cpus) EXPECT_EQ(cpus, place.cpus);
    }
}

TEST(Placement, OpenMpIsLeftAsItWas) {
    const int threads = omp_get_max_threads(), levels = omp_get_max_active_levels(),
              cpus = own_affinity_count();
    gather_placement(world(), {3, 2, false});
    EXPECT_EQ(omp_get_max_threads(), threads);
    EXPECT_EQ(omp_get_max_active_levels(), levels);
    EXPECT_EQ(own_affinity_count(), cpus);
}

TEST(Placement, TheThreadsOfTheVariantsAreTheOnesLookedAt) {
    const auto ranks = gather_placement(world(), {3, 2, false});
    if (!world().root()) return;
    EXPECT_EQ(ranks[0].process_threads.size(), 3U);
    for (const auto& rank : ranks) EXPECT_EQ(rank.hybrid_threads.size(), 2U);
}

TEST(Placement, TooManyRanksAreSeenAndOthersAreRight) {
    const auto ranks = gather_placement(world(), decide());
    if (!world().root()) return;
    const auto report = judge_placement(ranks, {Uses::core, Uses::ranks}, LaunchCommand());
    const double quota = ranks[0].host_quota;
    const double usable =
        quota > 0 ? std::min<double>(ranks[0].host_cores, std::ceil(quota)) : ranks[0].host_cores;
    EXPECT_EQ(report.faults.empty(), world().size <= usable);
}

TEST(LaunchCommand, IsWhatWasTypedQuotedForTheShell) {
    unsetenv("OMP_NUM_THREADS");
    std::string program = "./reduce", option = "--label", value = "it's mine";
    std::array<char*, 3> words{program.data(), option.data(), value.data()};
    const auto command = launch_command(3, words.data());
    EXPECT_EQ(command.program, "./reduce --label 'it'\\''s mine'");
    EXPECT_EQ(command.root, geteuid() == 0);
    EXPECT_FALSE(command.threads_given);
}

}  // namespace
}  // namespace pacer
