// What the cores in use reach together, by short probes before the run.
#include "common/machine/limits.hpp"
#include "common/parallel/ending.hpp"

#include <algorithm>

#include "apps/memory/eviction.hpp"
#include "apps/memory/kernels.hpp"
#include "apps/memory/needs.hpp"
#include "apps/memory/team_work.hpp"
#include "common/parallel/partition.hpp"

namespace pacer::memory {

namespace {

std::vector<Uses> kinds_of(const Groups& chosen, const Probe& probe) {
    std::vector<Uses> kinds;
    for (const auto& one : chosen) {
        if (&probe_of(one.problem) != &probe) continue;
        for (const auto& variant : one.variants) kinds.push_back(variant.uses);
    }
    return kinds;
}

// The arrays are the problem's own: what lies where decides what can be reached.
double measure(const Problem& problem, const Team& world, Uses uses, const Crew& crew, const Probe& probe,
               double seconds) {
    const auto& arrays = arrays_of(problem, uses);
    // From emptied caches once, as the variants.
    const std::int64_t passes =
        problem.eviction
            ? 1
            : std::max<std::int64_t>(1, (std::int64_t{4} << 20) / std::max<std::int64_t>(arrays.elements, 1));
    auto loop = loop_of(probe, [&](int thread) {
        const auto share = part_of({0, arrays.elements}, crew.threads, thread);
        const auto from = [&](const Buffer<double>& all) { return all ? all.get() + share.begin : nullptr; };
        return Stretch{from(arrays.a), from(arrays.b), from(arrays.c), share.size(), passes};
    });
    loop.prepare = [&](int thread, std::size_t shape) {
        evict(problem, uses, crew.threads, thread, lines_a_dirty_one(probe, shape + 1 == probe.shapes));
    };
    loop.seconds = seconds;
    const auto bytes = (crew.together ? world.size : 1) * arrays.elements * bytes_per_element(probe);
    return keep_rate(world, crew, probe.name, probe.unit, bytes, best_rate(world, crew, loop));
}

void spoil(const Arrays* arrays) {
    if (arrays != nullptr && arrays->c) std::fill_n(arrays->c.get(), arrays->elements, spoilt);
}

}  // namespace

void probe_limits(Problem& problem, const Team& world, const Threads& threads, const Groups& chosen,
                  double seconds) {
    set_activity("probing the limits");
    for (const auto* name : {"read", "write", "copy", "triad"}) {
        const auto& of = probe(name);
        const auto rates = rates_of(world, threads, kinds_of(chosen, of), [&](Uses uses, const Crew& crew) {
            return measure(problem, world, uses, crew, of, seconds);
        });
        for (const auto& [uses, rate] : rates) problem.limits[{&of, uses}] = rate;
    }
    for (const auto* arrays : {problem.core.get(), problem.threads.get(), problem.ranks.get()}) spoil(arrays);
}

}  // namespace pacer::memory
