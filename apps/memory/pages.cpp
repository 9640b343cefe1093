#include "apps/memory/chains.hpp"

namespace pacer::memory {

Answer pages_small(const Problem& problem, const Team&) {
    return follow_arcs(problem, problem.small_links.as<const Link>());
}

Answer pages_huge(const Problem& problem, const Team&) {
    return follow_arcs(problem, problem.huge_links.as<const Link>());
}

}  // namespace pacer::memory
