#include <algorithm>

#include "apps/memory/kernels.hpp"
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

// Each gives the sum of all links' values, or less if a chain does not end where the next begins.

Answer chase(const Problem& problem, const Team&) {
    const auto* const links = problem.links.as<const Link>();
    std::int64_t total = 0;
    const auto start = problem.starts.front();
    if (problem.lines > 0 && follow(links, start, problem.lines, total) != start) --total;
    return {.want = problem.line_sum, .own = {problem.lines, Number::of_whole(total)}};
}

Answer chases(const Problem& problem, const Team&) {
    const auto* const links = problem.links.as<const Link>();
    std::int64_t at[chains] = {}, sums[chains] = {}, total = 0;
    std::copy(problem.starts.begin(), problem.starts.end(), at);
    follow_all(links, at, problem.lines / chains, sums);
    for (std::int64_t chain = 0; chain < problem.lines % chains;
         ++chain) {  // the first arcs are longer by one
        at[chain] = follow(links, at[chain], 1, sums[chain]);
    }
    for (std::int64_t chain = 0; chain < chains; ++chain) {
        const auto next = static_cast<std::size_t>((chain + 1) % chains);
        total += sums[chain] - (at[chain] == problem.starts.at(next) ? 0 : 1);
    }
    return {.want = problem.line_sum, .own = {problem.lines, Number::of_whole(total)}};
}

}  // namespace pacer::memory
