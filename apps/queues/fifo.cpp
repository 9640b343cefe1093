// First in, first out: the tasks in their order.
#include "apps/queues/served.hpp"

namespace pacer::queues {

Answer fifo(const Problem& problem, const Team& team) {
    return serve_queue(problem, team, fifo, [](Queue& queue) {
        const auto task = queue.front();
        queue.pop_front();
        return task;
    });
}

}  // namespace pacer::queues
