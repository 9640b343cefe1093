// One core of a launch works while all others compute: as fast as it is on a node that is in use, where cores
// clock lower than one that is alone.
#pragma once

#include <functional>

#include "common/parallel/team.hpp"

namespace pacer {

// Rank 0 runs `work` on the thread that calls. Until it has ended its process' other threads, and so many of
// each other rank, compute in registers: they take neither caches nor the bandwidth of memory. `work` starts
// no threads and communicates with nobody. Collective.
void with_busy_cores(const Team& world, int threads, const std::function<void()>& work);

}  // namespace pacer
