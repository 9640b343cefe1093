// The cores and the data caches of this host, as hwloc knows them. Only this file asks it, and on each node
// only one process does.
//
// PACER_TOPOLOGY describes another machine to be simulated here, to see what Pacer does there: the name
// of a file that lstopo wrote (--of xml), or a synthetic description such as "pack:1 l3:1(size=1GiB) core:16
// pu:1".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/parallel/team.hpp"

namespace pacer {

struct Cache {
    int level = 1;
    std::int64_t bytes = 0;
};

struct Caches {
    std::vector<Cache> of_core;       // those a core uses, the nearest first; empty if unknown
    std::int64_t all_last_bytes = 0;  // those of the last level of the whole host together

    std::int64_t last_bytes() const { return of_core.empty() ? 0 : of_core.back().bytes; }
};

struct Topology {
    std::vector<int> core_of_cpu;  // by logical CPU, cores counted from 0; -1 where there is no such CPU
    std::vector<int> cpus;         // logical CPUs that the system grants its processes, ascending
    struct CoresCache {
        int core = 0, level = 1;
        std::int64_t bytes = 0, all_bytes = 0;  // of it, and of all of its level
    };
    std::vector<CoresCache> cores_caches;  // of each core the nearest first
    std::string instead;                   // PACER_TOPOLOGY, if it is that machine's

    bool has(int cpu) const;
    // Those of the first core that this process may use.
    Caches caches() const;
};

// The topology of this host, or of the machine that PACER_TOPOLOGY describes: what share_topology() brought,
// else read at the first call. Throws UsageError.
const Topology& topology();

// Has the first rank of each node read the topology for all of that node. Many processes that ask the kernel
// for it at once wait for each other, seconds on a node of 128 cores. Collective. Throws UsageError.
void share_topology(const Team& world);

// Reads this host if `instead` is empty; then nothing is known where hwloc does not run. Throws UsageError if
// `instead` describes no machine.
Topology read_topology(const std::string& instead);

// Logical CPUs that a process may use, ascending; 0 is the calling thread. Empty if unknown. On a machine
// that is not there whoever may use all CPUs of this one may use all of that one, and else those that both
// have, or the first.
std::vector<int> allowed_cpus(int pid);

}  // namespace pacer
