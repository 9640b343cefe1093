// Stores past the caches. The only place that names instructions: neither C++ nor OpenMP as compilers have it
// makes them.
#include "apps/memory/kernels.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace pacer::memory {

namespace {

#if defined(__SSE2__)
constexpr bool available = true;
void store_pair(double* at, double low, double high) {
    _mm_stream_pd(at, _mm_set_pd(high, low));
}
void wait_for_stores() {
    _mm_sfence();  // they are not ordered with others
}
#else
constexpr bool available = false;
void store_pair(double* at, double low, double high) {
    at[0] = low;
    at[1] = high;
}
void wait_for_stores() {}
#endif

// Two at a time, from where a pair may begin.
template <class Value>
void store_all(double* target, std::int64_t count, const Value& value) {
    const bool odd = reinterpret_cast<std::uintptr_t>(target) % (2 * sizeof(double)) != 0;
    std::int64_t i = 0;
    if (odd && count > 0) target[i] = value(i), ++i;
    for (; i + 2 <= count; i += 2) store_pair(target + i, value(i), value(i + 1));
    if (i < count) target[i] = value(i);
    wait_for_stores();
}

}  // namespace

const bool has_nontemporal_stores = available;

void fill_streaming(double* target, std::int64_t count, std::int64_t first) {
    store_all(target, count, [=](std::int64_t i) { return value_written(first + i); });
}

void copy_streaming(double* target, const double* a, std::int64_t count) {
    store_all(target, count, [=](std::int64_t i) { return a[i]; });
}

void triad_streaming(double* target, const double* a, const double* b, std::int64_t count) {
    store_all(target, count, [=](std::int64_t i) { return a[i] + triad_factor * b[i]; });
}

}  // namespace pacer::memory
