#include "apps/memory/cycle.hpp"

#include <algorithm>
#include <numeric>
#include <random>

namespace pacer::memory {

std::vector<std::int64_t> shuffled(std::int64_t count) {
    std::vector<std::int64_t> order(static_cast<std::size_t>(count));
    std::iota(order.begin(), order.end(), std::int64_t{0});
    std::mt19937_64 random(1);
    for (auto n = order.size(); n > 1; --n) std::swap(order[n - 1], order[random() % n]);
    return order;
}

void link_up(Link* links, std::span<const std::int64_t> order) {
    std::fill_n(links, order.size(), Link{0, 0});  // page after page, before they are written at random
    for (std::size_t k = 0; k < order.size(); ++k) {
        const auto next = order[k + 1 < order.size() ? k + 1 : 0];
        links[order[k]] = {next, static_cast<std::int64_t>(value_a(order[k] * line_elements))};
    }
}

}  // namespace pacer::memory
