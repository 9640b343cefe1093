// What the cores in use reach together, by short probes before the run.
#include "common/machine/limits.hpp"
#include "common/parallel/ending.hpp"

#include <algorithm>

#include "apps/memory/eviction.hpp"
#include "apps/memory/kernels.hpp"
#include "apps/memory/needs.hpp"
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

namespace {

bool is_wanted(const Groups& chosen, Access access, Uses uses) {
    return std::any_of(chosen.begin(), chosen.end(), [&](const auto& one) {
        return access_of(one.problem) == access &&
               std::any_of(one.variants.begin(), one.variants.end(),
                           [&](const auto& variant) { return variant.uses == uses; });
    });
}

std::vector<Uses> kinds_of(const Groups& chosen, Access access) {
    std::vector<Uses> kinds;
    for (const auto uses : {Uses::core, Uses::threads, Uses::ranks, Uses::both}) {
        if (is_wanted(chosen, access, uses)) kinds.push_back(uses);
    }
    return kinds;
}

// The kind of use, among those probed before it, that occupies the very same cores; itself if there is none.
Uses same_cores(Uses uses, const std::vector<Uses>& kinds, const Team& world, const Threads& threads) {
    const auto is_probed = [&](Uses other) {
        return std::find(kinds.begin(), kinds.end(), other) != kinds.end();
    };
    if (world.size == 1 && uses == Uses::ranks && is_probed(Uses::core)) return Uses::core;
    if (uses == Uses::both && threads.hybrid == 1 && is_probed(Uses::ranks)) return Uses::ranks;
    const bool all_threads = world.size == 1 && threads.hybrid == threads.process;
    return uses == Uses::both && all_threads && is_probed(Uses::threads) ? Uses::threads : uses;
}

// Goes through the arrays once, in one of two ways: reading in two streams or one, writing by ordinary stores
// or past the caches.
void access_once(Access access, const Arrays& arrays, Range share, bool other_way) {
    const auto count = share.size();
    const auto* const a = arrays.a.get() + share.begin;
    if (access == Access::read) {
        [[maybe_unused]] volatile double wanted = other_way ? sum_passes(a, count, 1) : sum(a, count);
        return;
    }
    auto* const target = arrays.c.get() + share.begin;
    const auto* const b = arrays.b.get() + share.begin;
    if (access == Access::write) {
        (other_way ? fill_streaming : fill)(target, count, share.begin);
    } else if (access == Access::copy) {
        (other_way ? copy_streaming : copy_values)(target, a, count);
    } else {
        (other_way ? triad_streaming : triad_values)(target, a, b, count);
    }
}

// The arrays are the problem's own: what lies where decides what can be reached.
double probe(const Problem& problem, const Team& world, Uses uses, int threads, Access access) {
    const auto& arrays = *(uses_ranks(uses)        ? problem.ranks
                           : uses == Uses::threads ? problem.threads
                                                   : problem.core);
    // From emptied caches once, as the variants.
    const std::int64_t passes =
        problem.eviction
            ? 1
            : std::max<std::int64_t>(1, (std::int64_t{4} << 20) / std::max<std::int64_t>(arrays.elements, 1));
    constexpr std::size_t ways = 2;
    const auto piece = [&](int thread, std::size_t way) {
        const auto share = part_of({0, arrays.elements}, threads, thread);
        for (std::int64_t pass = 0; pass < passes; ++pass) access_once(access, arrays, share, way == 1);
        return static_cast<double>(share.size() * passes * bytes_per_element(access));
    };
    return best_rate(world, uses_ranks(uses), threads, ways, piece, [&](int thread, std::size_t way) {
        evict(problem, uses, threads, thread, lines_a_dirty_one(access, way == 1));
    });
}

void spoil(const Arrays* arrays) {
    if (arrays != nullptr && arrays->c) std::fill_n(arrays->c.get(), arrays->elements, spoilt);
}

}  // namespace

void probe_limits(Problem& problem, const Team& world, const Threads& threads, const Groups& chosen) {
    set_activity("probing the limits");
    for (const auto access : {Access::read, Access::write, Access::copy, Access::triad}) {
        const auto kinds = kinds_of(chosen, access);
        for (const auto uses : kinds) {
            auto& limit = problem.limits[{access, uses}];
            if (const auto same = same_cores(uses, kinds, world, threads); same != uses) {
                limit = problem.limits.at({access, same});
                continue;
            }
            const bool together = uses_ranks(uses);
            if (together || world.root())
                limit = probe(problem, world, uses, threads_for(threads, uses), access);
            if (!together) sleeping_barrier(world);
        }
        raise_to_parts(kinds, threads, [&](Uses uses) -> double& { return problem.limits[{access, uses}]; });
    }
    for (const auto* arrays : {problem.core.get(), problem.threads.get(), problem.ranks.get()}) spoil(arrays);
}

}  // namespace pacer::memory
