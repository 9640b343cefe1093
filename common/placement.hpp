// Where every rank and thread of the launch may run, what is wrong with that, and the command that mends it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/record.hpp"
#include "common/team.hpp"

namespace pacer {

// What one rank may use. Core numbers are those of the whole host, in the order of its hardware.
struct RankPlacement {
    int rank = 0;
    std::string host;
    std::int64_t pid = 0;
    std::vector<int> cpus;                      // the rank's allowed logical CPUs
    std::vector<int> cores;                     // the cores these belong to, ascending, without repeats
    std::vector<std::vector<int>> process_threads;  // cores of each thread of a one-process variant on this rank
    std::vector<std::vector<int>> hybrid_threads;   // cores of each thread of a hybrid variant on this rank
    std::vector<std::vector<int>> thread_cpus;      // logical CPUs of each thread of a hybrid variant
    int host_cores = 1;     // cores of the host that this job may use
    double host_quota = 0;  // CPUs' worth of time that its cgroup may use, 0: no quota
};

// How many threads variants get on this rank: OMP_NUM_THREADS if set, else for a one-process variant every core
// the rank may use, for a hybrid one the host's cores divided by the ranks on it, at least 1; the smallest over
// the ranks for hybrid, rank 0's for one-process variants. The same on every rank. Collective.
struct Threads {
    int process = 1;  // of a one-process variant, on rank 0
    int hybrid = 1;   // of each rank of a hybrid variant
    bool from_environment = false;
};
Threads decide_threads(const Team& world);

// All ranks' placements, on rank 0, in rank order; empty elsewhere. Collective; runs the OpenMP threads briefly.
std::vector<RankPlacement> gather_placement(const Team& world, const Threads& threads);

struct PlacementReport {
    std::vector<std::string> faults;  // one sentence each; none: the launch is right for these variants
    std::string picture;              // cores and who may run on them, one line a rank, at most about 20 lines
    std::string mend;                 // the one command that mends it; empty if there is no fault or none is known
};

// How the program was started, for the command that mends.
struct LaunchCommand {
    bool slurm_step = false;      // by srun
    bool root = false;            // mpirun refuses root unless told
    bool threads_given = false;   // OMP_NUM_THREADS is set: fewer threads than cores are the user's wish
    std::string program;          // "./reduce --variants hybrid", as typed
};
LaunchCommand launch_command(int argc, char** argv);

// Judges a placement for variants of these kinds. Pure: needs neither MPI nor the machine.
PlacementReport judge_placement(const std::vector<RankPlacement>& ranks, const std::vector<Uses>& uses,
                                const LaunchCommand& command);

// The rows of the launch's placement table.
std::vector<Place> places(const std::vector<RankPlacement>& ranks);

// "0-3,8" of 0 1 2 3 8.
std::string range_list(const std::vector<int>& numbers);

}  // namespace pacer
