// CPU time quotas, on made-up /proc and /sys.
#include "common/cgroup.hpp"

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
    write("proc/self/cgroup", "0::/../elsewhere\n");  // of a process moved out of what its container sees
    write("sys/fs/elsewhere/cpu.max", "50000 100000\n");
    EXPECT_EQ(cpu_quota(root_), 0);
}

TEST_F(CpuQuotaTree, AContainerSeesItsOwnGroupAtTheMountPoint) {
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

}  // namespace
}  // namespace pacer
