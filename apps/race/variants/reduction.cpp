// The cure by idiom: OpenMP gives each thread a private counter and adds them up at the end. In a real loop
// the private counter lives in a register; here it goes to memory each time, as in the other variants.
#include "apps/race/race.hpp"
#include "common/measure/profile.hpp"

namespace pacer::race {

Answer reduction(const Problem& problem, const Team& team) {
    const auto step = problem.step;
    std::int64_t count = 0;
#pragma omp parallel num_threads(team.threads)
    {
#pragma omp barrier  // all start at once
        PACER_REGION("increment");
#pragma omp for schedule(static) reduction(+ : count)
        for (std::int64_t i = 0; i < problem.increments; ++i) increment(count, step);
    }
    return counted(problem, count);
}

}  // namespace pacer::race
