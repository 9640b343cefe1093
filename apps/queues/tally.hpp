// What workers did, added up.
#pragma once

#include <cstdint>
#include <limits>

#include "common/base/number.hpp"
#include "common/parallel/team.hpp"

namespace pacer::queues {

struct Tally {
    Int128 results = 0;  // the sum of the tasks' results
    std::int64_t tasks = 0, steps = 0;
    std::int64_t most_steps = 0;  // of one worker
    double busy_seconds = 0;      // within tasks
    // When the first of them started, on the clock of the node that adds up; infinite: none on that node.
    double start = std::numeric_limits<double>::infinity();

    void add(const Tally& other);
};

// The tallies of all ranks, on the team's root. On crowded nodes the ranks wait for each other asleep: those
// that still work need the cores. Collective.
Tally add_over_ranks(const Tally& mine, const Team& team);

}  // namespace pacer::queues
