// A thread for each piece, started and joined by hand.
#include <thread>
#include <vector>

#include "apps/overhead/harness.hpp"
#include "common/measure/profile.hpp"

namespace pacer::overhead {

Answer thread(const Problem& problem, const Team&) {
    return Harness::new_threads(problem, [](Pieces& pieces) {
        std::vector<std::jthread> threads;  // joined when they are destroyed
        PACER_REGION("start");
        for (std::int64_t index = 0; index < pieces.count(); ++index)
            threads.emplace_back([&pieces, index] { pieces.work(index); });
    });
}

}  // namespace pacer::overhead
