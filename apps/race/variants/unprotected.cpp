// What not to do: all threads load, add and store the same counter. Two that load the same value store the
// same sum, and one of the two increments is lost.
#include <omp.h>

#include "apps/race/race.hpp"
#include "common/measure/profile.hpp"
#include "common/parallel/partition.hpp"

namespace pacer::race {

namespace {

void count(std::atomic<std::int64_t>& counter, Range share, std::int64_t step) {
    for (int part = 0; part < interruptions; ++part) {
        const auto many = part_of(share, interruptions, part).size();
        if (many > 0) increment_interrupted(counter, step);
        for (std::int64_t i = 1; i < many; ++i) increment(counter, step);
    }
}

}  // namespace

Answer unprotected(const Problem& problem, const Team& team) {
    LoneCounter counter;
#pragma omp parallel num_threads(team.threads)
    {
#pragma omp barrier  // all start at once
        PACER_REGION("increment");
        count(counter.value, part_of({0, problem.increments}, team.threads, omp_get_thread_num()),
              problem.step);
    }
    return counted(problem, counter.value);
}

}  // namespace pacer::race
