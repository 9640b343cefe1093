#include "apps/memory/kernels.hpp"
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

Answer next_pass(const Problem& problem, const Team&) {
    const auto n = problem.core_elements;
    auto* const target = problem.kept.as<double>();
    streams::fill(target, n, 0);
    return written(Access::write, n, n, target, problem.core.get());
}

}  // namespace pacer::memory
