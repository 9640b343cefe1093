// A barrier within a parallel region. Every thread clocks each barrier; the readings show that no thread left
// it before the last had come.
#include <omp.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "apps/overhead/overhead.hpp"
#include "apps/overhead/piece.hpp"
#include "common/base/clock.hpp"

namespace pacer::overhead {

namespace {

constexpr std::size_t barriers = 100;

// What one thread did, and when it came to each barrier and left it.
struct alignas(64) Diary {
    std::int64_t result = 0;
    std::vector<double> came, left;
};

bool held(const std::vector<Diary>& diaries, std::size_t barrier) {
    double last_came = diaries[0].came[barrier], first_left = diaries[0].left[barrier];
    for (const auto& diary : diaries) {
        last_came = std::max(last_came, diary.came[barrier]);
        first_left = std::min(first_left, diary.left[barrier]);
    }
    return first_left >= last_came;
}

}  // namespace

Answer openmp_barrier(const Problem& problem, const Team&) {
    std::vector<Diary> diaries(static_cast<std::size_t>(problem.workers));
#pragma omp parallel num_threads(static_cast <int>(problem.workers))
    {
        const int index = omp_get_thread_num();
        auto& mine = diaries[static_cast<std::size_t>(index)];
        mine.came.resize(barriers);
        mine.left.resize(barriers);
        mine.result = piece_of_work(index);
#pragma omp barrier
        for (std::size_t barrier = 0; barrier < barriers; ++barrier) {
            mine.came[barrier] = now_seconds();
#pragma omp barrier
            mine.left[barrier] = now_seconds();
        }
    }
    std::int64_t sum = 0;
    for (const auto& diary : diaries) sum += diary.result;
    CallTimes calls;
    for (std::size_t barrier = 0; barrier < barriers; ++barrier) {
        double slowest = 0;
        for (const auto& diary : diaries)
            slowest = std::max(slowest, diary.left[barrier] - diary.came[barrier]);
        calls.seconds.push_back(slowest);
        if (!held(diaries, barrier)) sum = 0;
    }
    return answer_of_workers(problem, static_cast<std::int64_t>(barriers) * sum, barriers, std::move(calls));
}

}  // namespace pacer::overhead
