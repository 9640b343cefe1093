// One topology for the ranks of a node.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "common/base/status.hpp"
#include "common/machine/topology.hpp"
#include "tests/support/mpi_world.hpp"

namespace pacer {
namespace {

constexpr auto machine = R"(<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE topology SYSTEM "hwloc2.dtd">
<topology version="2.0">
  <object type="Machine" os_index="0" cpuset="0x28" complete_cpuset="0x28" allowed_cpuset="0x28" nodeset="0x1"
          complete_nodeset="0x1" allowed_nodeset="0x1" gp_index="1">
    <object type="NUMANode" os_index="0" cpuset="0x28" complete_cpuset="0x28" nodeset="0x1" complete_nodeset="0x1"
            gp_index="2" local_memory="1000000000"/>
    <object type="L2Cache" cpuset="0x28" complete_cpuset="0x28" nodeset="0x1" complete_nodeset="0x1" gp_index="3"
            cache_size="5242880" depth="2" cache_linesize="64" cache_associativity="16" cache_type="0">
      <object type="Core" os_index="0" cpuset="0x8" complete_cpuset="0x8" nodeset="0x1" complete_nodeset="0x1"
              gp_index="4">
        <object type="PU" os_index="3" cpuset="0x8" complete_cpuset="0x8" nodeset="0x1" complete_nodeset="0x1"
                gp_index="5"/>
      </object>
      <object type="Core" os_index="1" cpuset="0x20" complete_cpuset="0x20" nodeset="0x1" complete_nodeset="0x1"
              gp_index="6">
        <object type="PU" os_index="5" cpuset="0x20" complete_cpuset="0x20" nodeset="0x1" complete_nodeset="0x1"
                gp_index="7"/>
      </object>
    </object>
  </object>
</topology>
)";

// Each rank in a folder of its own, with what the environment and the launch had before as it ends.
class SharedTopology : public testing::Test {
  protected:
    SharedTopology() {
        if (before_) kept_ = before_;
        std::filesystem::create_directory(own_);
        std::filesystem::current_path(own_);
    }
    ~SharedTopology() override {
        std::filesystem::current_path(start_);
        std::filesystem::remove_all(own_);
        if (before_) {
            setenv("PACER_TOPOLOGY", kept_.c_str(), 1);
        } else {
            unsetenv("PACER_TOPOLOGY");
        }
        share_topology(world());
    }

  private:
    const char* before_ = std::getenv("PACER_TOPOLOGY");
    std::string kept_;
    std::filesystem::path start_ = std::filesystem::current_path();
    std::filesystem::path own_ = testing::TempDir() + "shared-topology-" + std::to_string(getpid());
};

// The others have no such file.
TEST_F(SharedTopology, IsReadByOneRankANode) {
    if (world().node_rank == 0) std::ofstream("machine.xml") << machine;
    setenv("PACER_TOPOLOGY", "machine.xml", 1);
    share_topology(world());
    EXPECT_EQ(topology().instead, "machine.xml");
    EXPECT_EQ(topology().cpus, (std::vector{3, 5}));
    EXPECT_EQ(topology().core_of_cpu, (std::vector{-1, -1, -1, 0, -1, 1}));
    EXPECT_EQ(topology().cores_caches.size(), 2U);
    EXPECT_EQ(topology().caches().last_bytes(), 5 << 20);
    EXPECT_EQ(topology().caches().all_last_bytes, 5 << 20);
    EXPECT_EQ(topology().caches().of_core.front().level, 2);
}

TEST_F(SharedTopology, IsARanksOwnWhereItWasToldOfAnotherMachine) {
    setenv("PACER_TOPOLOGY", world().rank % 2 == 0 ? "core:3 pu:1" : "core:5 pu:1", 1);
    share_topology(world());
    EXPECT_EQ(topology().cpus.size(), world().rank % 2 == 0 ? 3U : 5U);
}

TEST_F(SharedTopology, IsRefusedOnEveryRankAlike) {
    const int last = world().size - 1;
    for (const int wrong : {0, last}) {
        setenv("PACER_TOPOLOGY", world().rank == wrong ? "core:two" : "core:2 pu:1", 1);
        EXPECT_THROW(share_topology(world()), UsageError);
    }
}

}  // namespace
}  // namespace pacer
