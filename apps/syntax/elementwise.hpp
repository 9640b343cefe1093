// What idioms share that write one value for each value they read, to memory that is there already.
#pragma once

#include "apps/syntax/parts.hpp"
#include "apps/syntax/syntax.hpp"
#include "common/machine/opaque.hpp"
#include "common/measure/profile.hpp"

namespace pacer::syntax {

// A way is called as way(values, output).
template <auto way>
Answer run_elementwise(const Problem& problem, const Team&) {
    PACER_REGION("each element");
    const std::span<const double> values = problem.values;
    Answer answer;
    answer.output = output_for(problem.elements);
    double* const output = answer.output.get();
    answer.seen = over_parts(problem, [values, output](std::size_t place, std::int64_t calls) {
        for (; calls > 0; --calls) {
            way(opaque(values), opaque(output));
            used(output);
        }
        return values.empty() ? 0 : output[place];
    });
    return answer;
}

inline Number read_elementwise(const Problem& problem, const Answer& answer) {
    return Number::of_whole(weighted({answer.output.get(), static_cast<std::size_t>(problem.elements)}));
}

// What is to be seen of them, where each value comes to of(value).
template <auto of>
double seen_elementwise(const Problem& problem) {
    return over_parts(problem, [&](std::size_t place, std::int64_t) {
        return problem.elements > 0 ? of(problem.values[place]) : 0;
    });
}

}  // namespace pacer::syntax
