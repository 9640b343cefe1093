// What a task does: a chain of steps, each of which needs the result of the one before. Nothing can be done
// side by side and no memory is used, so a step takes the same time everywhere and a task as long as it has
// steps.
#pragma once

#include <cstdint>

namespace pacer::queues {

// So many steps from `value`. A step is a bijection, so different values stay different, and 0 stays 0.
inline std::uint64_t chain(std::uint64_t value, std::int64_t steps) {
    for (; steps > 0; --steps) {
        value ^= value >> 32;
        value *= 0x9e3779b97f4a7c15;  // odd: 2^64 divided by the golden ratio
    }
    return value;
}

// The result of a task. Tasks begin with values of their own, none with 0: over all tasks the sum of results
// changes if one is lost, done twice, or done in the place of another.
inline std::uint64_t result_of(std::int64_t task, std::int64_t steps) {
    return chain(0xd1342543de82ef95 * static_cast<std::uint64_t>(task + 1), steps);
}

}  // namespace pacer::queues
