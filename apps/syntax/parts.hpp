// The calls of one execution in a few parts, in each of which another element has another value: a call that
// does nothing, since the one before it did the same, is found out.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "apps/syntax/syntax.hpp"
#include "common/parallel/partition.hpp"

namespace pacer::syntax {

// Another value, with which every idiom comes to something else: on the other side of 512, and with all three
// conditions of `nesting` met where they were not.
constexpr double changed(double value) {
    const bool below = value < 512;
    const bool met = value > 256 && value < 768 && static_cast<int>(value) % 2 == 0;
    if (met) return below ? 1000 : 100;
    return below ? 512 : 300;
}

// part(place, calls) for each of the parts, with another value at that place, but in the last one: that works
// on the values as they are. Adds up what it returns. So few parts cost nothing, if a part works on copies of
// pointers and sums, which stay in registers.
template <class Part>
double over_parts(const Problem& problem, const Part& part) {
    constexpr std::int64_t most_parts = 8;
    const auto parts = problem.elements > 0 ? std::clamp<std::int64_t>(problem.calls, 1, most_parts) : 1;
    double seen = 0;
    for (std::int64_t i = 0;; ++i) {
        const auto place = static_cast<std::size_t>(i * problem.elements / parts);
        const auto calls = part_of({0, problem.calls}, parts, i).size();
        if (i + 1 == parts) return seen + part(place, calls);
        const double kept = std::exchange(problem.values[place], changed(problem.values[place]));
        seen += part(place, calls);
        problem.values[place] = kept;
    }
}

}  // namespace pacer::syntax
