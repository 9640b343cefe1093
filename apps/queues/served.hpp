// The mail delivery: rank 0 keeps a queue of tasks and hands them to workers on demand, until each of them
// gets a signal of its own that its queue has ended. What `fifo` and `lifo` share.
#pragma once

#include <cstdint>

#include "apps/queues/queues.hpp"
#include "common/parallel/partition.hpp"

namespace pacer::queues {

// The tasks that wait: neighbours, whichever end they are taken from.
using Queue = Range;

// Which task leaves the queue next; it is not empty.
using TakeFrom = std::int64_t (*)(Queue& queue);

// Rank 0 serves the queue and does no task, unless it is alone.
Answer serve_queue(const Problem& problem, const Team& team, Answer (*variant)(const Problem&, const Team&),
                   TakeFrom take);

}  // namespace pacer::queues
