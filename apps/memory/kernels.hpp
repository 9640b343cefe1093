// The loops of one core.
#pragma once

#include <cstdint>

#include "apps/memory/memory.hpp"
#include "common/machine/streams.hpp"

namespace pacer::memory {

// Sums are exact: elements are whole numbers, and their sum stays below 2^53.
double sum(const double* values, std::int64_t count);
double sum_passes(const double* values, std::int64_t count, std::int64_t passes);  // read anew in each pass
double sum_columns(const double* values, std::int64_t rows, std::int64_t columns, std::int64_t row_length);
double sum_columns_blocked(const double* values, std::int64_t rows, std::int64_t columns,
                           std::int64_t row_length);

// The first double of each line, line after line, or in the order of the list.
double sum_lines(const double* values, std::int64_t lines);
double sum_lines(const double* values, const std::int64_t* order, std::int64_t lines);
double sum_lines_ahead(const double* values, const std::int64_t* order, std::int64_t lines,
                       std::int64_t ahead);

// Follows the chain from `at` for so many lines and adds up their values; returns where it leads.
std::int64_t follow(const Link* links, std::int64_t at, std::int64_t hops, std::int64_t& sum);
// The same for several chains of the same length at once.
void follow_all(const Link* links, std::int64_t (&at)[chains], std::int64_t hops,
                std::int64_t (&sums)[chains]);

// Goes through the lines of so many elements for no other purpose than that they are in the caches then. One
// line of so many it writes to, and reads the others; of 0 none.
void occupy_caches(double* values, std::int64_t count, std::int64_t lines_a_dirty_one);

// How many elements of the target hold what they should; leaves `spoilt` in all of them.
inline constexpr double spoilt = -1;
std::int64_t count_filled(double* target, std::int64_t count, std::int64_t first);
std::int64_t count_copied(double* target, const double* a, std::int64_t count);
std::int64_t count_triads(double* target, const double* a, const double* b, std::int64_t count);

}  // namespace pacer::memory
