// Placements made by hand, for the tests of what is said of them.
#pragma once

#include <numeric>
#include <string>
#include <vector>

#include "common/placement/placement.hpp"

namespace pacer {

using Cores = std::vector<int>;

inline Cores cores(int first, int last) {
    Cores numbers(static_cast<std::size_t>(last - first + 1));
    std::iota(numbers.begin(), numbers.end(), first);
    return numbers;
}

// A rank that may use these cores and starts this many threads, all free to run on any of them.
inline RankPlacement rank_on(int rank, const Cores& its, int host_cores, int process, int hybrid,
                             const std::string& host = "vm") {
    RankPlacement place;
    place.rank = rank;
    place.host = host;
    place.cpus = place.cores = its;
    place.host_cores = place.host_cpus = host_cores;
    if (rank == 0) place.process_threads.assign(static_cast<std::size_t>(process), its);
    place.hybrid_threads.assign(static_cast<std::size_t>(hybrid), its);
    place.thread_cpus = place.hybrid_threads;
    return place;
}

inline LaunchCommand by(Launcher launcher) {
    LaunchCommand command;
    command.launcher = launcher;
    command.program = "./reduce";
    return command;
}

inline const LaunchCommand mpirun = by(Launcher::mpirun);
inline const LaunchCommand srun = by(Launcher::srun);
inline const std::vector<Uses> all_kinds{Uses::core, Uses::threads, Uses::ranks, Uses::both};

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace pacer
