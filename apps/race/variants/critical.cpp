// A lock: load, add and store are done by one thread at a time.
#include "apps/race/race.hpp"
#include "common/measure/profile.hpp"

namespace pacer::race {

Answer critical(const Problem& problem, const Team& team) {
    const auto step = problem.step;
    LoneNumber count;
#pragma omp parallel num_threads(team.threads)
    {
#pragma omp barrier  // all start at once
        PACER_REGION("increment");
#pragma omp for schedule(static)
        for (std::int64_t i = 0; i < problem.increments; ++i) {
#pragma omp critical(counting)
            increment(count.value, step);
        }
    }
    return counted(problem, count.value);
}

}  // namespace pacer::race
