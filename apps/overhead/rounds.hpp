// How exchanges of messages are clocked: each by itself.
#pragma once

#include <algorithm>
#include <cstdint>

#include "apps/overhead/overhead.hpp"
#include "common/base/clock.hpp"

namespace pacer::overhead {

// Clocked calls in an execution; one where ranks wait for cores.
inline std::int64_t rounds_of(const Problem& problem) {
    constexpr std::int64_t enough_bytes = 1 << 20, fewest = 8, most = 100;
    return problem.means->crowded ? 1 : std::clamp(enough_bytes / problem.bytes(), fewest, most);
}

// Calls before them, which find cold caches and are not clocked.
inline std::int64_t cold_rounds_of(const Problem& problem) {
    return 1 + rounds_of(problem) / 20;
}

// What a rank has to receive: nothing, or a message of that factor.
struct Expected {
    bool anything = true;
    double factor = 1;
};

// Makes the calls `call(where to receive)`, and before each, outside the clock, the ranks meet: otherwise
// those that only send would run ahead, and the others never have to wait. (The Intel MPI Benchmarks do the
// same.) After each, outside the clock too, this rank looks at what it received: at the whole of it in the
// first round and the last. The first rounds, in which it finds cold caches, are not clocked. It tells
// nobody, since ranks that have just exchanged something are in step, and the next call's time would tell so.
template <class Call>
Answer clock_rounds(const Problem& problem, const Team& team, Expected expected, std::int64_t& wrong_so_far,
                    const Call& call) {
    const auto& buffers = problem.means->buffers;
    const std::int64_t rounds = rounds_of(problem), cold = cold_rounds_of(problem);
    double seconds = 0;
    std::int64_t wrong = 0;
    for (std::int64_t round = -cold; round < rounds; ++round) {
        const Look look = round == -cold || round == rounds - 1 ? Look::whole : Look::glance;
        double* const to = buffers.to_receive(problem.elements, look);
        MPI_Barrier(team.comm);
        const double start = now_seconds();
        call(to);
        const double end = now_seconds();
        if (round >= 0) seconds += end - start;
        if (expected.anything) wrong += buffers.count_wrong(problem.elements, expected.factor, look);
    }
    seconds /= static_cast<double>(rounds);
    if (!expected.anything) return {Number{}, Part{}, seconds};
    wrong_so_far += wrong;
    const auto right = std::max<std::int64_t>(0, problem.elements - wrong);
    return {Number::of_whole(wrong), {right, Number::of_whole(wrong_so_far)}, seconds};
}

}  // namespace pacer::overhead
