// A variant: one way to solve an app's problem. A group: the variants of one problem.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

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
    std::int64_t argument = 0;  // what tells it from its neighbours: the bytes of a stride, say
};

// The variants that solve one problem of an app, or those of them that were chosen. The same variant may
// belong to several groups.
template <class Problem, class Answer>
struct Group {
    std::string_view problem;   // what --problems calls it
    std::string_view baseline;  // the variant that speedups refer to
    std::vector<Variant<Problem, Answer>> variants;
};

// The kinds of use among the variants, without repeats.
template <class Problem, class Answer>
std::vector<Uses> uses_of(const Group<Problem, Answer>& group) {
    std::vector<Uses> uses;
    for (const auto& variant : group.variants) {
        if (std::find(uses.begin(), uses.end(), variant.uses) == uses.end()) uses.push_back(variant.uses);
    }
    return uses;
}

}  // namespace pacer
