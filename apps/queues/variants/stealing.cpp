// Work stealing: every rank begins with the tasks that `block` gives it, and who has none left takes half of
// another's. Nobody is asked, so nobody is interrupted.
#include "apps/queues/worker.hpp"

namespace pacer::queues {

Answer stealing(const Problem& problem, const Team& team) {
    Execution execution(problem, team, stealing);
    auto worker = execution.worker();
    const Range mine = part_of(problem.all, team.size, team.rank);
    Stealer tasks(problem.deques, team, problem.all.size(), mine);
    for (auto task = tasks.next(); task; task = tasks.next()) worker.perform(*task);
    return execution.finish(worker.tally(), team.size);
}

}  // namespace pacer::queues
