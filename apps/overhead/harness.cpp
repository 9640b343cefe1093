#include "apps/overhead/harness.hpp"

namespace pacer::overhead {

CallTimes Harness::looks_alone(std::int64_t looks, std::int64_t each) {
    CallTimes calls;
    for (std::int64_t look = 0; look < looks; ++look) {
        const double start = now_seconds();
        calls.add(std::max(now_seconds() - start, 1e-9) / static_cast<double>(each), each);
    }
    return calls;
}

Answer Harness::of_rank(const Problem& problem, bool receives, std::int64_t wrong, std::int64_t& wrong_so_far,
                        CallTimes calls) {
    if (!receives) return {Number{}, Part{}, std::move(calls)};
    wrong_so_far += wrong;
    const auto right = std::max<std::int64_t>(0, problem.elements - wrong);
    return {Number::of_whole(wrong), {right, Number::of_whole(wrong_so_far)}, std::move(calls)};
}

Answer Harness::of_workers(const Problem& problem, std::int64_t sum, std::int64_t rounds, CallTimes calls) {
    // One round that went wrong leaves a remainder, or another quotient.
    const std::int64_t of_one = sum % rounds == 0 ? sum / rounds : -1;
    return {Number::of_whole(of_one), {problem.workers, Number::of_whole(of_one)}, std::move(calls)};
}

Answer Harness::of_diaries(const Problem& problem, const std::vector<Diary>& diaries, std::size_t unclocked) {
    std::int64_t sum = 0;
    for (const auto& diary : diaries) sum += diary.result;
    CallTimes calls;
    for (std::size_t i = 0; i < diaries[0].came.size(); ++i) {
        double slowest = 0, last_came = diaries[0].came[i], first_left = diaries[0].left[i];
        for (const auto& diary : diaries) {
            slowest = std::max(slowest, diary.left[i] - diary.came[i]);
            last_came = std::max(last_came, diary.came[i]);
            first_left = std::min(first_left, diary.left[i]);
        }
        if (i >= unclocked) calls.add(slowest);
        if (first_left < last_came) sum = 0;
    }
    return of_workers(problem, sum, 1, std::move(calls));
}

}  // namespace pacer::overhead
