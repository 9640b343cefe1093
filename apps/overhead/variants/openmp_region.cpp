// A parallel region: OpenMP keeps its threads from one region to the next, where they wait actively for a
// while.
#include <omp.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "apps/overhead/overhead.hpp"
#include "apps/overhead/piece.hpp"
#include "apps/overhead/rounds.hpp"
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
    const double before = now_seconds();
    one_region(results);
    const auto each = std::min(calls_a_look(now_seconds() - before), regions);
    for (auto& result : results) result.value = 0;
    const auto looks = regions / each;
    CallTimes calls{{}, each};
    calls.seconds.reserve(static_cast<std::size_t>(looks));
    double start = now_seconds();
    for (std::int64_t look = 0; look < looks; ++look) {
        for (std::int64_t region = 0; region < each; ++region) one_region(results);
        const double end = now_seconds();
        calls.seconds.push_back((end - start) / static_cast<double>(each));
        start = end;
    }
    std::int64_t sum = 0;
    for (const auto& result : results) sum += result.value;
    return answer_of_workers(problem, sum, looks * each, std::move(calls));
}

}  // namespace pacer::overhead
