// How unevenly work is spread over its items.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace pacer {

// Cost of an item: the same for all, growing with its index, heavy-tailed.
enum class Workload { even, linear, heavy };

std::string_view name_of(Workload workload);
const std::map<std::string, Workload>& workloads();  // by name, for an option

// The cost of each item relative to the others; 1 on average, except that heavy-tailed work is a matter of
// luck.
struct Weights {
    Workload workload = Workload::even;
    std::int64_t items = 0;
    std::uint64_t seed = 0;

    // The cost of the item with that index, counted from 0.
    double of(std::int64_t index) const;
};

}  // namespace pacer
