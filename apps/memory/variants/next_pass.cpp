// Fills memory that was written before: fill() is target[i] = i, in common/machine/streams.cpp.
#include "apps/memory/kernels.hpp"

namespace pacer::memory {

Answer next_pass(const Problem& problem, const Team&) {
    streams::fill(problem.kept.as<double>(), problem.core_elements, 0);
    return {.own = {problem.core_elements, {}}};
}

}  // namespace pacer::memory
