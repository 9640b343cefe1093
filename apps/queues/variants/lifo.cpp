// Last in, first out: the tasks in the opposite order. Where costs grow with the index the longest come
// first, and the short ones at the end even out what they left.
#include "apps/queues/served.hpp"

namespace pacer::queues {

Answer lifo(const Problem& problem, const Team& team) {
    return serve_queue(problem, team, lifo, [](Queue& queue) { return --queue.end; });
}

}  // namespace pacer::queues
