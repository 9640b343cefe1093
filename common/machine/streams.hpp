// Writing, copying and adding up arrays as fast as one core can.
#pragma once

#include <cstdint>

namespace pacer::streams {

inline constexpr double triad_factor = 3;

// target[i] = first + i, = a[i], = a[i] + triad_factor * b[i]
void fill(double* target, std::int64_t count, std::int64_t first);
void copy(double* target, const double* a, std::int64_t count);
void triad(double* target, const double* a, const double* b, std::int64_t count);

// The same with stores that bypass the caches, where the processor has them: a line that is written as a
// whole need not be read first.
extern const bool has_nontemporal_stores;
void fill_nontemporal(double* target, std::int64_t count, std::int64_t first);
void copy_nontemporal(double* target, const double* a, std::int64_t count);
void triad_nontemporal(double* target, const double* a, const double* b, std::int64_t count);

}  // namespace pacer::streams
