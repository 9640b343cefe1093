// A variant: one way to solve an app's problem.
#pragma once

#include <string_view>

#include "common/measure/record.hpp"
#include "common/parallel/team.hpp"

namespace pacer {

// A row of an app's variant table. The team is the one the variant may use: of size 1 if it uses one process.
template <class Problem, class Answer>
struct Variant {
    std::string_view name, summary;
    Answer (*run)(const Problem&, const Team&);  // leaves the problem untouched; answer valid on rank 0
    Uses uses;
    Promise promise = Promise::right;
};

}  // namespace pacer
