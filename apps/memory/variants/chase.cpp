// Each line says which comes next, so that a load cannot begin before the one before it has ended:
//
//     for (; hops > 0; --hops) total += links[at].value, at = links[at].next;  // follow() in kernels.cpp
//
// Both give the sum of all links' values, or less if a chain does not end where the next begins.
#include <algorithm>

#include "apps/memory/kernels.hpp"

namespace pacer::memory {

Answer chase(const Problem& problem, const Team&) {
    const auto* const links = problem.links.as<const Link>();
    std::int64_t total = 0;
    const auto start = problem.starts.front();
    if (problem.lines > 0 && follow(links, start, problem.lines, total) != start) --total;
    return {.own = {problem.lines, Number::of_whole(total)}};
}

Answer chases(const Problem& problem, const Team&) {
    const auto* const links = problem.links.as<const Link>();
    std::int64_t at[chains] = {}, sums[chains] = {}, total = 0;
    std::copy(problem.starts.begin(), problem.starts.end(), at);
    for (auto hops = problem.lines / chains; hops > 0; --hops) {
        for (std::int64_t chain = 0; chain < chains; ++chain) {
            sums[chain] += links[at[chain]].value;
            at[chain] = links[at[chain]].next;
        }
    }
    for (std::int64_t chain = 0; chain < problem.lines % chains;
         ++chain) {  // the first arcs are longer by one
        at[chain] = follow(links, at[chain], 1, sums[chain]);
    }
    for (std::int64_t chain = 0; chain < chains; ++chain) {
        const auto next = static_cast<std::size_t>((chain + 1) % chains);
        total += sums[chain] - (at[chain] == problem.starts.at(next) ? 0 : 1);
    }
    return {.own = {problem.lines, Number::of_whole(total)}};
}

}  // namespace pacer::memory
