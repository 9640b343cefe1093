#include "apps/memory/eviction.hpp"

#include <algorithm>

#include "apps/memory/kernels.hpp"
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

std::map<Uses, std::int64_t> eviction_elements(const Problem& problem, const Team& world,
                                               const Threads& threads, const Needs& needs,
                                               const LastLevel& last) {
    std::map<Uses, std::int64_t> elements;
    if (problem.core_elements * element_bytes < last.of_core) return elements;
    const auto twice = [&](int processes, int cores) {
        return 2 * std::min(last.of_node / processes, last.of_core * cores) / element_bytes;
    };
    if (world.root() && needs.core.any) elements[Uses::core] = twice(1, 1);
    if (world.root() && needs.threads.any) elements[Uses::threads] = twice(1, threads.process);
    if (needs.ranks.any) elements[Uses::ranks] = twice(world.node_size, 1);
    if (needs.ranks.any) elements[Uses::both] = twice(world.node_size, threads.hybrid);
    return elements;
}

std::int64_t most_of(const std::map<Uses, std::int64_t>& elements) {
    std::int64_t most = 0;
    for (const auto& [uses, count] : elements) most = std::max(most, count);
    return most;
}

void make_eviction(Problem& problem, const Threads& threads) {
    const auto elements = most_of(problem.eviction_elements);
    if (elements == 0) return;
    problem.eviction = make_buffer<double>(elements);
    const int team = problem.eviction_elements.contains(Uses::threads) ? threads.process : threads.hybrid;
#pragma omp parallel num_threads(team)
    {
        const auto share = part_of({0, elements}, team, omp_get_thread_num());
        std::fill_n(problem.eviction.get() + share.begin, share.size(), 1.0);
    }
}

std::int64_t lines_a_dirty_one(const Probe& probe, bool nontemporal) {
    if (probe.name == "read" || nontemporal) return 0;
    return std::ssize(probe.arrays);  // of which it writes one
}

std::int64_t lines_a_dirty_one(const MemoryVariant& variant) {
    for (const auto& group : experiments) {
        for (const auto& other : group.variants) {
            if (other.name == variant.name)
                return lines_a_dirty_one(probe_of(group.problem), is_nontemporal(variant));
        }
    }
    return 0;
}

void evict(const Problem& problem, Uses uses, int threads, int thread, std::int64_t lines_a_dirty_one) {
    const auto elements = problem.eviction_elements.find(uses);
    if (elements == problem.eviction_elements.end()) return;
    const auto share = part_of({0, elements->second}, threads, thread);
    occupy_caches(problem.eviction.get() + share.begin, share.size(), lines_a_dirty_one);
}

void prepare(const Problem& problem, const MemoryVariant& variant, const Team& team) {
    if (variant.run == pages_small || variant.run == pages_huge) {
        variant.run(problem, team);
        return;
    }
#pragma omp parallel num_threads(team.threads)
    evict(problem, variant.uses, team.threads, omp_get_thread_num(), lines_a_dirty_one(variant));
}

}  // namespace pacer::memory
