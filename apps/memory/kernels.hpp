// The loops of one core.
#pragma once

#include <cstdint>

#include "apps/memory/memory.hpp"
#include "common/machine/streams.hpp"
#include "common/parallel/partition.hpp"

namespace pacer::memory {

// Sums are exact: elements are whole numbers, and their sum stays below 2^53.
double sum(const double* values, std::int64_t count);
// Read anew in each pass, which leaves out an element of its own: so one pass does not tell the sum of all.
double sum_passes(const double* values, std::int64_t count, std::int64_t passes);
constexpr std::int64_t left_out(std::int64_t pass, std::int64_t count) {
    return pass % count;
}

// The elements `range` of a, of b; and the sum of every so many'th of the first elements of a.
void fill_a(double* target, Range range);
void fill_b(double* target, Range range);
std::int64_t sum_of_a(std::int64_t elements, std::int64_t stride);

// Follows the chain from `at` for so many lines and adds up their values; returns where it leads.
std::int64_t follow(const Link* links, std::int64_t at, std::int64_t hops, std::int64_t& sum);

// Goes through the lines of so many elements for no other purpose than that they are in the caches then. One
// line of so many it writes to, and reads the others; of 0 none.
void occupy_caches(double* values, std::int64_t count, std::int64_t lines_a_dirty_one);

// How many elements of the target hold what they should; leaves `spoilt` in all of them.
inline constexpr double spoilt = -1;
std::int64_t count_filled(double* target, std::int64_t count, std::int64_t first);
std::int64_t count_copied(double* target, const double* a, std::int64_t count);
std::int64_t count_triads(double* target, const double* a, const double* b, std::int64_t count);

// How many elements of two arrays hold what is left there by `passes` triads, from `a` to another array, back
// to `a`, and so on: the last of them wrote to `target`, and the one before it to `other`.
std::int64_t count_chained_triads(const double* target, const double* other, const double* b,
                                  std::int64_t count, std::int64_t passes);

}  // namespace pacer::memory
