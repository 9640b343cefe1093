// Fetching ahead from memory.
#pragma once

#include <cstdint>

namespace pacer {

// Brings the cache line of values[ahead] nearer. It may lie behind the end of the values: so an address is
// computed here, not a pointer.
[[gnu::always_inline]] inline void prefetch(const double* values, std::int64_t ahead) {
    const auto address =
        reinterpret_cast<std::uintptr_t>(values) + static_cast<std::uintptr_t>(ahead) * sizeof(double);
    __builtin_prefetch(reinterpret_cast<const void*>(address));
}

}  // namespace pacer
