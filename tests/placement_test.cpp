// Judging placements made by hand, as launchers make them.
#include "common/placement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <regex>

#include "common/cgroup.hpp"
#include "common/placement_machine.hpp"

namespace pacer {
namespace {

using Cores = std::vector<int>;

Cores cores(int first, int last) {
    Cores numbers(static_cast<std::size_t>(last - first + 1));
    std::iota(numbers.begin(), numbers.end(), first);
    return numbers;
}

// A rank that may use these cores and starts this many threads, all free to run on any of them.
RankPlacement rank_on(int rank, const Cores& its, int host_cores, int process, int hybrid,
                      const std::string& host = "vm") {
    RankPlacement place;
    place.rank = rank;
    place.host = host;
    place.cpus = place.cores = its;
    place.host_cores = place.host_cpus = host_cores;
    if (rank == 0) place.process_threads.assign(static_cast<std::size_t>(process), its);
    place.hybrid_threads.assign(static_cast<std::size_t>(hybrid), its);
    place.thread_cpus = place.hybrid_threads;
    return place;
}

LaunchCommand by(Launcher launcher) {
    LaunchCommand command;
    command.launcher = launcher;
    command.program = "./reduce";
    return command;
}

const LaunchCommand mpirun = by(Launcher::mpirun);
const LaunchCommand srun = by(Launcher::srun);
const std::vector<Uses> all_kinds{Uses::core, Uses::threads, Uses::ranks, Uses::both};

std::string only_fault(const PlacementReport& report) {
    return report.faults.size() == 1 ? report.faults.front()
                                     : std::to_string(report.faults.size()) + " faults";
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(Placement, OneProcessThatMayUseEveryCoreIsRight) {
    const auto report = judge_placement({rank_on(0, cores(0, 7), 8, 8, 8)}, all_kinds, by(Launcher::none));
    EXPECT_TRUE(report.faults.empty());
    EXPECT_EQ(report.mend, "");
}

TEST(Placement, NoRanksAreNoFault) {
    EXPECT_TRUE(judge_placement({}, all_kinds, mpirun).faults.empty());
}

TEST(Placement, AHybridRankBoundToOneCore) {
    const std::vector ranks{rank_on(0, {0}, 2, 1, 1), rank_on(1, {1}, 2, 1, 1)};
    const auto report = judge_placement(ranks, {Uses::both}, mpirun);
    EXPECT_EQ(only_fault(report),
              "Ranks 0-1 on vm are bound to 1 core each: a hybrid variant has no second core there to run a "
              "thread on.");
    EXPECT_EQ(report.mend, "mpirun -np 1 --bind-to none ./reduce");
    EXPECT_TRUE(judge_placement(ranks, {Uses::core, Uses::ranks}, mpirun).faults.empty());
}

TEST(Placement, AHybridRankWithFewerCoresThanThreads) {
    std::vector<RankPlacement> ranks;
    for (int rank = 0; rank < 4; ++rank) ranks.push_back(rank_on(rank, {rank}, 64, 1, 16));
    const auto report = judge_placement(ranks, {Uses::both}, mpirun);
    EXPECT_EQ(
        only_fault(report),
        "Ranks 0-3 on vm are bound to 1 core each, where the 16 threads of a hybrid variant take turns.");
    EXPECT_EQ(report.mend, "mpirun -np 4 --map-by slot:PE=16 --bind-to core ./reduce");
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
    EXPECT_EQ(
        only_fault(report),
        "4 ranks compute at once on vm, which has 2 cores for this launch: they take turns, and what is "
        "timed is also waiting.");
    EXPECT_EQ(judge_placement(ranks, {Uses::ranks}, mpirun).mend, "mpirun -np 2 ./reduce");
    EXPECT_TRUE(
        judge_placement(ranks, {Uses::core, Uses::threads}, mpirun).faults.empty());  // the others sleep
}

TEST(Placement, MoreThreadsThanCores) {
    auto alone = by(Launcher::none);
    alone.threads_given = true;
    const auto report = judge_placement({rank_on(0, {0, 1}, 2, 8, 8)}, {Uses::threads}, alone);
    EXPECT_TRUE(contains(only_fault(report), "8 threads compute at once on vm, which has 2 cores"));
    EXPECT_EQ(report.mend, "OMP_NUM_THREADS=2 ./reduce");
}

TEST(Placement, MoreThreadsThanTheQuotaLets) {
    auto place = rank_on(0, cores(0, 7), 8, 8, 8);
    place.host_quota = 2.5;
    const auto fault = only_fault(judge_placement({place}, {Uses::threads}, mpirun));
    EXPECT_TRUE(contains(fault, "grants this launch the time of 2.5 of its 8 cores (a cgroup quota)"))
        << fault;
    auto within = rank_on(0, cores(0, 7), 8, 3, 3);
    within.host_quota = 2.5;
    EXPECT_TRUE(judge_placement({within}, all_kinds, mpirun).faults.empty());
}

TEST(Placement, RanksOnOneCore) {
    const std::vector ranks{rank_on(0, {0}, 4, 1, 2), rank_on(1, {3}, 4, 1, 2), rank_on(2, {0}, 4, 1, 2)};
    const auto report = judge_placement(ranks, {Uses::ranks}, mpirun);
    EXPECT_EQ(only_fault(report), "Ranks 0,2 on vm have only core 0 between them, though others are free.");
    EXPECT_EQ(report.mend, "mpirun -np 3 --bind-to core ./reduce");
    EXPECT_EQ(report.picture,
              "core of vm  0  3  2 more\n"
              "rank 0      X  .  .\n"
              "rank 1      .  X  .\n"
              "rank 2      X  .  .\n");
}

TEST(Placement, OverlappingSetsThatLeaveEveryThreadACoreAreRight) {
    const std::vector ranks{rank_on(0, {0, 1}, 3, 1, 1), rank_on(1, {0, 1}, 3, 1, 1),
                            rank_on(2, {1, 2}, 3, 1, 1)};
    EXPECT_TRUE(judge_placement(ranks, {Uses::ranks}, mpirun).faults.empty());
}

TEST(Placement, OverlappingSetsThatDoNot) {
    const std::vector ranks{rank_on(0, {0, 1}, 4, 1, 1), rank_on(1, {2, 3}, 4, 1, 1),
                            rank_on(2, {0, 1}, 4, 1, 1), rank_on(3, {0, 1}, 4, 1, 1)};
    EXPECT_EQ(only_fault(judge_placement(ranks, {Uses::ranks}, mpirun)),
              "Ranks 0,2-3 on vm have only cores 0-1 between them, though others are free.");
}

TEST(Placement, ThreadsThatOpenMpPutsOnTwoHardwareThreadsOfACore) {
    auto place = rank_on(0, {0, 1}, 2, 2, 2);
    place.cpus = {0, 1, 2, 3};  // CPUs 0 and 2 are core 0
    place.process_threads = {{0}, {0}};
    auto alone = by(Launcher::none);
    alone.threads_pinned = true;
    const auto report = judge_placement({place}, {Uses::threads}, alone);
    EXPECT_EQ(
        only_fault(report),
        "Threads 0-1 of rank 0 on vm have only core 0 between them: OMP_PROC_BIND, OMP_PLACES or one of "
        "their kin put them there.");
    EXPECT_EQ(report.mend, "OMP_PROC_BIND=false ./reduce");
}

TEST(Placement, UnboundRanksWhoseThreadsOpenMpPutsOnTheSameCores) {
    auto first = rank_on(0, cores(0, 3), 4, 4, 2), second = rank_on(1, cores(0, 3), 4, 4, 2);
    first.hybrid_threads = second.hybrid_threads = {{0}, {1}};
    const auto report = judge_placement({first, second}, {Uses::both}, mpirun);
    EXPECT_TRUE(contains(only_fault(report), "threads of ranks 0-1 on vm have only core"));
    EXPECT_EQ(report.mend, "mpirun -np 2 --map-by slot:PE=2 --bind-to core -x OMP_PROC_BIND=false ./reduce");
    // Ranks alone are as badly off: OpenMP has bound the thread that computes.
    EXPECT_EQ(judge_placement({first, second}, {Uses::ranks}, mpirun).faults.size(), 1U);
}

TEST(Placement, RankZeroBoundToFewerCoresThanTheHostHas) {
    const std::vector ranks{rank_on(0, cores(0, 31), 64, 32, 32), rank_on(1, cores(32, 63), 64, 32, 32)};
    const auto report = judge_placement(ranks, all_kinds, mpirun);
    EXPECT_EQ(only_fault(report),
              "Rank 0 is bound to 32 of the 64 cores on vm: an OpenMP variant leaves the others idle.");
    EXPECT_EQ(report.mend, "mpirun -np 2 --bind-to none ./reduce");
    EXPECT_TRUE(contains(report.picture, "  0-31  32-63\n")) << report.picture;
}

TEST(Placement, HybridThreadsThatLeaveCoresIdle) {
    const std::vector ranks{rank_on(0, {0, 1}, 8, 2, 2), rank_on(1, {2, 3}, 8, 2, 2)};
    EXPECT_EQ(only_fault(judge_placement(ranks, {Uses::both}, mpirun)),
              "The threads of hybrid variants reach 4 of the 8 cores on vm: the others stay idle.");
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
    EXPECT_EQ(report.mend, "srun --ntasks=2 --cpus-per-task=4 --cpu-bind=none ./reduce");
}

TEST(Placement, SrunCountsHardwareThreads) {
    std::vector ranks{rank_on(0, {0}, 8, 1, 4), rank_on(1, {1}, 8, 1, 4)};
    for (auto& rank : ranks) rank.host_cpus = 16;
    EXPECT_EQ(judge_placement(ranks, {Uses::both}, srun).mend,
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
        "Ranks 0-1 on a are bound to 1 core each, where the 4 threads of a hybrid variant take turns. 1 more "
        "host is alike.");
    EXPECT_EQ(report.mend, "mpirun -np 4 --map-by ppr:2:node:PE=4 --bind-to core ./reduce");
    EXPECT_EQ(judge_placement(ranks, {Uses::both}, srun).mend,
              "srun --ntasks=4 --ntasks-per-node=2 --cpus-per-task=4 --cpu-bind=cores ./reduce");
    EXPECT_TRUE(contains(report.picture, "... 1 host more\n")) << report.picture;
}

TEST(Placement, OnlyOneOfTheHostsIsCrowded) {
    const std::vector ranks{rank_on(0, cores(0, 3), 4, 4, 1, "a"), rank_on(1, {0}, 1, 4, 1, "b"),
                            rank_on(2, {0}, 1, 4, 1, "b")};
    const auto report = judge_placement(ranks, {Uses::ranks}, mpirun);
    EXPECT_TRUE(contains(only_fault(report), "2 ranks compute at once on b, which has 1 core "));
    EXPECT_EQ(report.mend, "mpirun -np 2 --map-by ppr:1:node ./reduce");
}

TEST(Placement, RootAndOtherLibrariesGetACommandThatStarts) {
    auto root = mpirun;
    root.root = true;
    const std::vector ranks{rank_on(0, {0}, 2, 1, 2)};
    EXPECT_EQ(judge_placement(ranks, {Uses::both}, root).mend,
              "mpirun --allow-run-as-root -np 1 --bind-to none ./reduce");
    root.open_mpi = false;
    EXPECT_EQ(judge_placement(ranks, {Uses::both}, root).mend, "mpirun -np 1 ./reduce");
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

// What a launcher does with the options of a mended command: Open MPI's default binds one or two ranks to a
// core each, and more to a socket.
std::vector<RankPlacement> launched(const std::string& command, int host_cores, bool given, int threads) {
    std::smatch match;
    const auto number = [&](const char* pattern, int otherwise) {
        return std::regex_search(command, match, std::regex(pattern)) ? std::stoi(match[1]) : otherwise;
    };
    const int np = number("-np (\\d+)", 1), pe = number("PE=(\\d+)", 1);
    const bool none = contains(command, "--bind-to none") || !contains(command, "mpirun");
    const bool core = contains(command, "--bind-to core") || (!none && np <= 2);
    threads = number("OMP_NUM_THREADS=(\\d+)", threads);
    std::vector<RankPlacement> ranks;
    for (int rank = 0; rank < np; ++rank) {
        const auto its = core ? cores(rank * pe, rank * pe + pe - 1) : cores(0, host_cores - 1);
        const int process = given ? threads : static_cast<int>(its.size());
        ranks.push_back(
            rank_on(rank, its, host_cores, process, given ? threads : std::max(1, host_cores / np)));
    }
    return ranks;
}

TEST(Placement, EveryMendedCommandIsRight) {
    int mended = 0;
    for (const int host_cores : {1, 2, 3, 4, 7, 16}) {
        for (const int np : {1, 2, 3, 5, 8, 17}) {
            for (unsigned kinds = 1; kinds < 16; ++kinds) {
                std::vector<Uses> uses;
                for (unsigned kind = 0; kind < 4; ++kind) {
                    if ((kinds >> kind & 1U) != 0) uses.push_back(all_kinds[kind]);
                }
                for (const int threads : {0, 1, 2, 5, 100}) {  // 0: not given
                    for (const char* options :
                         {"", "--bind-to none", "--bind-to core", "PE=2 --bind-to core"}) {
                        auto command = mpirun;
                        command.threads_given = threads > 0;
                        const auto typed = "mpirun -np " + std::to_string(np) + " " + options;
                        const auto launch = launched(typed, host_cores, threads > 0, threads);
                        const auto before = judge_placement(launch, uses, command);
                        EXPECT_EQ(before.mend.empty(), before.faults.empty());
                        if (before.mend.empty()) continue;
                        ++mended;
                        const auto after = judge_placement(
                            launched(before.mend, host_cores, threads > 0, threads), uses, command);
                        ASSERT_TRUE(after.faults.empty())
                            << host_cores << " cores, kinds " << kinds << ", OMP_NUM_THREADS " << threads
                            << ": " << typed << "\n"
                            << before.faults.front() << "\n"
                            << before.mend << "\n"
                            << after.faults.front();
                    }
                }
            }
        }
    }
    EXPECT_GT(mended, 1000);
}

TEST(RangeList, ThereAndBack) {
    EXPECT_EQ(range_list({0, 1, 2, 3, 8}), "0-3,8");
    EXPECT_EQ(range_list({}), "");
    EXPECT_EQ(range_list({5}), "5");
    EXPECT_EQ(numbers_in("0-3,8"), (Cores{0, 1, 2, 3, 8}));
    EXPECT_EQ(numbers_in("0-3,8\n"), (Cores{0, 1, 2, 3, 8}));
    EXPECT_TRUE(numbers_in("").empty());
    EXPECT_TRUE(numbers_in("x").empty());
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

TEST(CpuQuota, TextsOfBothVersions) {
    EXPECT_EQ(quota_v2("150000 100000\n"), 1.5);
    EXPECT_EQ(quota_v2("max 100000\n"), 0);
    EXPECT_EQ(quota_v2(""), 0);
    EXPECT_EQ(quota_v1("200000\n", "50000\n"), 4);
    EXPECT_EQ(quota_v1("-1\n", "100000\n"), 0);
    EXPECT_EQ(quota_v1("200000\n", ""), 0);
}

// A made-up /proc and /sys.
class CpuQuotaTree : public testing::Test {
  protected:
    CpuQuotaTree() { std::filesystem::remove_all(root_); }
    ~CpuQuotaTree() override { std::filesystem::remove_all(root_); }
    void write(const std::string& path, const std::string& text) const {
        std::filesystem::create_directories((root_ / path).parent_path());
        std::ofstream(root_ / path) << text;
    }
    const std::filesystem::path root_ =
        std::filesystem::temp_directory_path() / ("pacer-cgroup-" + std::to_string(getpid()));
};

TEST_F(CpuQuotaTree, NothingToReadLimitsNothing) {
    EXPECT_EQ(cpu_quota(root_), 0);
}

TEST_F(CpuQuotaTree, TheSmallestOnTheWayDownCounts) {
    write("proc/self/cgroup", "0::/slurm/job_5/step_0\n");
    write("proc/self/mountinfo",
          "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");
    write("sys/fs/cgroup/slurm/cpu.max", "800000 100000\n");
    write("sys/fs/cgroup/slurm/job_5/cpu.max", "250000 100000\n");
    write("sys/fs/cgroup/slurm/job_5/step_0/cpu.max", "max 100000\n");
    write("sys/fs/cgroup/slurm/job_6/cpu.max", "100000 100000\n");  // a neighbour's
    EXPECT_EQ(cpu_quota(root_), 2.5);
}

TEST_F(CpuQuotaTree, AContainerSeesItsOwnGroupAtTheMountPoint) {
    write("proc/self/cgroup", "5:cpu,cpuacct:/docker/1f\n1:name=systemd:/docker/1f\n");
    write("proc/self/mountinfo",
          "31 30 0:27 /docker/1f /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"
          "32 30 0:28 /docker/1f /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n");
    write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "300000\n");
    write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(cpu_quota(root_), 3);
}

}  // namespace
}  // namespace pacer
