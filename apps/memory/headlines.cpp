// What timings summary shows of memory.
#include "common/report/headlines.hpp"

#include "apps/memory/memory.hpp"

namespace pacer::memory {

std::vector<HeadlineRule> headlines() {
    return {
        {"memory_read_one_core", "memory read, 1 core", "", "experiment", "read", Cores::one, Quantity::rate},
        {"memory_read_all_cores", "memory read, all cores", "", "experiment", "read", Cores::all,
         Quantity::rate},
        {"memory_triad_all_cores", "memory by triad, all cores", "", "experiment", "triad", Cores::all,
         Quantity::rate},
        {"memory_latency", "latency of memory", "chase", "experiment", "order", Cores::one,
         Quantity::seconds_per_item},
    };
}

}  // namespace pacer::memory
