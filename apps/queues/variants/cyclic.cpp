// Static division: tasks are dealt like cards. Costs that grow or fall with the index even out; luck decides
// where a few large ones go.
#include "apps/queues/worker.hpp"

namespace pacer::queues {

Answer cyclic(const Problem& problem, const Team& team) {
    Execution execution(problem, team, cyclic);
    auto worker = execution.worker();
    for (std::int64_t task = team.rank; task < problem.all.end; task += team.size) worker.perform(task);
    return execution.finish(worker.tally(), team.size);
}

}  // namespace pacer::queues
