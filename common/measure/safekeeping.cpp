#include "common/measure/safekeeping.hpp"

#include <algorithm>
#include <mutex>
#include <vector>

#include "common/base/clock.hpp"

namespace pacer::safekeeping {

namespace {

std::mutex mutex;
std::optional<Launch> kept;
double next_seconds = 0;

}  // namespace

void keep(const Launch& launch, const std::vector<const Record*>& records) {
    constexpr double shortest_interval_seconds = 0.25, most_of_the_time = 0.02;
    const double start = now_seconds();
    if (start < next_seconds) return;
    Launch copy = launch;
    copy.records.clear();
    for (const auto* const record : records) copy.records.push_back(*record);
    const double end = now_seconds();
    next_seconds = end + std::max(shortest_interval_seconds, (end - start) / most_of_the_time);
    const std::lock_guard lock(mutex);
    kept = std::move(copy);
}

std::optional<Launch> latest() {
    const std::lock_guard lock(mutex);
    auto launch = kept;
    if (!launch) return launch;
    for (auto& record : launch->records) {
        if (record.repeats() == 0 && record.not_run.empty()) record.not_run = "stopped by a signal before";
    }
    return launch;
}

}  // namespace pacer::safekeeping
