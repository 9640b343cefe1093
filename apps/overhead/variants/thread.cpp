// A thread for each piece, started and joined by hand.
#include <thread>
#include <vector>

#include "apps/overhead/overhead.hpp"
#include "apps/overhead/piece.hpp"
#include "common/base/clock.hpp"
#include "common/measure/profile.hpp"

namespace pacer::overhead {

Answer thread(const Problem& problem, const Team&) {
    std::vector<Result> results(static_cast<std::size_t>(problem.workers));
    const double start = now_seconds();
    {
        std::vector<std::jthread> threads;  // joined when they are destroyed
        PACER_REGION("start");
        for (std::int64_t index = 0; index < problem.workers; ++index) {
            threads.emplace_back(
                [&results, index] { results[static_cast<std::size_t>(index)].value = piece_of_work(index); });
        }
    }
    const double end = now_seconds();
    std::int64_t sum = 0;
    for (const auto& result : results) sum += result.value;
    return answer_of_workers(problem, sum, 1, end - start);
}

}  // namespace pacer::overhead
