// What the cores in use reach together, by short probes before the run.
#include "common/limits.hpp"

#include <algorithm>

#include "apps/memory/kernels.hpp"
#include "apps/memory/needs.hpp"
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

namespace {

constexpr std::array writing = {Access::write, Access::copy, Access::triad};

bool is_wanted(const std::vector<Chosen>& chosen, Access access, Uses uses) {
    return std::any_of(chosen.begin(), chosen.end(), [&](const Chosen& one) {
        return access_of(one.name) == access &&
               std::any_of(one.variants.begin(), one.variants.end(),
                           [&](const auto& variant) { return variant.uses == uses; });
    });
}

std::vector<Uses> kinds_of(const std::vector<Chosen>& chosen, Access access) {
    std::vector<Uses> kinds;
    for (const auto uses : {Uses::core, Uses::threads, Uses::ranks, Uses::both}) {
        if (is_wanted(chosen, access, uses)) kinds.push_back(uses);
    }
    return kinds;
}

// Writes once: by ordinary stores, or past the caches.
void write_once(Access access, const Arrays& arrays, Range share, bool nontemporal) {
    auto* const target = arrays.c.get() + share.begin;
    const auto* const a = arrays.a.get() + share.begin;
    const auto* const b = arrays.b.get() + share.begin;
    if (access == Access::write) {
        (nontemporal ? fill_streaming : fill)(target, share.size(), share.begin);
    } else if (access == Access::copy) {
        (nontemporal ? copy_streaming : copy_values)(target, a, share.size());
    } else {
        (nontemporal ? triad_streaming : triad_values)(target, a, b, share.size());
    }
}

double probe_writing(const Team& world, bool together, int threads, Access access, const Arrays& arrays) {
    const std::int64_t passes =
        std::max<std::int64_t>(1, (std::int64_t{4} << 20) / std::max<std::int64_t>(arrays.elements, 1));
    constexpr std::size_t ways = 2;
    return best_rate(world, together, threads, ways, [&](int thread, std::size_t way) {
        const auto share = part_of({0, arrays.elements}, threads, thread);
        for (std::int64_t pass = 0; pass < passes; ++pass) write_once(access, arrays, share, way == 1);
        return static_cast<double>(share.size() * passes * bytes_per_element(access));
    });
}

void spoil(const Arrays* arrays) {
    if (arrays != nullptr && arrays->c) std::fill_n(arrays->c.get(), arrays->elements, spoilt);
}

}  // namespace

void probe_limits(Problem& problem, const Team& world, const Threads& threads,
                  const std::vector<Chosen>& chosen) {
    set_activity("probing the limits");
    const auto reading = kinds_of(chosen, Access::read);
    const Work read_all{0, problem.node_elements * bytes_per_element(Access::read) * problem.nodes};
    for (const auto& [uses, rates] : measure_rates(world, threads, read_all, reading)) {
        problem.limits[{Access::read, uses}] = rates.bytes_per_second;
    }
    for (const auto access : writing) {
        const auto kinds = kinds_of(chosen, access);
        for (const auto uses : kinds) {
            const bool together = uses_ranks(uses);
            const auto& arrays = together                ? problem.ranks
                                 : uses == Uses::threads ? problem.threads
                                                         : problem.core;
            if (together || world.root()) {
                problem.limits[{access, uses}] =
                    arrays->c ? probe_writing(world, together, threads_for(threads, uses), access, *arrays)
                              : 0;
            }
            if (!together) sleeping_barrier(world);
        }
        raise_to_parts(kinds, threads, [&](Uses uses) -> double& { return problem.limits[{access, uses}]; });
    }
    for (const auto* arrays : {problem.core.get(), problem.threads.get(), problem.ranks.get()}) spoil(arrays);
}

}  // namespace pacer::memory
