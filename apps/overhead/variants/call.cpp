// No workers: the caller does every piece itself. Nothing can be cheaper.
#include "apps/overhead/harness.hpp"

namespace pacer::overhead {

Answer call(const Problem& problem, const Team&) {
    return Harness::calls(problem, [&](std::int64_t first) {
        std::int64_t sum = 0;
        for (std::int64_t index = 0; index < problem.workers; ++index) sum += piece_of_work(first + index);
        return sum;
    });
}

}  // namespace pacer::overhead
