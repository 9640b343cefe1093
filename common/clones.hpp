// One binary for a mixed cluster: a function marked PACER_CLONES is compiled for several generations of x86
// and the loader picks the best that the CPU at hand can run. Elsewhere, and under sanitizers (whose run-time
// is not up yet when the loader picks), the function is compiled once. Mark leaf functions only: OpenMP
// regions are outlined without the attribute.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define PACER_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define PACER_CLONES
#endif
