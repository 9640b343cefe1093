// The parts of judge_placement, for its source files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/placement/placement.hpp"

namespace pacer {

// The ranks of one host, and what they share.
struct HostPlacement {
    std::string name;
    std::vector<const RankPlacement*> ranks;
    int cores = 1;     // that the launch may use
    int cpus = 1;      // the same as the scheduler counts CPUs
    double quota = 0;  // CPUs' worth of time, 0: no quota
    int usable = 1;  // cores, or whole CPUs' worth of time if those are fewer: busy threads that do not wait
};

// In the order of their first ranks. The placements must outlive the result.
std::vector<HostPlacement> hosts_of(const std::vector<RankPlacement>& ranks);

bool requested(const std::vector<Uses>& uses, Uses kind);

// Threads of every rank in a hybrid variant.
int hybrid_threads(const HostPlacement& host);

std::string draw_placement(const std::vector<HostPlacement>& hosts, const std::vector<Uses>& uses);

// The command that gives every busy thread a core. `pinned`: OpenMP's own binding is at fault.
std::string better_command(const std::vector<HostPlacement>& hosts, const std::vector<Uses>& uses,
                           const LaunchCommand& command, bool pinned);

// "1 core", "2 cores"
std::string count_of(int number, std::string_view thing);

// "core 3", "cores 0-2"
std::string named(std::string_view thing, const std::vector<int>& numbers);

}  // namespace pacer
