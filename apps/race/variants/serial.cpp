// One core makes all increments: the baseline that every speedup refers to.
#include "apps/race/race.hpp"
#include "common/measure/profile.hpp"

namespace pacer::race {

Answer serial(const Problem& problem, const Team&) {
    const auto n = problem.increments, step = problem.step;
    LoneCounter counter;
    {
        PACER_REGION("increment");
        for (std::int64_t i = 0; i < n; ++i) increment(counter.value, step);
    }
    return counted(problem, counter.value);
}

}  // namespace pacer::race
