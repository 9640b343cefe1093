// Sums of doubles that are exact until they are rounded once: correctly rounded, and so the same bits for any
// order and any division among threads, ranks, blocks and machines.
//
//     const double total = pacer::exact_sum(values);                 // one thread
//
//     pacer::ExactAccumulator mine;                                  // each thread and rank its own
//     mine.add(values);                                              // as often as there are values
//     sum.merge(mine.sum());                                         // threads, one at a time
//     const double total = reduce_exact(sum, 0, comm).round();       // ranks; or all_reduce_exact
//
// NaN if a term is NaN or infinities of both signs are; infinite if a term is, or if the sum is too large for
// a double; -0 only if all terms are -0; exact for subnormals, for sums that overflow on the way, and for at
// least 2^60 terms. The rounding mode and flushing to zero may be set to anything.
//
// From memory it takes hardly longer than a plain sum while the values of a neighbourhood lie within 97
// binades, 1.2 times as long within 148, 2.6 times in the worst case; in cache 3 to 6 times, in the worst
// case 25 times (apps/reduce/README.md).
//
// The files of this folder need nothing else of Pacer: C++20, GCC or clang, and for reduce.*, which has
// reduce_exact and all_reduce_exact, MPI. They include each other as common/exact_sum/..., and their .cpp
// files are to be compiled with -ffp-contract=off and without -ffast-math. Those that include them may be
// compiled with any options.
#pragma once

#include <span>

#include "common/exact_sum/accumulator.hpp"
#include "common/exact_sum/state.hpp"

namespace pacer {

// The sum of the values, rounded to nearest.
double exact_sum(std::span<const double> values);

}  // namespace pacer
