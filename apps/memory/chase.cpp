#include "apps/memory/chains.hpp"

namespace pacer::memory {

Answer chase(const Problem& problem, const Team&) {
    return follow_one(problem, problem.huge_links.as<const Link>());
}

Answer chases(const Problem& problem, const Team&) {
    return follow_arcs(problem, problem.huge_links.as<const Link>());
}

}  // namespace pacer::memory
