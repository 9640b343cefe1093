// CPU time quotas and memory limits, on made-up /proc and /sys.
#include "common/machine/cgroup.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace pacer {
namespace {

TEST(CpuQuota, TextsOfBothVersions) {
    EXPECT_EQ(quota_v2("150000 100000\n"), 1.5);
    EXPECT_EQ(quota_v2("max 100000\n"), 0);
    EXPECT_EQ(quota_v2(""), 0);
    EXPECT_EQ(quota_v1("200000\n", "50000\n"), 4);
    EXPECT_EQ(quota_v1("-1\n", "100000\n"), 0);
    EXPECT_EQ(quota_v1("200000\n", ""), 0);
}

// A made-up /proc and /sys.
class CgroupTree : public testing::Test {
  protected:
    CgroupTree() { std::filesystem::remove_all(root_); }
    ~CgroupTree() override { std::filesystem::remove_all(root_); }
    void write(const std::string& path, const std::string& text) const {
        std::filesystem::create_directories((root_ / path).parent_path());
        std::ofstream(root_ / path) << text;
    }
    const std::filesystem::path root_ =
        std::filesystem::temp_directory_path() / ("pacer-cgroup-" + std::to_string(getpid()));
};

TEST_F(CgroupTree, NothingToReadLimitsNothing) {
    EXPECT_EQ(cpu_quota(root_), 0);
    EXPECT_EQ(cgroup_memory_left(root_), std::nullopt);
}

TEST_F(CgroupTree, TheSmallestOnTheWayDownCounts) {
    write("proc/self/cgroup", "0::/slurm/job_5/step_0\n");
    write("proc/self/mountinfo",
          "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");
    write("sys/fs/cgroup/slurm/cpu.max", "800000 100000\n");
    write("sys/fs/cgroup/slurm/job_5/cpu.max", "250000 100000\n");
    write("sys/fs/cgroup/slurm/job_5/step_0/cpu.max", "max 100000\n");
    write("sys/fs/cgroup/slurm/job_6/cpu.max", "100000 100000\n");  // a neighbour's
    EXPECT_EQ(cpu_quota(root_), 2.5);
    write("proc/self/cgroup", "0::/../elsewhere\n");  // of a process moved out of what its container sees
    write("sys/fs/elsewhere/cpu.max", "50000 100000\n");
    EXPECT_EQ(cpu_quota(root_), 0);
}

TEST_F(CgroupTree, AContainerSeesItsOwnGroupAtTheMountPoint) {
    write("proc/self/cgroup", "5:cpu,cpuacct:/docker/1f\n1:name=systemd:/docker/1f\n");
    write("proc/self/mountinfo",
          "31 30 0:27 /docker/1f /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"
          "32 30 0:28 /docker/1f /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n");
    write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "300000\n");
    write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(cpu_quota(root_), 3);
    write("proc/self/cgroup", "5:cpu,cpuacct:/docker/1f/step\n");
    write("sys/fs/cgroup/cpu,cpuacct/step/cpu.cfs_quota_us", "120000\n");
    write("sys/fs/cgroup/cpu,cpuacct/step/cpu.cfs_period_us", "100000\n");
    EXPECT_EQ(cpu_quota(root_), 1.2);
    write("proc/self/cgroup", "5:cpu,cpuacct:/../elsewhere\n");
    EXPECT_EQ(cpu_quota(root_), 3);
}

TEST_F(CgroupTree, TheLeastMemoryLeftOnTheWayDownCounts) {
    write("proc/self/cgroup", "0::/slurm/job_5\n");
    write("proc/self/mountinfo",
          "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");
    write("sys/fs/cgroup/slurm/job_5/memory.max", "max\n");
    write("sys/fs/cgroup/slurm/job_5/memory.current", "4000\n");
    EXPECT_EQ(cgroup_memory_left(root_), std::nullopt);
    write("sys/fs/cgroup/slurm/memory.max", "10000\n");
    write("sys/fs/cgroup/slurm/memory.current", "9000\n");
    write("sys/fs/cgroup/slurm/memory.stat", "anon 5000\nfile 4000\ninactive_file 2500\nactive_file 1500\n");
    EXPECT_EQ(cgroup_memory_left(root_), 3500);
    write("sys/fs/cgroup/slurm/job_5/memory.max", "6000\n");
    EXPECT_EQ(cgroup_memory_left(root_), 2000);
    write("sys/fs/cgroup/slurm/job_5/memory.current", "7000\n");  // a limit lowered below what is in use
    EXPECT_EQ(cgroup_memory_left(root_), 0);
}

TEST_F(CgroupTree, AContainerSeesItsOwnMemoryLimitAtTheMountPoint) {
    write("proc/self/cgroup", "7:memory:/docker/1f\n5:cpu,cpuacct:/docker/1f\n");
    write("proc/self/mountinfo",
          "31 30 0:27 /docker/1f /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"
          "32 30 0:28 /docker/1f /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");  // how v1 says none
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", "5000\n");
    EXPECT_EQ(cgroup_memory_left(root_), std::nullopt);
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "8000\n");
    write("sys/fs/cgroup/memory/memory.stat", "inactive_file 7\ntotal_cache 900\ntotal_inactive_file 600\n");
    EXPECT_EQ(cgroup_memory_left(root_), 3600);
}

}  // namespace
}  // namespace pacer
