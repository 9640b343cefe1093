// A process for each piece: a copy of this one, made when its memory is first written to.
#include "apps/overhead/forked_workers.hpp"
#include "apps/overhead/overhead.hpp"
#include "apps/overhead/piece.hpp"
#include "common/timing.hpp"

namespace pacer::overhead {

Answer fork(const Problem& problem, const Team&) {
    const double start = now_seconds();
    const std::int64_t sum = ForkedWorkers(problem.workers, piece_of_work).join();
    return answer_of_workers(problem, sum, 1, now_seconds() - start);
}

}  // namespace pacer::overhead
