// Judging placements made by hand, as launchers make them.
#include "common/placement/placement.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/placement/host.hpp"
#include "tests/common/placement/placement_examples.hpp"

namespace pacer {
namespace {

std::string only_fault(const PlacementReport& report) {
    return report.faults.size() == 1 ? sentence(report.faults.front())
                                     : std::to_string(report.faults.size()) + " faults";
}

TEST(Placement, OneProcessThatMayUseEveryCoreIsRight) {
    const auto report = judge_placement({rank_on(0, cores(0, 7), 8, 8, 8)}, all_kinds, by(Launcher::none));
    EXPECT_TRUE(report.faults.empty());
    EXPECT_EQ(report.better_command, "");
}

TEST(Placement, NoRanksAreNoFault) {
    EXPECT_TRUE(judge_placement({}, all_kinds, mpirun).faults.empty());
}

TEST(Placement, AHybridRankBoundToOneCore) {
    const std::vector ranks{rank_on(0, {0}, 2, 1, 1), rank_on(1, {1}, 2, 1, 1)};
    const auto report = judge_placement(ranks, {Uses::both}, mpirun);
    EXPECT_EQ(
        only_fault(report),
        "Ranks 0-1 on vm: bound to 1 core a rank, so a hybrid variant has no second core there to run a "
        "thread on.");
    EXPECT_EQ(report.better_command, "mpirun -np 1 --bind-to none ./reduce");
    EXPECT_TRUE(judge_placement(ranks, {Uses::core, Uses::ranks}, mpirun).faults.empty());
}

TEST(Placement, AHybridRankWithFewerCoresThanThreads) {
    std::vector<RankPlacement> ranks;
    for (int rank = 0; rank < 4; ++rank) ranks.push_back(rank_on(rank, {rank}, 64, 1, 16));
    const auto report = judge_placement(ranks, {Uses::both}, mpirun);
    EXPECT_EQ(only_fault(report),
              "Ranks 0-3 on vm: bound to 1 core a rank, where the threads of a variant take turns.");
    EXPECT_EQ(report.better_command, "mpirun -np 4 --map-by slot:PE=16 --bind-to core ./reduce");
}

TEST(Placement, AHybridRankWithSomeCoresButMoreThreads) {
    const std::vector ranks{rank_on(0, {0, 1}, 16, 2, 8), rank_on(1, {2, 3}, 16, 2, 8)};
    EXPECT_EQ(only_fault(judge_placement(ranks, {Uses::both}, mpirun)),
              "Ranks 0-1 on vm: bound to 2 cores a rank, where the threads of a variant take turns.");
}

TEST(Placement, HybridRanksBoundToTheirPartsAreRight) {
    const std::vector ranks{rank_on(0, cores(0, 3), 8, 4, 4), rank_on(1, cores(4, 7), 8, 4, 4)};
    EXPECT_TRUE(judge_placement(ranks, {Uses::both, Uses::ranks}, mpirun).faults.empty());
}

TEST(Placement, OneThreadARankIsTheUsersWishIfGiven) {
    auto given = mpirun;
    given.threads_given = true;
    const std::vector ranks{rank_on(0, {0}, 2, 1, 1), rank_on(1, {1}, 2, 1, 1)};
    EXPECT_TRUE(judge_placement(ranks, all_kinds, given).faults.empty());
    EXPECT_EQ(judge_placement(ranks, all_kinds, mpirun).faults.size(), 2U);
}

TEST(Placement, MoreRanksThanCores) {
    std::vector<RankPlacement> ranks;
    for (int rank = 0; rank < 4; ++rank) ranks.push_back(rank_on(rank, {0, 1}, 2, 2, 1));
    const auto report = judge_placement(ranks, {Uses::ranks, Uses::both}, mpirun);  // said once for both
    EXPECT_EQ(only_fault(report),
              "4 ranks on vm compute at once, with 2 cores for this launch: they take turns, so the times "
              "include waiting.");
    EXPECT_EQ(judge_placement(ranks, {Uses::ranks}, mpirun).better_command, "mpirun -np 2 ./reduce");
    EXPECT_TRUE(
        judge_placement(ranks, {Uses::core, Uses::threads}, mpirun).faults.empty());  // the others sleep
}

TEST(Placement, MoreThreadsThanCores) {
    auto alone = by(Launcher::none);
    alone.threads_given = true;
    const auto report = judge_placement({rank_on(0, {0, 1}, 2, 8, 8)}, {Uses::threads}, alone);
    EXPECT_TRUE(
        contains(only_fault(report), "8 threads on vm compute at once, with 2 cores for this launch"));
    EXPECT_EQ(report.better_command, "OMP_NUM_THREADS=2 ./reduce");
}

TEST(Placement, MoreThreadsThanTheQuotaLets) {
    auto place = rank_on(0, cores(0, 7), 8, 8, 8);
    place.host_quota = 2.5;
    const auto fault = only_fault(judge_placement({place}, {Uses::threads}, mpirun));
    EXPECT_TRUE(contains(fault, "with the time of 2.5 cores for this launch (a cgroup quota)")) << fault;
    auto within = rank_on(0, cores(0, 7), 8, 3, 3);
    within.host_quota = 2.5;
    EXPECT_TRUE(judge_placement({within}, all_kinds, mpirun).faults.empty());
}

TEST(Placement, RanksOnOneCore) {
    const std::vector ranks{rank_on(0, {0}, 4, 1, 2), rank_on(1, {3}, 4, 1, 2), rank_on(2, {0}, 4, 1, 2)};
    const auto report = judge_placement(ranks, {Uses::ranks}, mpirun);
    EXPECT_EQ(only_fault(report), "Ranks 0,2 on vm have only 1 core between them, though others are free.");
    EXPECT_EQ(report.better_command, "mpirun -np 3 --bind-to core ./reduce");
    EXPECT_EQ(report.picture,
              "core of vm  0  3  2 more\n"
              "rank 0      X  .  .\n"
              "rank 1      .  X  .\n"
              "rank 2      X  .  .\n");
}

TEST(Placement, OverlappingSetsThatLeaveEveryThreadACoreAreRight) {
    // Only if ranks 0 and 1 leave core 0 to rank 2.
    const std::vector ranks{rank_on(0, {0, 1}, 3, 1, 1), rank_on(1, {0, 1, 2}, 3, 1, 1),
                            rank_on(2, {0}, 3, 1, 1)};
    EXPECT_TRUE(judge_placement(ranks, {Uses::ranks}, mpirun).faults.empty());
}

TEST(Placement, OverlappingSetsThatDoNot) {
    const std::vector ranks{rank_on(0, {0, 1}, 4, 1, 1), rank_on(1, {2, 3}, 4, 1, 1),
                            rank_on(2, {0, 1}, 4, 1, 1), rank_on(3, {0, 1}, 4, 1, 1)};
    EXPECT_EQ(only_fault(judge_placement(ranks, {Uses::ranks}, mpirun)),
              "Ranks 0,2-3 on vm have only 2 cores between them, though others are free.");
}

TEST(Placement, ThreadsThatOpenMpPutsOnTwoHardwareThreadsOfACore) {
    auto place = rank_on(0, {0, 1}, 2, 2, 2);
    place.cpus = {0, 1, 2, 3};  // CPUs 0 and 2 are core 0
    place.process_threads = {{0}, {0}};
    auto alone = by(Launcher::none);
    alone.threads_pinned = true;
    const auto report = judge_placement({place}, {Uses::threads}, alone);
    EXPECT_EQ(only_fault(report),
              "Threads 0-1 of rank 0 on vm have only 1 core between them: OMP_PROC_BIND, OMP_PLACES or a "
              "related variable put them there.");
    EXPECT_EQ(report.better_command, "OMP_PROC_BIND=false ./reduce");
}

TEST(Placement, UnboundRanksWhoseThreadsOpenMpPutsOnTheSameCores) {
    auto first = rank_on(0, cores(0, 3), 4, 4, 2), second = rank_on(1, cores(0, 3), 4, 4, 2);
    first.hybrid_threads = second.hybrid_threads = {{0}, {1}};
    const auto report = judge_placement({first, second}, {Uses::both}, mpirun);
    EXPECT_TRUE(contains(only_fault(report), "threads of ranks 0-1 on vm have only 1 core between"));
    EXPECT_EQ(report.better_command,
              "mpirun -np 2 --map-by slot:PE=2 --bind-to core -x OMP_PROC_BIND=false ./reduce");
    // Ranks alone are as badly off: OpenMP has bound the thread that computes.
    EXPECT_EQ(judge_placement({first, second}, {Uses::ranks}, mpirun).faults.size(), 1U);
}

TEST(Placement, RankZeroBoundToFewerCoresThanTheHostHas) {
    const std::vector ranks{rank_on(0, cores(0, 31), 64, 32, 32), rank_on(1, cores(32, 63), 64, 32, 32)};
    const auto report = judge_placement(ranks, all_kinds, mpirun);
    EXPECT_EQ(only_fault(report),
              "Rank 0 on vm with 64 cores: bound to 32 of them, an OpenMP variant leaves the others idle.");
    EXPECT_EQ(report.better_command, "mpirun -np 2 --bind-to none ./reduce");
    EXPECT_TRUE(contains(report.picture, "  0-31  32-63\n")) << report.picture;
}

TEST(Placement, HybridThreadsThatLeaveCoresIdle) {
    const std::vector ranks{rank_on(0, {0, 1}, 8, 2, 2), rank_on(1, {2, 3}, 8, 2, 2)};
    EXPECT_EQ(only_fault(judge_placement(ranks, {Uses::both}, mpirun)),
              "The threads of hybrid variants on vm with 8 cores reach 4 of them: the others stay idle.");
    const std::vector remainder{rank_on(0, {0, 1}, 5, 2, 2), rank_on(1, {2, 3}, 5, 2, 2)};
    EXPECT_TRUE(judge_placement(remainder, {Uses::both}, mpirun).faults.empty());
}

TEST(Placement, AScalingStudyLeavesCoresIdleOnPurpose) {
    EXPECT_TRUE(
        judge_placement({rank_on(0, {0}, 64, 1, 64)}, {Uses::core, Uses::ranks}, mpirun).faults.empty());
}

TEST(Placement, AJobsPartOfAHostIsAllThereIs) {
    const std::vector ranks{rank_on(0, cores(8, 11), 8, 4, 4), rank_on(1, cores(12, 15), 8, 4, 4)};
    EXPECT_TRUE(judge_placement(ranks, {Uses::ranks, Uses::both}, srun).faults.empty());
    const auto report = judge_placement(ranks, {Uses::threads}, srun);
    EXPECT_EQ(report.better_command, "srun --ntasks=2 --cpus-per-task=4 --cpu-bind=none ./reduce");
}

TEST(Placement, SrunCountsHardwareThreads) {
    std::vector ranks{rank_on(0, {0}, 8, 1, 4), rank_on(1, {1}, 8, 1, 4)};
    for (auto& rank : ranks) rank.host_cpus = 16;
    EXPECT_EQ(judge_placement(ranks, {Uses::both}, srun).better_command,
              "srun --ntasks=2 --cpus-per-task=8 --cpu-bind=cores ./reduce");
}

TEST(Placement, SeveralHosts) {
    const std::vector ranks{rank_on(0, {0}, 8, 1, 4, "a"), rank_on(1, {1}, 8, 1, 4, "a"),
                            rank_on(2, {0}, 8, 1, 4, "b"), rank_on(3, {1}, 8, 1, 4, "b")};
    EXPECT_TRUE(
        judge_placement(ranks, {Uses::ranks}, mpirun).faults.empty());  // core 0 of a is not core 0 of b
    const auto report = judge_placement(ranks, {Uses::both}, mpirun);
    EXPECT_EQ(
        only_fault(report),
        "Ranks 0-1 on a and on 1 more host: bound to 1 core a rank, where the threads of a variant take "
        "turns.");
    EXPECT_EQ(report.better_command, "mpirun -np 4 --map-by ppr:2:node:PE=4 --bind-to core ./reduce");
    EXPECT_EQ(judge_placement(ranks, {Uses::both}, srun).better_command,
              "srun --ntasks=4 --ntasks-per-node=2 --cpus-per-task=4 --cpu-bind=cores ./reduce");
    EXPECT_TRUE(contains(report.picture, "... 1 host more\n")) << report.picture;
}

TEST(Placement, OnlyOneOfTheHostsIsCrowded) {
    const std::vector ranks{rank_on(0, cores(0, 3), 4, 4, 1, "a"), rank_on(1, {0}, 1, 4, 1, "b"),
                            rank_on(2, {0}, 1, 4, 1, "b")};
    const auto report = judge_placement(ranks, {Uses::ranks}, mpirun);
    EXPECT_TRUE(contains(only_fault(report), "2 ranks on b compute at once, with 1 core for this launch"));
    EXPECT_EQ(report.better_command, "mpirun -np 2 --map-by ppr:1:node ./reduce");
}

TEST(Placement, RootAndOtherLibrariesGetACommandThatStarts) {
    auto root = mpirun;
    root.root = true;
    const std::vector ranks{rank_on(0, {0}, 2, 1, 2)};
    EXPECT_EQ(judge_placement(ranks, {Uses::both}, root).better_command,
              "mpirun --allow-run-as-root -np 1 --bind-to none ./reduce");
    root.mpi = Mpi::other;
    EXPECT_EQ(judge_placement(ranks, {Uses::both}, root).better_command, "mpirun -np 1 ./reduce");
    root.mpi = Mpi::mpich;
    root.mpirun = "mpiexec.mpich";
    EXPECT_EQ(judge_placement(ranks, {Uses::both}, root).better_command,
              "mpiexec.mpich -np 1 -bind-to none ./reduce");
    root.threads_pinned = true;
    EXPECT_EQ(judge_placement(ranks, {Uses::both}, root).better_command,
              "mpiexec.mpich -np 1 -bind-to none -genv OMP_PROC_BIND false ./reduce");
}

TEST(Placement, ManyRanksAreDrawnSmall) {
    std::vector<RankPlacement> ranks;
    for (int rank = 0; rank < 128; ++rank) ranks.push_back(rank_on(rank, {rank}, 128, 1, 1));
    const auto picture = judge_placement(ranks, {Uses::ranks}, mpirun).picture;
    EXPECT_LE(std::count(picture.begin(), picture.end(), '\n'), 20);
    for (std::size_t at = 0, end = 0; (end = picture.find('\n', at)) != std::string::npos; at = end + 1) {
        EXPECT_LE(end - at, 100U);
    }
}

TEST(Places, ShowEveryThread) {
    auto place = rank_on(3, {0, 1, 2}, 4, 1, 2);
    place.pid = 42;
    const auto rows = places({place});
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].rank, 3);
    EXPECT_EQ(rows[0].pid, 42);
    EXPECT_EQ(rows[0].cpus_allowed, "0-2");
    EXPECT_EQ(rows[0].threads, 2);
    EXPECT_EQ(rows[0].thread_cpus, "0-2;0-2");
}

TEST(SlurmCpus, OfEveryNode) {
    EXPECT_EQ(slurm_cpus("72(x2),36", 0), 72);
    EXPECT_EQ(slurm_cpus("72(x2),36", 1), 72);
    EXPECT_EQ(slurm_cpus("72(x2),36", 2), 36);
    EXPECT_EQ(slurm_cpus("72(x2),36", 3), 0);
    EXPECT_EQ(slurm_cpus("4", 0), 4);
    for (const char* nonsense : {"", "x", "4(x", "4(x2", "4(y2)", "-4", "4;5"})
        EXPECT_EQ(slurm_cpus(nonsense, 9), 0);
}

}  // namespace
}  // namespace pacer
