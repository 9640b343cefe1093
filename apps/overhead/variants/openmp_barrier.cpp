// A barrier within a parallel region.
#include "apps/overhead/harness.hpp"

namespace pacer::overhead {

Answer openmp_barrier(const Problem& problem, const Team&) {
    return Harness::waits(problem, [] {
#pragma omp barrier
    });
}

}  // namespace pacer::overhead
