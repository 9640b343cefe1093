// Fills memory that the process has just got, so that the system finds and clears each page at its first
// write. fill() is target[i] = i, in common/machine/streams.cpp.
#include <memory>

#include "apps/memory/kernels.hpp"

namespace pacer::memory {

namespace {

// The memory is given back once the clock has been read.
Answer fill_fresh(const Problem& problem, Pages pages) {
    const auto n = problem.core_elements;
    auto fresh = std::make_shared<Mapping>(n * element_bytes, pages);
    streams::fill(fresh->as<double>(), n, 0);
    return {.own = {n, {}}, .fresh = std::move(fresh)};
}

}  // namespace

Answer first_pass(const Problem& problem, const Team&) {
    return fill_fresh(problem, Pages::small);
}

Answer first_pass_huge(const Problem& problem, const Team&) {
    return fill_fresh(problem, Pages::huge);
}

}  // namespace pacer::memory
