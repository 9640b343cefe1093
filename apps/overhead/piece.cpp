#include "apps/overhead/piece.hpp"

#include <algorithm>
#include <set>

namespace pacer::overhead {

[[gnu::noipa]] std::int64_t piece_of_work(std::int64_t index) {
    return index + 1;
}

std::int64_t Pieces::sum() const {
    std::int64_t sum = 0;
    for (const auto& result : results_) sum += result.sum;
    return sum;
}

bool Pieces::by_new_threads() const {
    return std::all_of(results_.begin(), results_.end(), [](const auto& result) {
        return result.thread != &pieces_done && result.done_by_thread == 1;
    });
}

bool Pieces::by_different_threads() const {
    std::set<const std::int64_t*> threads;
    for (const auto& result : results_) threads.insert(result.thread);
    return threads.size() == results_.size();
}

}  // namespace pacer::overhead
