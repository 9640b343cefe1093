// No thread touches another's counter, but the counters are neighbours in one cache line, and caches trade in
// lines: each write takes the line from the other cores, as if the counter were shared. The loop,
// which both share, is in per_thread.hpp.
#include "apps/race/per_thread.hpp"

namespace pacer::race {

Answer false_sharing(const Problem& problem, const Team& team) {
    return count_per_thread(problem, team, problem.side_by_side.get());
}

}  // namespace pacer::race
