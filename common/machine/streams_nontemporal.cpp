// Stores that bypass the caches. The only file that names instructions: neither C++ nor the compilers' OpenMP
// generates these.
#include "common/machine/streams.hpp"

#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace pacer::streams {

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

// Whether pairs begin at the next element only.
bool begins_odd(const double* target) {
    return reinterpret_cast<std::uintptr_t>(target) % (2 * sizeof(double)) != 0;
}

// Two at a time, from where a pair may begin.
template <class Value>
void store_all(double* target, std::int64_t count, const Value& value) {
    std::int64_t i = begins_odd(target) && count > 0 ? 1 : 0;
    if (i > 0) target[0] = value(0);
    for (; i + 2 <= count; i += 2) store_pair(target + i, value(i), value(i + 1));
    if (i < count) target[i] = value(i);
    wait_for_stores();
}

}  // namespace

const bool has_nontemporal_stores = available;

// Lanes of their own, or making the numbers would take longer than storing them.
void fill_nontemporal(double* target, std::int64_t count, std::int64_t first) {
    constexpr std::int64_t lanes = 8;
    const auto value = [=](std::int64_t i) { return static_cast<double>(first + i); };
    std::int64_t i = begins_odd(target) && count > 0 ? 1 : 0;
    if (i > 0) target[0] = value(0);
    double next[lanes];
    for (std::int64_t lane = 0; lane < lanes; ++lane) next[lane] = value(i + lane);
    for (; i + lanes <= count; i += lanes) {
        for (std::int64_t lane = 0; lane < lanes; lane += 2) {
            store_pair(target + i + lane, next[lane], next[lane + 1]);
        }
        for (double& number : next) number += static_cast<double>(lanes);
    }
    for (; i < count; ++i) target[i] = value(i);
    wait_for_stores();
}

void copy_nontemporal(double* target, const double* a, std::int64_t count) {
    store_all(target, count, [=](std::int64_t i) { return a[i]; });
}

void triad_nontemporal(double* target, const double* a, const double* b, std::int64_t count) {
    store_all(target, count, [=](std::int64_t i) { return a[i] + triad_factor * b[i]; });
}

}  // namespace pacer::streams
