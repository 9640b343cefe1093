// Each thread sums its share with Kahan's compensation in every lane (Kahan, Further remarks on reducing
// truncation errors, 1965); the lanes, threads and ranks are added plainly. Better than a plain sum, neither
// exact nor the same for every number of workers.
#include <omp.h>

#include "apps/reduce/kernels.hpp"
#include "common/machine/clones.hpp"
#include "common/measure/profile.hpp"

namespace pacer::reduce {

namespace {

// What an addition lost is made up for by the next one.
PACER_CLONES double sum_compensated(const double* values, std::int64_t count) {
    constexpr std::int64_t lanes = 32;
    double sum[lanes] = {}, excess[lanes] = {};
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes) {
#pragma omp simd
        for (std::int64_t lane = 0; lane < lanes; ++lane) {
            const double wanted = values[i + lane] - excess[lane];
            const double next = sum[lane] + wanted;
            excess[lane] = (next - sum[lane]) - wanted;
            sum[lane] = next;
        }
    }
    double total = 0, excesses = 0;
    for (std::int64_t lane = 0; lane < lanes; ++lane) {
        total += sum[lane];
        excesses += excess[lane];
    }
    for (; i < count; ++i) total += values[i];
    return total - excesses;
}

}  // namespace

Answer kahan(const Problem& problem, const Team& team) {
    const Range mine = part_of(problem.all, team.size, team.rank);
    double sum = 0;
#pragma omp parallel num_threads(team.threads)
    {
        const auto share = doubles_in(problem, team, part_of(mine, team.threads, omp_get_thread_num()));
        PACER_REGION("sum my share");
        const double of_thread = sum_compensated(share.data(), std::ssize(share));
#pragma omp critical
        sum += of_thread;
    }
    PACER_REGION("MPI_Reduce");
    const auto part = Number::of_real(sum);
    return {add_over_ranks(part, team), {mine.size(), part}};
}

}  // namespace pacer::reduce
