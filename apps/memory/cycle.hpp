// A random cycle through the lines of some memory.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "apps/memory/memory.hpp"

namespace pacer::memory {

// 0 .. count-1 in a random order (Fisher and Yates), which closed to a ring is a random cycle. Always the
// same.
std::vector<std::int64_t> shuffled(std::int64_t count);

// Makes the links follow each other in that order, and the last the first.
void link_up(Link* links, std::span<const std::int64_t> order);

}  // namespace pacer::memory
