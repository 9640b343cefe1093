// Where every rank and thread of the launch may run, what is wrong with that, and the command that fixes it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/doubt.hpp"
#include "common/parallel/team.hpp"
#include "common/parallel/uses.hpp"
#include "common/placement/place.hpp"

namespace pacer {

// What one rank may use. Core numbers are those of the whole host, in the order of its hardware; the hardware
// threads of a core count as one core.
struct RankPlacement {
    int rank = 0;
    std::string host;
    std::int64_t pid = 0;
    std::vector<int> cpus;   // the rank's allowed logical CPUs
    std::vector<int> cores;  // the cores these belong to, ascending, without repeats
    std::vector<std::vector<int>>
        process_threads;  // cores of each thread of a one-process variant; rank 0 only
    std::vector<std::vector<int>>
        hybrid_threads;                         // cores of each thread of a hybrid variant on this rank, the
                                                // first being the one that a variant without threads uses
    std::vector<std::vector<int>> thread_cpus;  // logical CPUs of each thread of a hybrid variant
    int host_cores = 1;                         // cores of the host that this launch may use
    int host_cpus = 1;                          // the same as the scheduler counts CPUs
    double host_quota = 0;                      // CPUs' worth of time that its cgroup may use, 0: no quota
};

// How many threads variants get: OMP_NUM_THREADS if set, else for a one-process variant every core that rank
// 0 may use, for a hybrid one the host's cores divided by the ranks on it, but no more than the rank may use
// (the smallest over the ranks), at least 1. A cgroup quota caps both, rounded up. The same on every rank.
// Collective; to be called before the first parallel region of the program, which may bind the calling thread
// to one core.
Threads decide_threads(const Team& world);

// The logical CPUs of this node that the team's ranks on it may use; 0 if unknown. Collective over the node.
int cores_on_node(const Team& team);

// True if this node has fewer cores for the team than the team has ranks on it; Team::crowded for that of the
// launch. Collective over the node.
bool crowded(const Team& team);

// All ranks' placements, on rank 0, in rank order; empty elsewhere. Collective; runs the OpenMP threads
// briefly and leaves OpenMP's settings alone.
std::vector<RankPlacement> gather_placement(const Team& world, const Threads& threads);

struct PlacementReport {
    std::vector<Doubt> faults;   // none: the launch is right for these variants
    std::string picture;         // cores and who may run on them, one line a rank, at most about 20 lines
    std::string better_command;  // fixes it; empty if there is no fault, or no such command is known
};

enum class Launcher { none, mpirun, srun };
enum class Mpi { open_mpi, mpich, other };  // whose words its launcher understands

// How the program was started, for the command that fixes its placement.
struct LaunchCommand {
    Launcher launcher = Launcher::mpirun;
    Mpi mpi = Mpi::open_mpi;        // of others only options that every mpirun has are used
    std::string mpirun = "mpirun";  // its name, as far as it is seen
    bool root = false;              // Open MPI's mpirun refuses root unless told
    bool threads_given = false;     // OMP_NUM_THREADS is set: fewer threads than cores are the user's wish
    bool threads_pinned = false;    // by OMP_PROC_BIND or one of its kin
    std::string program;            // "./reduce --variants hybrid", as typed
};
LaunchCommand launch_command(int argc, char** argv);

// Judges a placement for variants of these kinds. Pure: needs neither MPI nor the machine. Empty for no
// ranks.
PlacementReport judge_placement(const std::vector<RankPlacement>& ranks, const std::vector<Uses>& uses,
                                const LaunchCommand& command);

// The rows of the launch's placement table.
std::vector<Place> places(const std::vector<RankPlacement>& ranks);

}  // namespace pacer
