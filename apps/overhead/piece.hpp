// The smallest piece of work that a worker can be given.
#pragma once

#include <cstdint>

namespace pacer::overhead {

// What worker `index` has to return: index + 1. The compiler does not know.
std::int64_t piece_of_work(std::int64_t index);

// The sum of what `workers` workers return.
constexpr std::int64_t sum_of_pieces(std::int64_t workers) {
    return workers * (workers + 1) / 2;
}

// A worker's result, in a cache line of its own.
struct alignas(64) Result {
    std::int64_t value = 0;
};

}  // namespace pacer::overhead
