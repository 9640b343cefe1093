// A future for each piece: with std::launch::async GNU's library makes a thread for each, as `thread` does.
#include <future>
#include <vector>

#include "apps/overhead/harness.hpp"

namespace pacer::overhead {

Answer async(const Problem& problem, const Team&) {
    return Harness::new_threads(problem, [](Pieces& pieces) {
        std::vector<std::future<std::int64_t>> results;
        for (std::int64_t index = 0; index < pieces.count(); ++index)
            results.push_back(
                std::async(std::launch::async, [&pieces, index] { return pieces.work(index); }));
        for (auto& result : results) result.get();
    });
}

}  // namespace pacer::overhead
