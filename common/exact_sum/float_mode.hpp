// The floating-point mode that exact sums need: rounding to nearest, nothing flushed to zero, no traps.
#pragma once

#include <cfenv>
#include <cstdint>

#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || \
    (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#error "exact sums need IEEE arithmetic: compile without -ffast-math and the options it stands for"
#endif
// 16: halves are computed as halves, and doubles as doubles.
#if defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ != 0 && __FLT_EVAL_METHOD__ != 16
#error "exact sums need doubles computed as doubles: on x86, compile with -mfpmath=sse"
#endif

namespace pacer {

// Sets that mode for the calling thread, and at its end the mode that was before, with its exception flags.
// A program or a library linked with -ffast-math sets flushing to zero for the whole process.
// Compilers may move arithmetic across this: it must be in a function of its own, called between and not
// inlined.
class DefaultFloatMode {
  public:
    DefaultFloatMode(const DefaultFloatMode&) = delete;
    DefaultFloatMode& operator=(const DefaultFloatMode&) = delete;
#if defined(__SSE2__)
    DefaultFloatMode() : saved_(__builtin_ia32_stmxcsr()) {
        __builtin_ia32_ldmxcsr(0x1f80);
    }
    ~DefaultFloatMode() {
        __builtin_ia32_ldmxcsr(saved_);
    }

  private:
    unsigned saved_;
#elif defined(__aarch64__)
    DefaultFloatMode() {
        asm volatile("mrs %0, fpcr" : "=r"(mode_));
        asm volatile("mrs %0, fpsr" : "=r"(flags_));
        asm volatile("msr fpcr, %0" : : "r"(std::uint64_t{0}) : "memory");
    }
    ~DefaultFloatMode() {
        asm volatile("msr fpcr, %0" : : "r"(mode_) : "memory");
        asm volatile("msr fpsr, %0" : : "r"(flags_) : "memory");
    }

  private:
    std::uint64_t mode_, flags_;
#else
    DefaultFloatMode() {
        std::fegetenv(&saved_);
        std::fesetenv(FE_DFL_ENV);
    }
    ~DefaultFloatMode() {
        std::fesetenv(&saved_);
    }

  private:
    std::fenv_t saved_;
#endif
};

}  // namespace pacer
