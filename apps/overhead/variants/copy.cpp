// The same bytes copied within one process: what any exchange of them is compared with.
#include <cstring>

#include "apps/overhead/rounds.hpp"

namespace pacer::overhead {

Answer copy(const Problem& problem, const Team& team) {
    constexpr std::int64_t enough_bytes = 1 << 14;  // to copy, so that a look at the clock does not matter
    const std::int64_t copies = std::max<std::int64_t>(1, enough_bytes / problem.bytes());
    const double* const from = problem.means->buffers.to_send();
    auto answer =
        clock_rounds(problem, team, {true, factor_of_rank(team.rank)}, problem.wrong.copy, [&](double* to) {
            for (std::int64_t i = 0; i < copies; ++i) {
                std::memcpy(to, from, static_cast<std::size_t>(problem.bytes()));
                asm volatile("" : : "r"(to) : "memory");  // somebody might read it
            }
        });
    for (auto& seconds : answer.calls.seconds) seconds /= static_cast<double>(copies);
    answer.calls.each = copies;
    return answer;
}

}  // namespace pacer::overhead
