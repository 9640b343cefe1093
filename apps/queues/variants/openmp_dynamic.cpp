// The runtime of OpenMP hands out one task at a time.
#include <omp.h>

#include "apps/queues/worker.hpp"

namespace pacer::queues {

Answer openmp_dynamic(const Problem& problem, const Team& team) {
    Execution execution(problem, team, openmp_dynamic);
    Tally all;
#pragma omp parallel num_threads(team.threads)
    {
        auto worker = execution.worker(omp_get_thread_num());
#pragma omp for schedule(dynamic, 1) nowait
        for (auto task = problem.all.begin; task < problem.all.end; ++task) worker.perform(task);
#pragma omp critical(queues_tally)
        all.add(worker.tally());
    }
    return execution.finish(all, team.threads);
}

}  // namespace pacer::queues
