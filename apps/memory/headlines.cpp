// What timings summary shows of memory.
#include "apps/memory/app.hpp"

namespace pacer::memory {

std::vector<HeadlineRule> App::headlines() const {
    using enum Cores;
    using enum Quantity;
    if (problem_.is_in_cache) return {};  // that would be a cache's speed
    return {
        {"memory_read_one_core", "memory read, 1 core", "", "experiment", "read", one, rate},
        {"memory_read_all_cores", "memory read, all cores", "", "experiment", "read", all, rate},
        {"memory_triad_all_cores", "memory by triad, all cores", "", "experiment", "triad", all, rate},
        {"memory_latency", "latency of memory", "chase", "experiment", "order", one, seconds_per_item},
    };
}

}  // namespace pacer::memory
