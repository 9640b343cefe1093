#include "common/measure/busy_cores.hpp"

#include <omp.h>

#include <atomic>
#include <exception>

#include "common/machine/opaque.hpp"

namespace pacer {

namespace {

// Some microseconds of multiplications and additions.
void compute() {
    double a = 1, b = 2, c = 3, d = 4;
    for (int i = 0; i < 2000; ++i) {
        a = 0.999 * a + 0.001;
        b = 0.999 * b + 0.001;
        c = 0.999 * c + 0.001;
        d = 0.999 * d + 0.001;
    }
    const double sum = a + b + c + d;
    used(&sum);
}

// On every thread that is given but the first, which does `first`.
void beside(int threads, const std::function<void()>& first) {
    std::atomic<bool> done = false;
    std::exception_ptr failure;  // none may leave the parallel region
#pragma omp parallel num_threads(threads)
    {
        if (omp_get_thread_num() == 0) {
            try {
                first();
            } catch (...) {
                failure = std::current_exception();
            }
            done = true;
        }
        while (!done) compute();
    }
    if (failure) std::rethrow_exception(failure);
}

}  // namespace

void with_busy_cores(const Team& world, int threads, const std::function<void()>& work) {
    MPI_Barrier(world.comm);
    MPI_Request ended = MPI_REQUEST_NULL;
    if (world.root()) {
        beside(threads, work);
        MPI_Ibarrier(world.comm, &ended);
        MPI_Wait(&ended, MPI_STATUS_IGNORE);
        return;
    }
    MPI_Ibarrier(world.comm, &ended);
    beside(threads, [&] {
        for (int done = 0; done == 0; MPI_Test(&ended, &done, MPI_STATUS_IGNORE)) compute();
    });
}

}  // namespace pacer
