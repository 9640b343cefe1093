// Machines that are not here.
#include "common/machine/topology.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "common/base/status.hpp"

namespace pacer {
namespace {

TEST(Topology, IsReadFromADescription) {
    const auto large = read_topology("pack:2 l3:1(size=1GiB) l2:8(size=2MiB) core:1 pu:2");
    EXPECT_EQ(large.cpus.size(), 32U);
    EXPECT_EQ(large.core_of_cpu.size(), 32U);
    EXPECT_EQ(large.core_of_cpu[31], 15);
    ASSERT_EQ(large.caches().of_core.size(), 2U);
    EXPECT_EQ(large.caches().of_core[0].bytes, 2 << 20);
    EXPECT_EQ(large.caches().last_bytes(), 1 << 30);
    EXPECT_EQ(large.caches().all_last_bytes, std::int64_t{2} << 30);
    EXPECT_EQ(large.cores_caches.size(), 32U);
    EXPECT_TRUE(large.has(31));
    EXPECT_FALSE(large.has(32));

    const auto small = read_topology("core:1 pu:1");
    EXPECT_EQ(small.cpus, std::vector{0});
    EXPECT_EQ(small.core_of_cpu, std::vector{0});
    EXPECT_TRUE(small.caches().of_core.empty());
    EXPECT_EQ(small.caches().last_bytes(), 0);
    EXPECT_EQ(small.caches().all_last_bytes, 0);

    EXPECT_EQ(read_topology("pack:2 core:128 pu:1").cpus.size(), 256U);
}

TEST(Topology, IsReadFromAFile) {
    const auto path = testing::TempDir() + "topology" + std::to_string(getpid()) + ".xml";
    std::ofstream(path) << R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE topology SYSTEM "hwloc2.dtd">
<topology version="2.0">
  <object type="Machine" os_index="0" cpuset="0x5" complete_cpuset="0x5" allowed_cpuset="0x5" nodeset="0x1"
          complete_nodeset="0x1" allowed_nodeset="0x1" gp_index="1">
    <object type="NUMANode" os_index="0" cpuset="0x5" complete_cpuset="0x5" nodeset="0x1" complete_nodeset="0x1"
            gp_index="2" local_memory="1000000000"/>
    <object type="L3Cache" cpuset="0x5" complete_cpuset="0x5" nodeset="0x1" complete_nodeset="0x1" gp_index="3"
            cache_size="314572800" depth="3" cache_linesize="64" cache_associativity="16" cache_type="0">
      <object type="Core" os_index="0" cpuset="0x1" complete_cpuset="0x1" nodeset="0x1" complete_nodeset="0x1"
              gp_index="4">
        <object type="PU" os_index="0" cpuset="0x1" complete_cpuset="0x1" nodeset="0x1" complete_nodeset="0x1"
                gp_index="5"/>
      </object>
      <object type="Core" os_index="1" cpuset="0x4" complete_cpuset="0x4" nodeset="0x1" complete_nodeset="0x1"
              gp_index="6">
        <object type="PU" os_index="2" cpuset="0x4" complete_cpuset="0x4" nodeset="0x1" complete_nodeset="0x1"
                gp_index="7"/>
      </object>
    </object>
  </object>
</topology>
)";
    const auto read = read_topology(path);
    EXPECT_EQ(read.cpus, (std::vector{0, 2}));
    EXPECT_EQ(read.core_of_cpu, (std::vector{0, -1, 1}));
    EXPECT_FALSE(read.has(1));
    EXPECT_EQ(read.caches().last_bytes(), 300 << 20);
    unlink(path.c_str());
}

TEST(Topology, OfThisHostHasACore) {
    const auto here = read_topology("");
    EXPECT_EQ(here.instead, "");
    for (const int cpu : here.cpus) EXPECT_TRUE(here.has(cpu));
}

TEST(Topology, RefusesWhatDescribesNone) {
    for (const auto* instead : {"no-such-file.xml", "core:two", "/dev/null"}) {
        EXPECT_THROW(read_topology(instead), UsageError) << instead;
    }
}

}  // namespace
}  // namespace pacer
