#include "common/machine/streams.hpp"

#include "common/machine/clones.hpp"

namespace pacer::streams {

namespace {

constexpr std::int64_t lanes = 32;

}  // namespace

PACER_CLONES void fill(double* target, std::int64_t count, std::int64_t first) {
    double next[lanes];
    for (std::int64_t lane = 0; lane < lanes; ++lane) next[lane] = static_cast<double>(first + lane);
    const std::int64_t body = count / lanes * lanes;
    for (std::int64_t i = 0; i < body; i += lanes) {
#pragma omp simd
        for (std::int64_t lane = 0; lane < lanes; ++lane) {
            target[i + lane] = next[lane];
            next[lane] += static_cast<double>(lanes);
        }
    }
    for (std::int64_t i = body; i < count; ++i) target[i] = static_cast<double>(first + i);
}

// In blocks, or the compiler calls memcpy, which chooses its way by itself.
PACER_CLONES void copy(double* target, const double* a, std::int64_t count) {
    const std::int64_t body = count / lanes * lanes;
    for (std::int64_t i = 0; i < body; i += lanes) {
        asm volatile("");
#pragma omp simd
        for (std::int64_t lane = 0; lane < lanes; ++lane) target[i + lane] = a[i + lane];
    }
    for (std::int64_t i = body; i < count; ++i) target[i] = a[i];
}

PACER_CLONES void triad(double* target, const double* a, const double* b, std::int64_t count) {
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) target[i] = a[i] + triad_factor * b[i];
}

}  // namespace pacer::streams
