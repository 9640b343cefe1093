// Emptying the caches before each repeat.
#pragma once

#include <cstdint>
#include <map>

#include "apps/memory/needs.hpp"

namespace pacer::memory {

// What the caches hold.
struct LastLevel {
    std::int64_t of_core = 0, of_node = 0, second_of_core = 0;  // the second level, too
};

// Elements to go through so that no data stay in the caches: twice what those of the cores in use hold, but
// the ranks of a node together need not go through more than twice what all hold. None if the arrays fit a
// cache, where they may stay.
std::map<Uses, std::int64_t> eviction_elements(const Problem& problem, const Team& world,
                                               const Threads& threads, const Needs& needs,
                                               const LastLevel& last);
std::int64_t most_of(const std::map<Uses, std::int64_t>& elements);
// Its pages near the threads that write to them.
void make_eviction(Problem& problem, const Threads& threads);

// One line of so many that are in the caches when the work is done is still to be written to memory; 0: none.
std::int64_t lines_a_dirty_one(const Probe& probe, bool nontemporal);
std::int64_t lines_a_dirty_one(const MemoryVariant& variant);

// Leaves other data in the caches, a thread's share of it, so many of its lines dirty. Nothing where the
// arrays fit a cache.
void evict(const Problem& problem, Uses uses, int threads, int thread, std::int64_t lines_a_dirty_one);

}  // namespace pacer::memory
