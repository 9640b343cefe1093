// The same counters with room between them: each core keeps its own line. The loop,
// which both share, is in per_thread.hpp.
#include "apps/race/per_thread.hpp"

namespace pacer::race {

Answer padded(const Problem& problem, const Team& team) {
    return count_per_thread(problem, team, problem.padded.get());
}

}  // namespace pacer::race
