#include "apps/memory/kernels.hpp"
#include "apps/memory/needs.hpp"
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

namespace {

// One less than the right sum if the chain does not end where it began.
Answer follow_pages(const Problem& problem, const Mapping& mapping) {
    const auto hops = problem.pages * page_passes;
    std::int64_t total = 0;
    if (follow(mapping.as<const Link>(), 0, hops, total) != 0) --total;
    return {.want = sum_of_a(problem.pages, 1) * page_passes, .own = {hops, Number::of_whole(total)}};
}

}  // namespace

Answer pages_small(const Problem& problem, const Team&) {
    return follow_pages(problem, problem.small_pages);
}

Answer pages_huge(const Problem& problem, const Team&) {
    return follow_pages(problem, problem.huge_pages);
}

}  // namespace pacer::memory
