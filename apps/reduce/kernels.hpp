// The fast loops of one core, used by every variant but `serial`.
#pragma once

#include <cstdint>
#include <span>

#include "apps/reduce/reduce.hpp"

namespace pacer::reduce {

// Sum of elements `range`, which lie in this team's values or are made on the way: independent lanes in the
// vector registers of the calling core. Whole numbers are summed exactly, in 128 bits where needed.
Number sum_range(const Problem& problem, const Team& team, Range range);

// The elements of `range`, which lie in this team's memory.
std::span<const double> doubles_in(const Problem& problem, const Team& team, Range range);

// The element as a loop over iota meets it. The empty statement tells the compiler nothing about its value: a
// loop over i itself would be folded into n(n-1)/2, and no sum be made.
inline std::int64_t made(std::int64_t element) {
    asm volatile("" : "+r"(element));
    return element;
}

// The doubles of iota are i mod 1024: any sum of them is below 2^53, and so exact in any order.
inline constexpr std::int64_t period = 1024;

// Writes the elements of `range` to `buffer`.
void make_values(const Settings& settings, Range range, std::uint64_t* buffer);
void make_values(const Settings& settings, Range range, double* buffer);

// Sum of `count` values, whole ones exactly: all of them are less than `below`.
Number sum_values(const std::uint64_t* values, std::int64_t count, std::int64_t below);
Number sum_values(const double* values, std::int64_t count);

// Adds the ranks' numbers with MPI_Reduce; valid on the team's root.
Number add_over_ranks(const Number& mine, const Team& team);

// How many numbers below `below` add up to less than 2^63 for certain.
constexpr std::int64_t safe_count(std::int64_t below) {
    constexpr std::int64_t most = INT64_MAX;
    return below > 0 ? most / below : most;
}

}  // namespace pacer::reduce
