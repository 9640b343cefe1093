// A queue without a master: the number of the next task lies in rank 0's memory, and every rank, rank 0 too,
// fetches it and adds one in a single one-sided operation.
#include "apps/queues/worker.hpp"

namespace pacer::queues {

Answer counter(const Problem& problem, const Team& team) {
    Execution execution(problem, team, counter);
    auto worker = execution.worker();
    problem.tickets.restart(team);
    for (auto task = problem.tickets.draw(); task < problem.all.end; task = problem.tickets.draw()) {
        worker.perform(task);
    }
    return execution.finish(worker.tally(), team.size);
}

}  // namespace pacer::queues
