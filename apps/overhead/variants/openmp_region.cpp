// A parallel region: OpenMP keeps its threads from one region to the next, where they wait actively for a
// while.
#include "apps/overhead/harness.hpp"

namespace pacer::overhead {

Answer openmp_region(const Problem& problem, const Team&) {
    return Harness::regions(problem, [](Pieces& pieces) {
#pragma omp parallel num_threads(static_cast <int>(pieces.count()))
        pieces.work(omp_get_thread_num());
    });
}

}  // namespace pacer::overhead
