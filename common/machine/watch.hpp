// What the nodes of a launch are like, and what else goes on there while it runs.
#pragma once

#include <vector>

#include "common/base/doubt.hpp"
#include "common/base/facts.hpp"
#include "common/machine/environment.hpp"
#include "common/parallel/team.hpp"

namespace pacer {

// Watches this node from when it is made.
class Watch {
  public:
    Watch() : before_(read_cpu_times()) {}

    // Since then: load_before, load_after, steal_seconds, others_cpu_seconds, cpu_seconds of the node's
    // processors; on the node's leader also the clock rate of the fastest now as cpu_mhz, where the kernel
    // tells it. Collective over the node.
    Facts look(const Team& world) const;

  private:
    CpuTimes before_;
};

// What the leader of each node says, on rank 0, its own first; empty elsewhere. Collective.
std::vector<HostFacts> gather_hosts(const Team& world, const HostFacts& mine);

// The one of them from which others and the hypervisor took the largest part. There must be one.
const HostFacts& most_disturbed(const std::vector<HostFacts>& hosts);

// What makes the numbers of a launch on these hosts doubtful: a part of the CPU time that others or the
// hypervisor took, told of the worst three; a node that differs from the others in its hardware, its settings
// or its clock rate.
std::vector<Doubt> doubts_of(const std::vector<HostFacts>& hosts);

}  // namespace pacer
