// What the nodes of a launch are like, and what else goes on there while it runs.
#pragma once

#include <string>
#include <vector>

#include "common/base/doubt.hpp"
#include "common/base/facts.hpp"
#include "common/machine/environment.hpp"
#include "common/machine/watch_row.hpp"
#include "common/parallel/team.hpp"

namespace pacer {

// Watches this node from when it is made.
class Watch {
  public:
    explicit Watch(double interval_seconds = 1);

    // Whether it is time to glance again. What rank 0 says holds for all.
    bool is_due() const;

    // Keeps how the node is doing. However long a launch lasts, not many glances are kept: when there are too
    // many, every second one is dropped, and the interval is twice as long from then on. Collective over the
    // node, and to be done by all nodes alike.
    void glance(const Team& world);

    // The last glance, and what went on since the watch was made: load_before, load_after, steal_seconds,
    // others_cpu_seconds, cpu_seconds of the node's processors; on the node's leader also the clock rate of
    // the fastest now as cpu_mhz, and busy_mhz, the median over the glances of the core that looked, where
    // the kernel tells them. Collective over the node.
    Facts look(const Team& world);

    // What was seen by each glance since the one before. On the node's leader.
    std::vector<WatchRow> rows(const std::string& host) const;

  private:
    struct Glance {
        double at_seconds = 0, frequency = 0;
        CpuTimes since;  // the watch was made; own_seconds of all ranks of the node
    };

    CpuTimes before_;
    double start_seconds_, interval_seconds_;
    std::vector<Glance> glances_;
};

// The rows of every node's leader, on rank 0, its own first; empty elsewhere. Collective.
std::vector<WatchRow> gather_watch(const Team& world, const std::vector<WatchRow>& mine);

// What the leader of each node says, on rank 0, its own first; empty elsewhere. Of nodes with the same name
// the second is "name (2)", here and in gather_watch(). Collective.
std::vector<HostFacts> gather_hosts(const Team& world, const HostFacts& mine);

// The one of them from which others and the hypervisor took the largest part. There must be one.
const HostFacts& most_disturbed(const std::vector<HostFacts>& hosts);

// What makes the numbers of a launch on these hosts doubtful: a part of the CPU time that others or the
// hypervisor took, told of the worst three; a node that differs from the others in its hardware, its settings
// or its clock rate.
std::vector<Doubt> doubts_of(const std::vector<HostFacts>& hosts);

}  // namespace pacer
