// One binary for a mixed cluster: a function marked PACER_CLONES is compiled for several generations of x86
// and the loader picks the best that the CPU at hand can run. Elsewhere, and under sanitizers (whose run-time
// is not up yet when the loader picks), the function is compiled once. Mark leaf functions only: OpenMP
// regions are outlined without the attribute.
#pragma once

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define PACER_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
// The same where a fused multiply-add is wanted, which came with AVX2 and is no part of it.
#define PACER_FMA_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define PACER_HAS_CLONES 1
#else
#define PACER_CLONES
#define PACER_FMA_CLONES
#define PACER_HAS_CLONES 0
#endif

namespace pacer {

// True if clones run with the 32 registers of 512 bits of AVX-512: enough for 64 lanes of two 8-byte values
// each. Elsewhere 16 lanes are what the registers hold.
inline bool wide_registers() {
#if PACER_HAS_CLONES
    return __builtin_cpu_supports("avx512f") != 0;
#else
    return false;
#endif
}

}  // namespace pacer
