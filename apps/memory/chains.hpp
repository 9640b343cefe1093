// Following the cycle of links, whole.
#pragma once

#include "apps/memory/memory.hpp"

namespace pacer::memory {

// The sum of all links' values, or one less if the chain does not end where it began.
Answer follow_one(const Problem& problem, const Link* links);
// The same by eight chains, an arc each.
Answer follow_arcs(const Problem& problem, const Link* links);

}  // namespace pacer::memory
