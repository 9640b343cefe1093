// The runtime of OpenMP hands out chunks, each a share of what is left: few at first, small ones to even out.
// The first chunks are large whatever their tasks cost.
#include <omp.h>

#include "apps/queues/worker.hpp"

namespace pacer::queues {

Answer openmp_guided(const Problem& problem, const Team& team) {
    Execution execution(problem, team, openmp_guided);
    Tally all;
#pragma omp parallel num_threads(team.threads)
    {
        auto worker = execution.worker(omp_get_thread_num());
#pragma omp for schedule(guided) nowait
        for (auto task = problem.all.begin; task < problem.all.end; ++task) worker.perform(task);
#pragma omp critical(queues_tally)
        all.add(worker.tally());
    }
    return execution.finish(all, team.threads);
}

}  // namespace pacer::queues
