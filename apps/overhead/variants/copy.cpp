// The same bytes copied within one process: what any exchange of them is compared with.
#include <cstring>

#include "apps/overhead/harness.hpp"

namespace pacer::overhead {

Answer copy(const Problem& problem, const Team& team) {
    constexpr std::int64_t enough_bytes = 1 << 14;  // to copy, so that a look at the clock does not matter
    const std::int64_t copies = std::max<std::int64_t>(1, enough_bytes / problem.bytes());
    return Harness::rounds(
        problem, team, Arrives::own, problem.wrong.copy,
        [&](const double* from, double* to) {
            std::memcpy(to, from, static_cast<std::size_t>(problem.bytes()));
            asm volatile("" : : "r"(to) : "memory");  // somebody might read it
        },
        copies);
}

}  // namespace pacer::overhead
