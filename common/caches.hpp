// The data caches of this host, as hwloc knows them.
#pragma once

#include <cstdint>
#include <vector>

namespace pacer {

struct Cache {
    int level = 1;
    std::int64_t bytes = 0;
};

struct Caches {
    std::vector<Cache> of_core;       // those a core of this process uses, the nearest first
    std::int64_t all_last_bytes = 0;  // those of the last level of the whole host together

    std::int64_t last_bytes() const { return of_core.empty() ? 0 : of_core.back().bytes; }
};

// Empty where hwloc knows of none.
Caches read_caches();

}  // namespace pacer
