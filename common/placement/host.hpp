// What this process sees of its host: cores, its own share of them, its launcher. For placement.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/placement/placement.hpp"

namespace pacer {

struct Machine {
    std::vector<int> core_of_cpu;  // by logical CPU; -1 where there is none
    int cores = 1;                 // of the whole host
    std::vector<int> cpus;         // logical CPUs that this process may use
    int launch_cores = 1;  // cores of this host that the launch may use, as far as one process can tell
    int launch_cpus = 1;   // the same as the scheduler counts CPUs
    double quota = 0;      // CPUs' worth of time, 0: no quota
    Launcher launcher = Launcher::none;
    std::string launcher_name;  // as typed: mpiexec.mpich; empty: it runs elsewhere, or is not seen

    // The cores of these logical CPUs, ascending, without repeats.
    std::vector<int> cores_of(const std::vector<int>& cpus) const;
};

// Read once, at the first call: before the first parallel region, in which OpenMP may bind the calling
// thread.
const Machine& machine();

// Tasks of the srun step that is the launcher of this process, seen or not: in a container it is not. 0 if
// there is another one or none. In a shell that srun started for somebody to work in (--pty) there is none.
int srun_tasks();

// CPUs of node number `node` in Slurm's short form "72(x2),36"; 0 if the text does not say.
int slurm_cpus(std::string_view cpus_per_node, int node);

}  // namespace pacer
