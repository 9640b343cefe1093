// What the variants of several threads and ranks share.
#pragma once

#include <omp.h>

#include "apps/memory/memory.hpp"
#include "common/parallel/partition.hpp"

namespace pacer::memory {

inline const Arrays& arrays_of(const Problem& problem, Uses uses) {
    if (uses == Uses::core) return *problem.core;
    return uses == Uses::threads ? *problem.threads : *problem.ranks;
}

// What `work` makes of each thread's share of 0 .. elements - 1, added up. Whole numbers: in any order the
// same.
template <class Work>
double over_threads(int threads, std::int64_t elements, const Work& work) {
    if (threads == 1) return static_cast<double>(work(Range{0, elements}));
    double total = 0;
#pragma omp parallel num_threads(threads) reduction(+ : total)
    total += static_cast<double>(work(part_of({0, elements}, threads, omp_get_thread_num())));
    return total;
}

// Has each thread write its share of c: work(arrays, share).
template <class Work>
Answer write_shares(const Problem& problem, Uses uses, const Team& team, const Work& work) {
    const auto& arrays = arrays_of(problem, uses);
    over_threads(team.threads, arrays.elements, [&](Range share) {
        work(arrays, share);
        return 0;
    });
    return {.own = {arrays.elements, {}}};
}

// The answer of a variant that has added up `items` of its own.
inline Answer summed(std::int64_t items, double sum) {
    return {.own = {items, Number::of_whole(static_cast<Int128>(sum))}};
}

}  // namespace pacer::memory
