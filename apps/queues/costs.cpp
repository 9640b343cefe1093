#include "apps/queues/costs.hpp"

#include <cmath>
#include <numeric>

namespace pacer::queues {

std::vector<std::int64_t> make_steps(const Weights& weights, std::int64_t average) {
    std::vector<double> each;
    for (std::int64_t task = 0; task < weights.items; ++task) each.push_back(weights.of(task));
    const double all = std::accumulate(each.begin(), each.end(), 0.0);
    const double unit = static_cast<double>(average) * static_cast<double>(weights.items) / all;
    std::vector<std::int64_t> steps;
    for (const double weight : each) steps.push_back(std::llround(unit * weight));
    return steps;
}

}  // namespace pacer::queues
