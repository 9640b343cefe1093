// Load, add and store as one indivisible operation of the hardware: on x86 one instruction, `lock add`.
#include "apps/race/race.hpp"
#include "common/measure/profile.hpp"

namespace pacer::race {

Answer atomic(const Problem& problem, const Team& team) {
    const auto step = problem.step;
    LoneNumber count;
#pragma omp parallel num_threads(team.threads)
    {
#pragma omp barrier  // all start at once
        PACER_REGION("increment");
#pragma omp for schedule(static)
        for (std::int64_t i = 0; i < problem.increments; ++i) {
#pragma omp atomic
            count.value += step;
        }
    }
    return counted(problem, count.value);
}

}  // namespace pacer::race
