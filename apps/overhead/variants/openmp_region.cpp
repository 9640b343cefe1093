// A parallel region: OpenMP keeps its threads from one region to the next, where they wait actively for a
// while.
#include <omp.h>

#include <vector>

#include "apps/overhead/overhead.hpp"
#include "apps/overhead/piece.hpp"
#include "common/base/clock.hpp"

namespace pacer::overhead {

namespace {

void one_region(std::vector<Result>& results) {
#pragma omp parallel num_threads(static_cast <int>(results.size()))
    {
        const int index = omp_get_thread_num();
        results[static_cast<std::size_t>(index)].value += piece_of_work(index);
    }
}

}  // namespace

Answer openmp_region(const Problem& problem, const Team&) {
    constexpr std::int64_t regions = 100;
    std::vector<Result> results(static_cast<std::size_t>(problem.workers));
    one_region(results);  // makes the threads, where the region before had another number of them
    for (auto& result : results) result.value = 0;
    const double start = now_seconds();
    for (std::int64_t region = 0; region < regions; ++region) one_region(results);
    const double end = now_seconds();
    std::int64_t sum = 0;
    for (const auto& result : results) sum += result.value;
    return answer_of_workers(problem, sum, regions, end - start);
}

}  // namespace pacer::overhead
