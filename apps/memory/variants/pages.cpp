// One line of each page, in a random cycle: at = links[at].next, so each hop waits for the one before, and
// for the page's address where the core does not remember it. The loop is follow() in kernels.cpp.
#include "apps/memory/kernels.hpp"

namespace pacer::memory {

namespace {

// One less than the right sum if the chain does not end where it should.
Answer follow_pages(const Problem& problem, const Mapping& mapping) {
    const auto hops = problem.pages * page_passes + lines_beyond(problem.pages);
    std::int64_t total = 0;
    if (follow(mapping.as<const Link>(), 0, hops, total) != problem.pages_end) --total;
    return {.own = {hops, Number::of_whole(total)}};
}

}  // namespace

Answer pages_small(const Problem& problem, const Team&) {
    return follow_pages(problem, problem.small_pages);
}

Answer pages_huge(const Problem& problem, const Team&) {
    return follow_pages(problem, problem.huge_pages);
}

}  // namespace pacer::memory
