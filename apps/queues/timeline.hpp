// Who did what when in the last execution of each variant, brought together after the clock.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "apps/queues/queues.hpp"

namespace pacer::queues {

// One worker's tasks in the order done; seconds since the variant started on its node.
struct Row {
    int rank = 0, thread = 0;
    std::vector<Note> notes;

    double busy_seconds() const;
};

struct Timeline {
    std::string_view variant;
    bool threads = false;  // the workers are threads of rank 0, else ranks
    bool served = false;   // rank 0 hands out and is no worker
    double seconds = 0;    // until the last rank was done
    std::vector<Row> rows;
};

// A timeline for each of `records`, which rank 0 has, that was run; on rank 0, empty elsewhere. Collective.
std::vector<Timeline> gather_timelines(const Team& world, const Problem& problem,
                                       const std::vector<Record>& records);

}  // namespace pacer::queues
