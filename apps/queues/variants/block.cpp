// Static division: neighbouring tasks, as many for each rank. Balanced if all cost the same.
#include "apps/queues/worker.hpp"

namespace pacer::queues {

Answer block(const Problem& problem, const Team& team) {
    Execution execution(problem, team, block);
    auto worker = execution.worker();
    const Range mine = part_of(problem.all, team.size, team.rank);
    for (auto task = mine.begin; task < mine.end; ++task) worker.perform(task);
    return execution.finish(worker.tally(), team.size);
}

}  // namespace pacer::queues
