// What tasks cost.
#pragma once

#include <cstdint>
#include <vector>

#include "common/parallel/workload.hpp"

namespace pacer::queues {

// The steps of each of weights.items tasks, in proportion to the weights: `average` a task, but for rounding,
// whatever the workload and the luck of the draw.
std::vector<std::int64_t> make_steps(const Weights& weights, std::int64_t average);

}  // namespace pacer::queues
