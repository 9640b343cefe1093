// What the variants of several threads and ranks share.
#pragma once

#include <omp.h>

#include "apps/memory/memory.hpp"
#include "common/parallel/partition.hpp"

namespace pacer::memory {

template <Uses uses>
const Arrays& arrays_of(const Problem& problem) {
    if constexpr (uses == Uses::core) return *problem.core;
    if constexpr (uses == Uses::threads) return *problem.threads;
    return *problem.ranks;
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

// Elements of all nodes that work when variants of this kind do.
template <Uses uses>
std::int64_t elements_of(const Problem& problem) {
    return problem.node_elements * (uses_ranks(uses) ? problem.nodes : 1);
}

// The answer of a variant that has written `elements` of its own to the target.
inline Answer written(Access access, std::int64_t want, std::int64_t elements, double* target,
                      const Arrays* arrays) {
    return {.want = want, .own = {elements, {}}, .access = access, .target = target, .arrays = arrays};
}

// The answer of a variant that has added up `items` of its own.
inline Answer summed(std::int64_t want, std::int64_t items, double sum) {
    return {.want = want, .own = {items, Number::of_whole(static_cast<Int128>(sum))}};
}

}  // namespace pacer::memory
