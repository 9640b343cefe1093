// How exchanges of messages are clocked: each by itself.
#pragma once

#include <cmath>

#include <algorithm>
#include <cstdint>
#include <utility>

#include "apps/overhead/overhead.hpp"
#include "common/base/clock.hpp"

namespace pacer::overhead {

// Clocked calls in an execution; one where ranks wait for cores.
inline std::int64_t rounds_of(const Problem& problem) {
    constexpr std::int64_t enough_bytes = 1 << 20, fewest = 8, most = 100;
    return problem.means->crowded ? 1 : std::clamp(enough_bytes / problem.bytes(), fewest, most);
}

// Calls of so many seconds between two looks at the clock: one, or as many as the clock can tell.
inline std::int64_t calls_a_look(double seconds) {
    constexpr double most = 1000;
    return static_cast<std::int64_t>(
        std::clamp(std::ceil(shortest_told_seconds() / std::max(seconds, 1e-9)), 1.0, most));
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

// What arrived, and how long the calls took: the part of a rank that had something to receive, or nothing.
inline Answer answer_of_rank(const Problem& problem, bool receives, std::int64_t wrong,
                             std::int64_t& wrong_so_far, CallTimes calls) {
    if (!receives) return {Number{}, Part{}, std::move(calls)};
    wrong_so_far += wrong;
    const auto right = std::max<std::int64_t>(0, problem.elements - wrong);
    return {Number::of_whole(wrong), {right, Number::of_whole(wrong_so_far)}, std::move(calls)};
}

// Makes the calls `call(where to receive)`, and before each, outside the clock, the ranks meet: otherwise
// those that only send would run ahead, and the others never have to wait. (The Intel MPI Benchmarks do the
// same.) After each, also outside the clock, this rank looks at what it received: at the whole of it in the
// first round and the last. The first rounds, in which caches are cold, are not clocked. The ranks do not
// tell each other what they saw: that would bring them into step, and the next call would be faster for it.
template <class Call>
Answer clock_rounds(const Problem& problem, const Team& team, Expected expected, std::int64_t& wrong_so_far,
                    const Call& call) {
    const auto& buffers = problem.means->buffers;
    const std::int64_t rounds = rounds_of(problem), cold = cold_rounds_of(problem);
    CallTimes calls;
    calls.seconds.reserve(static_cast<std::size_t>(rounds));
    std::int64_t wrong = 0;
    for (std::int64_t round = -cold; round < rounds; ++round) {
        const Look look = round == -cold || round == rounds - 1 ? Look::whole : Look::glance;
        double* const to = buffers.to_receive(problem.elements, look);
        MPI_Barrier(team.comm);
        const double start = now_seconds();
        call(to);
        const double end = now_seconds();
        if (round >= 0) calls.seconds.push_back(end - start);
        if (expected.anything) wrong += buffers.count_wrong(problem.elements, expected.factor, look);
    }
    return answer_of_rank(problem, expected.anything, wrong, wrong_so_far, std::move(calls));
}

}  // namespace pacer::overhead
