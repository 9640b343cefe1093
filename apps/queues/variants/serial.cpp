// One worker, one task after the other.
#include "apps/queues/worker.hpp"

namespace pacer::queues {

Answer serial(const Problem& problem, const Team& team) {
    Execution execution(problem, team, serial);
    auto worker = execution.worker();
    for (auto task = problem.all.begin; task < problem.all.end; ++task) worker.perform(task);
    return execution.finish(worker.tally(), 1);
}

}  // namespace pacer::queues
