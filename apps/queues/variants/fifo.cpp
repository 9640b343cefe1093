// First in, first out: the tasks in their order.
#include "apps/queues/served.hpp"

namespace pacer::queues {

Answer fifo(const Problem& problem, const Team& team) {
    return serve_queue(problem, team, fifo, [](Queue& queue) { return queue.begin++; });
}

}  // namespace pacer::queues
