// A counter a thread, added up at the end: right however the counters lie, and as fast as they lie apart.
#pragma once

#include <omp.h>

#include "apps/race/race.hpp"
#include "common/measure/profile.hpp"

namespace pacer::race {

// `slots`: one a thread of the team.
template <class Slot>
Answer count_per_thread(const Problem& problem, const Team& team, Slot* slots) {
    const auto step = problem.step;
#pragma omp parallel num_threads(team.threads)
    {
        auto& mine = slots[omp_get_thread_num()].value;
        mine = 0;
#pragma omp barrier  // all start at once
        PACER_REGION("increment");
#pragma omp for schedule(static)
        for (std::int64_t i = 0; i < problem.increments; ++i) increment(mine, step);
    }
    std::int64_t count = 0;
    for (int thread = 0; thread < team.threads; ++thread) count += slots[thread].value;
    return counted(problem, count);
}

}  // namespace pacer::race
