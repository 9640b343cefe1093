// Statements that cost nothing and that the compiler cannot see through, so that it does work as often as
// the source says, although it could find out that once would do.
#pragma once

#include <span>

namespace pacer {

// The same pointer or number, of which the compiler knows nothing, and nothing of what lies in memory either.
template <class T>
[[gnu::always_inline]] inline T opaque(T value) {
    asm volatile("" : "+r"(value) : : "memory");
    return value;
}

template <class T>
[[gnu::always_inline]] inline std::span<T> opaque(std::span<T> values) {
    return {opaque(values.data()), opaque(values.size())};
}

// As if somebody read and changed what lies there: it must have been written before, and is read again
// afterwards.
[[gnu::always_inline]] inline void used(const void* memory) {
    asm volatile("" : : "r"(memory) : "memory");
}

}  // namespace pacer
