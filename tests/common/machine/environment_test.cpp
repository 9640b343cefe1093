// Environment: the kernel's texts as written by hand, and what is told of the environment.
#include "common/machine/environment.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/base/build_info.hpp"
#include "common/machine/environment_parse.hpp"
#include "common/machine/host_facts.hpp"
#include "common/machine/mpi_facts.hpp"
#include "common/machine/site_facts.hpp"
#include "common/machine/system_facts.hpp"

namespace pacer {
namespace {

namespace fs = std::filesystem;

// Variables by which a container shows itself, whatever the files say.
void forget_container() {
    for (const char* variable : {"container", "APPTAINER_CONTAINER"}) unsetenv(variable);
}

// A folder of this test's own, gone afterwards.
class Folder {
  public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "pacer-context-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { fs::remove_all(path_); }
    const fs::path& path() const { return path_; }
    void write(const fs::path& file, const std::string& text) const {
        fs::create_directories((path_ / file).parent_path());
        std::ofstream(path_ / file) << text;
    }

  private:
    fs::path path_;
};

// Whether the text has the letters of the form, a decimal digit for every 0 and a hexadecimal one for every
// f.
bool has_form(std::string_view text, std::string_view form) {
    return std::equal(text.begin(), text.end(), form.begin(), form.end(), [](char letter, char expected) {
        if (expected == '0') return letter >= '0' && letter <= '9';
        if (expected == 'f') return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
        return letter == expected;
    });
}

std::string whole_text(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

// The output of a command without its last newline; empty if it fails.
std::string output_of(const std::string& command) {
    FILE* pipe = popen((command + " 2>/dev/null").c_str(), "r");
    if (pipe == nullptr) return "";
    std::string text;
    std::array<char, 256> piece{};
    while (std::fgets(piece.data(), piece.size(), pipe) != nullptr) text += piece.data();
    if (pclose(pipe) != 0) return "";
    return text.substr(0, text.find_last_not_of('\n') + 1);
}

TEST(Parse, CpuModel) {
    EXPECT_EQ(
        cpu_model_in(
            "processor\t: 0\nvendor_id\t: X\ncpu family\t: 26\nmodel\t\t: 2\nmodel name\t: AMD EPYC 9965\n"
            "stepping\t: 1\n\nprocessor\t: 1\nmodel name\t: another\n"),
        "AMD EPYC 9965");
    EXPECT_EQ(cpu_model_in("processor\t: 0\ncpu\t\t: POWER9, altivec supported\n"),
              "POWER9, altivec supported");
    EXPECT_EQ(cpu_model_in("processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n"), "unknown");
    EXPECT_EQ(cpu_model_in(""), "unknown");
}

TEST(Parse, Memory) {
    EXPECT_EQ(memory_bytes_in("MemTotal:       24684084 kB\nMemFree: 1 kB\n"), 24684084LL * 1024);
    EXPECT_EQ(memory_bytes_in("MemFree: 1 kB\n"), std::nullopt);
    EXPECT_EQ(memory_bytes_in("MemTotal: x kB\n"), std::nullopt);
    EXPECT_EQ(memory_bytes_in("MemTotal: 3 furlongs\n"), std::nullopt);
}

TEST(Parse, ChosenInBrackets) {
    EXPECT_EQ(bracketed_in("always [madvise] never\n"), "madvise");
    EXPECT_EQ(bracketed_in("always madvise never\n"), "unknown");
    EXPECT_EQ(bracketed_in("] always [never"), "unknown");
}

TEST(Parse, ClockRates) {
    EXPECT_EQ(cpu_mhz_in("cpu MHz\t\t: 1800.5\nflags\t: fpu\n\ncpu MHz\t\t: 3000\ncpu MHz\t: 2400.0"), 3000);
    EXPECT_EQ(cpu_mhz_in("cpu MHz\t\t: unknown\nBogoMIPS\t: 50.00\n"), std::nullopt);
    EXPECT_EQ(cpu_mhz_in(""), std::nullopt);
}

TEST(Parse, CpuTimes) {
    const auto times = cpu_times_in("cpu  1000 200 300 5000 50 10 20 400 900 0\ncpu0 1 2 3 4\n", 100);
    EXPECT_DOUBLE_EQ(times.busy_seconds, 15.3);
    EXPECT_DOUBLE_EQ(times.idle_seconds, 50.5);
    EXPECT_DOUBLE_EQ(times.steal_seconds, 4);
    EXPECT_EQ(cpu_times_in("", 100).busy_seconds, 0);
    EXPECT_EQ(cpu_times_in("cpu  1 2 3 4\n", 0).busy_seconds, 0);
    EXPECT_DOUBLE_EQ(cpu_times_in("cpu  1 2 3 4\n", 1).idle_seconds, 4);
}

TEST(Parse, HostsInTheOrderOfTheirRanks) {
    EXPECT_EQ(host_list({"b", "b", "a", "b"}), "b:3,a:1");
    EXPECT_EQ(host_list({}), "");
}

TEST(Parse, OpenMpVersion) {
    EXPECT_EQ(openmp_version(201511), "4.5 (201511)");
    EXPECT_EQ(openmp_version(209901), "209901");
}

TEST(Parse, Microcode) {
    EXPECT_EQ(microcode_in("processor\t: 0\nmicrocode\t: 0xa0011d1\n\nmicrocode\t: 0x1\n"), "0xa0011d1");
    EXPECT_EQ(microcode_in("processor : 0\n"), "");
}

TEST(Parse, KernelParametersWithoutPlacesAndSecrets) {
    EXPECT_EQ(kernel_parameters("BOOT_IMAGE=/vmlinuz-6.1 root=UUID=1-2 ro rootwait mitigations=off quiet  "
                                "ip=dhcp ipv6.disable=1 rd.luks.uuid=3 luks_password=x wwinit.uri=http://a/b "
                                "-- single\n"),
              "ro rootwait mitigations=off quiet ipv6.disable=1");
    EXPECT_EQ(kernel_parameters(""), "");
}

TEST(Parse, TheMountOfAFolder) {
    const std::string mounts =
        "/dev/sda1 / ext4 rw,relatime 0 0\n"
        "systemd-1 /home autofs rw,fd=29 0 0\n"
        "nas:/vol/home /home nfs4 rw,vers=4.2,clientaddr=10.0.0.7,secret=x,rsize=1048576 0 0\n"
        "mds1@o2ib:/s /scratch\\040of\\040us lustre rw,flock 0 0\n"
        "overlay /o overlay rw,lowerdir=/a:/b,upperdir=/c,workdir=/d,index=off 0 0\n"
        "broken\n";
    EXPECT_EQ(mount_in(mounts, "/home/me"), "nas:/vol/home on /home type nfs4 (rw,vers=4.2,rsize=1048576)");
    EXPECT_EQ(mount_in(mounts, "/homes"), "/dev/sda1 on / type ext4 (rw,relatime)");
    EXPECT_EQ(mount_in(mounts, "/scratch of us"), "mds1@o2ib:/s on /scratch of us type lustre (rw,flock)");
    EXPECT_EQ(mount_in(mounts, "/o/x"), "overlay on /o type overlay (rw,index=off)");
    EXPECT_EQ(mount_in("", "/"), "");
}

TEST(Parse, WhatMpiCommunicatesBy) {
    const std::string maps =
        "7f00-7f01 r--p 00000000 fe:00 1  /usr/lib/openmpi/mca_btl_vader.so\n"
        "7f01-7f02 r-xp 00001000 fe:00 1  /usr/lib/openmpi/mca_btl_vader.so\n"
        "7f02-7f03 r-xp 00000000 fe:00 2  /usr/lib/openmpi/mca_btl_self.so\n"
        "7f03-7f04 r-xp 00000000 fe:00 3  /usr/lib/openmpi/mca_pml_ob1.so\n"
        "7f04-7f05 r-xp 00000000 fe:00 4  /usr/lib/openmpi/mca_coll_tuned.so\n"
        "7f05-7f06 r-xp 00000000 fe:00 5  /usr/lib/libucp.so.0.0.0\n"
        "7f06-7f07 rw-p 00000000 00:00 0\n";
    EXPECT_EQ(components_in(maps), "pml ob1; btl self,vader");
    EXPECT_EQ(components_in(""), "");
    EXPECT_EQ(library_in(maps, "libucp"), "/usr/lib/libucp.so.0.0.0");
    EXPECT_EQ(library_in(maps, "libuc"), "");
    EXPECT_EQ(device_in("MPICH Version: 4.0.2\nMPICH Device: ch4:ofi\nMPICH configure: x\n"), "ch4:ofi");
    EXPECT_EQ(device_in("Open MPI v4.1.4"), "");
}

TEST(Parse, FactsOfTheSite) {
    std::string wrong;
    const Facts good{{"site_bmc", "2.11"}, {"site_image", "a = b"}, {"site_empty", ""}};
    EXPECT_EQ(site_facts_in("bmc=2.11\r\n\nimage=a = b\nempty=\n", wrong), good);
    EXPECT_EQ(wrong, "");
    EXPECT_EQ(site_facts_in("", wrong), Facts());
    EXPECT_EQ(wrong, "");
    for (const auto& bad :
         {std::string("=1"), std::string("no sign"), std::string("Name=1"), std::string("a b=1"),
          std::string("bmc=2.12"), std::string("bell=\a"), "long=" + std::string(1001, 'x')}) {
        wrong.clear();
        EXPECT_EQ(site_facts_in("bmc=2.11\n" + bad + "\nlast=1\n", wrong),
                  (Facts{{"site_bmc", "2.11"}, {"site_last", "1"}}));
        EXPECT_TRUE(wrong.starts_with("line 2 is not NAME=value")) << wrong;
    }
}

TEST(Environment, WhatTheUserChose) {
    const std::vector<std::string> chosen{"GOMP_CPU_AFFINITY=0-3",
                                          "LD_PRELOAD=/lib/x.so",
                                          "OMPI_MCA_btl=self,tcp",
                                          "OMPI_MCA_hwloc_base_binding_policy=none",
                                          "OMP_NUM_THREADS=4",
                                          "SLURM_JOB_ID=7",
                                          "UCX_TLS=rc"};
    auto shuffled = chosen;
    std::reverse(shuffled.begin(), shuffled.end());
    EXPECT_EQ(telling_settings(shuffled), chosen);
}

TEST(Environment, NothingElse) {
    const std::vector<std::string> others{"HOME=/home/me",
                                          "PATH=/bin",
                                          "AWS_SECRET_ACCESS_KEY=x",
                                          "SLURM_JOB_USER=me",
                                          "SLURM_SRUN_COMM_HOST=10.0.0.1",
                                          "OMPI_MCA_orte_hnp_uri=1;tcp://10.0.0.1:5",
                                          "OMPI_MCA_orte_precondition_transports=0123-4567",
                                          "OMPI_MCA_ess_base_jobid=3",
                                          "OMPI_MCA_initial_wdir=/",
                                          "PMIX_SERVER_URI41=x",
                                          "PMI_FD=5",
                                          "MY_OMP_X=1",
                                          "OMPI_COMM_WORLD_RANK=0",
                                          "OMP_API_TOKEN=x",
                                          "UCX_AUTH_KEY=x",
                                          "I_MPI_HYDRA_HOST=x",
                                          "OMP",
                                          "",
                                          "="};
    EXPECT_EQ(telling_settings(others), std::vector<std::string>());
}

TEST(HostFacts, OfAMadeUpHost) {
    forget_container();
    const Folder host;
    host.write("proc/cpuinfo", "model name : Abacus 3000\n");
    host.write("proc/meminfo", "MemTotal: 1024 kB\n");
    host.write("proc/self/cgroup", "0::/user.slice\n");
    const auto machine = read_topology("l2:2(size=1MiB) l1:1(size=32KiB) core:1 pu:2");
    host.write("sys/devices/system/node/online", "0-1\n");
    host.write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n");
    host.write("sys/devices/system/cpu/intel_pstate/no_turbo", "0\n");
    const Facts expected{{"cpu_model", "Abacus 3000"},
                         {"cores", std::int64_t{2}},
                         {"hardware_threads", std::int64_t{4}},
                         {"l1d_bytes", std::int64_t{32768}},
                         {"l2_bytes", std::int64_t{1048576}},
                         {"memory_bytes", std::int64_t{1048576}},
                         {"numa_nodes", std::int64_t{2}},
                         {"governor", "performance"},
                         {"boost", "on"},
                         {"transparent_huge_pages", "unknown"},
                         {"container", "no"}};
    EXPECT_EQ(host_facts(machine, host.path()), expected);
    host.write(".dockerenv", "");
    EXPECT_EQ(fact(host_facts(machine, host.path()), "container"), "docker");
}

TEST(HostFacts, ThatMakeCoresUnsteadyAreToldOf) {
    const auto told = [](const std::string& governor, const std::string& boost, std::int64_t threads) {
        return unsteady_clock_rate({{"cores", std::int64_t{4}},
                                    {"hardware_threads", threads},
                                    {"governor", governor},
                                    {"boost", boost}});
    };
    EXPECT_EQ(told("performance", "off", 4), "");
    EXPECT_EQ(told("unknown", "unknown", 4), "");
    EXPECT_EQ(told("ondemand", "on", 8), "governor ondemand; boost; SMT, 8 hardware threads on 4 cores");
    EXPECT_EQ(unsteady_clock_rate({}), "");
}

TEST(HostFacts, OfAHostThatTellsNothing) {
    forget_container();
    const Folder host;
    for (const auto& [name, value] : host_facts({}, host.path()))
        EXPECT_EQ(to_string(value), "unknown") << name;
}

TEST(SystemFacts, OfAMadeUpHost) {
    const Folder host;
    const auto net = [](const std::string& rest) { return "sys/class/net/" + rest; };
    host.write("proc/sys/kernel/ostype", "Linux\n");
    host.write("proc/sys/kernel/osrelease", "6.1.0\n");
    host.write("proc/cmdline", "ro mitigations=off\n");
    host.write("proc/modules", "xfs 1 0 - Live 0x0\nmlx5_core 2 1 x, Live 0x0\n");
    host.write("sys/module/mlx5_core/version", "5.8-1.1.2\n");
    host.write("proc/cpuinfo", "microcode : 0x1\n");
    host.write("sys/class/dmi/id/bios_vendor", "HPE\n");
    host.write("sys/class/dmi/id/bios_date", "05/01/2023\n");
    host.write("sys/devices/system/cpu/smt/active", "1\n");
    host.write("drivers/mlx5_core/bind", "");
    host.write(net("eth0/device/x"), "");
    fs::create_symlink("../../../../../drivers/mlx5_core", host.path() / net("eth0/device/driver"));
    host.write(net("eth0/speed"), "100000\n");
    host.write(net("eth1/device/x"), "");
    host.write(net("eth1/speed"), "-1\n");
    host.write(net("lo/speed"), "10\n");
    host.write("sys/class/infiniband/mlx5_0/fw_ver", "20.31.1014\n");
    host.write("sys/class/infiniband/mlx5_0/ports/1/rate", "200 Gb/sec (4X HDR)\n");
    const auto facts = system_facts(host.path());
    const Facts expected{{"kernel", fact(facts, "kernel")},
                         {"kernel_command_line", "ro mitigations=off"},
                         {"kernel_modules", "mlx5_core=5.8-1.1.2 xfs"},
                         {"microcode", "0x1"},
                         {"bios", "HPE 05/01/2023"},
                         {"smt", "on"},
                         {"network_eth0", "driver mlx5_core 5.8-1.1.2, 100000 Mb/s"},
                         {"network_mlx5_0", "firmware 20.31.1014, 200 Gb/sec (4X HDR)"}};
    EXPECT_EQ(facts, expected);
    EXPECT_TRUE(fact(facts, "kernel").starts_with("Linux 6.1.0 ")) << fact(facts, "kernel");
    host.write("sys/devices/system/cpu/cpu0/microcode/version", "0x2\n");
    EXPECT_EQ(fact(system_facts(host.path()), "microcode"), "0x2");

    host.write("proc/self/mounts", "/dev/sda1 / ext4 rw 0 0\n");
    EXPECT_EQ(mount_facts({{"here", "."}, {"there", "/nowhere/x"}}, host.path()),
              (Facts{{"mount_here", "/dev/sda1 on / type ext4 (rw)"},
                     {"mount_there", "/dev/sda1 on / type ext4 (rw)"}}));
}

TEST(SystemFacts, OfAHostThatTellsNothingAreNone) {
    const Folder host;
    EXPECT_EQ(system_facts(host.path()), Facts());
    EXPECT_EQ(mount_facts({{"here", "."}}, host.path()), Facts());
}

TEST(HostFacts, OfThisHostTakeLittleTime) {
    host_facts(topology());
    double least = 1e9;
    for (int i = 0; i < 3; ++i) {
        const auto start = std::chrono::steady_clock::now();
        EXPECT_FALSE(host_facts(topology()).empty());
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        least = std::min(least, took.count());
    }
    EXPECT_LT(least, 1.0);  // some milliseconds; the rest is for a busy machine
}

TEST(Time, IsUtcAndSorts) {
    EXPECT_TRUE(has_form(utc_now(), "0000-00-00T00:00:00Z")) << utc_now();
    const auto id = new_launch_id();
    EXPECT_TRUE(has_form(id, "00000000T000000Z-ffffffff")) << id;
    EXPECT_NE(id, new_launch_id());
}

TEST(CpuTimesOfThisHost, Grow) {
    const auto before = read_cpu_times();
    volatile double sink = 0;
    while (read_cpu_times().own_seconds < before.own_seconds + 0.05) sink = sink + 1;
    const auto after = read_cpu_times();
    if (before.busy_seconds == 0) GTEST_SKIP() << "this system does not tell of its processors' time";
    EXPECT_GE(after.busy_seconds, before.busy_seconds);
}

// Or the processes that fork makes would be others.
TEST(CpuTimesOfThisHost, CountWhatChildrenTook) {
    const auto before = read_cpu_times();
    const pid_t child = fork();
    if (child == 0) {
        while (read_cpu_times().own_seconds < 0.1) continue;
        _exit(0);
    }
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    EXPECT_GE(read_cpu_times().own_seconds, before.own_seconds + 0.1);
}

TEST(BuildInfo, TellsTheCommitOrThatItIsUnknown) {
    EXPECT_EQ(std::count(version().begin(), version().end(), '.'), 2) << version();
    EXPECT_EQ(version().find_first_not_of("0123456789."), std::string_view::npos) << version();
    const std::string commit(build_info().commit);
    const std::string git = std::string("git -c safe.directory='*' -C '") + PACER_SOURCE + "' ";
    if (output_of(git + "rev-parse --show-toplevel") == fs::canonical(PACER_SOURCE)) {
        EXPECT_EQ(output_of(git + "cat-file -t " + commit), "commit") << commit;
        EXPECT_TRUE(build_info().tree == "clean" || build_info().tree == "modified");
    } else {  // not in git: at best an unpacked archive, which tells its commit
        EXPECT_TRUE(commit == "unknown" || commit.size() >= 40) << commit;
        EXPECT_EQ(build_info().tree, "unknown");
    }
    EXPECT_NE(build_info().compiler, "unknown");
}

// The script that every build runs, on sources of its own.
class BuildInfoScript : public testing::Test {
  protected:
    bool run() const {
        const auto command = std::string("'") + PACER_CMAKE + "' -Dsource='" + source().string() +
                             "' -Doutput='" + output().string() +
                             "' -Dversion=1.2.3 -Dbuild_type= '-Dcompiler_flags=-O3 -DX=\"y\"' -P '" +
                             PACER_SOURCE + "/common/base/build_info.cmake'";
        return std::system(command.c_str()) == 0;
    }
    std::string git(const std::string& arguments) const {
        return output_of("git -C '" + source().string() + "' -c user.name=t -c user.email=t@t " + arguments);
    }
    // The value of a fact in the header written.
    std::string value(const std::string& name) const {
        const auto text = whole_text(output());
        const auto before = " " + name + " = R\"(";
        const auto at = text.find(before);
        if (at == std::string::npos) return "none";
        const auto from = at + before.size();
        return text.substr(from, text.find(")\";", from) - from);
    }
    fs::path source() const { return folder_.path() / "source"; }
    fs::path output() const { return folder_.path() / "values.hpp"; }
    const Folder folder_;
};

TEST_F(BuildInfoScript, WithoutGitTheCommitIsUnknown) {
    folder_.write("source/file", "1");
    ASSERT_TRUE(run());
    EXPECT_EQ(value("version"), "1.2.3");
    EXPECT_EQ(value("commit"), "unknown");
    EXPECT_EQ(value("tree"), "unknown");
    EXPECT_EQ(value("build_type"), "unknown");
    EXPECT_EQ(value("compiler_flags"), "-O3 -DX=\"y\"");
}

TEST_F(BuildInfoScript, AnArchiveTellsItsCommit) {
    folder_.write("source/common/base/archived_commit", "$Format:%H$\n");  // as in a checkout
    ASSERT_TRUE(run());
    EXPECT_EQ(value("commit"), "unknown");
    const std::string commit(40, 'a');
    folder_.write("source/common/base/archived_commit", commit + "\n");
    ASSERT_TRUE(run());
    EXPECT_EQ(value("commit"), commit);
    EXPECT_EQ(value("tree"), "unknown");
}

TEST_F(BuildInfoScript, FollowsEveryCommit) {
    if (output_of("git --version").empty()) GTEST_SKIP() << "git is not installed";
    folder_.write("source/file", "1");
    git("init -q");
    git("add file");
    git("commit -q -m 1");
    const auto first = git("rev-parse HEAD");
    ASSERT_EQ(first.size(), 40U);
    ASSERT_TRUE(run());
    EXPECT_EQ(value("commit"), first);
    EXPECT_EQ(value("tree"), "clean");

    const auto written = fs::last_write_time(output()) - std::chrono::hours(1);
    fs::last_write_time(output(), written);
    ASSERT_TRUE(run());
    EXPECT_EQ(fs::last_write_time(output()), written);  // nothing changed: nothing to compile again

    folder_.write("source/file", "2");
    ASSERT_TRUE(run());
    EXPECT_EQ(value("tree"), "modified");
    git("commit -q -a -m 2");
    ASSERT_TRUE(run());
    EXPECT_EQ(value("commit"), git("rev-parse HEAD"));
    EXPECT_NE(value("commit"), first);
    EXPECT_EQ(value("tree"), "clean");
}

TEST_F(BuildInfoScript, AnotherProjectsCommitIsNotOurs) {
    if (output_of("git --version").empty()) GTEST_SKIP() << "git is not installed";
    folder_.write("source/inner/file", "1");
    git("init -q");
    git("add inner");
    git("commit -q -m 1");
    fs::rename(source() / ".git", folder_.path() / ".git");
    ASSERT_TRUE(run());
    EXPECT_EQ(value("commit"), "unknown");
}

}  // namespace
}  // namespace pacer
