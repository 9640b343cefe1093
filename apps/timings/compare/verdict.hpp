// A comparison as whoever has to decide reads it: the verdict, the worst of it, what to do, and then the
// rest.
#pragma once

#include <vector>

#include "apps/timings/compare/comparison.hpp"

namespace pacer::timings {

// The first four lines are the verdict, whether the launches were disturbed, the worst five cases, and what
// to do next; then what the machine can do, before and now; then the cases, the worst first, without those
// that are as before unless `all` are wanted. On a terminal no line of the tables is longer than 120
// characters.
Document verdict_of(const std::vector<Launch>& base, const std::vector<Launch>& candidate,
                    const Comparison& comparison, bool all);

}  // namespace pacer::timings
