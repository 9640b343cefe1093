// The same bytes copied within one process: what any exchange of them is compared with.
#include <algorithm>
#include <cstring>

#include "apps/overhead/overhead.hpp"
#include "common/timing.hpp"

namespace pacer::overhead {

Answer copy(const Problem& problem, const Team& team) {
    constexpr std::int64_t enough_bytes = 1 << 16;  // to copy, for one look at the clock not to count
    const std::int64_t rounds = std::max<std::int64_t>(1, enough_bytes / problem.bytes());
    const auto& buffers = problem.means->buffers;
    double* const to = buffers.to_receive(problem.elements);
    const double* const from = buffers.to_send();
    const double start = now_seconds();
    for (std::int64_t round = 0; round < rounds; ++round) {
        std::memcpy(to, from, static_cast<std::size_t>(problem.bytes()));
        asm volatile("" : : "r"(to) : "memory");  // who knows who reads it
    }
    const double end = now_seconds();
    const auto right = buffers.count_right(problem.elements, factor_of_rank(team.rank));
    return answer_of_ranks(team, 1, right, (end - start) / static_cast<double>(rounds));
}

}  // namespace pacer::overhead
