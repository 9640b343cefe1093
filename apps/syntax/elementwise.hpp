// What idioms share that write one value for each value they read, to memory that is there already.
#pragma once

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
    for (auto left = problem.calls; left > 0; --left) {
        way(opaque(values), opaque(output));
        used(output);
    }
    return answer;
}

inline Number read_elementwise(const Problem& problem, const Answer& answer) {
    return Number::of_whole(weighted({answer.output.get(), static_cast<std::size_t>(problem.elements)}));
}

}  // namespace pacer::syntax
