// Knowing the answer: sums in closed form, and what was written by looking at it.
#include "apps/memory/kernels.hpp"
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

namespace {

// How many of the elements that the variant was to write on this rank are right; spoils them all, so that the
// next repeat finds none of them done.
std::int64_t count_right(const Answer& answer, int threads) {
    const auto& arrays = *answer.arrays;
    const auto count = [&](Range share) -> std::int64_t {
        auto* const target = answer.target + share.begin;
        switch (answer.access) {
            case Access::read:
                break;
            case Access::write:
                return count_filled(target, share.size(), arrays.first + share.begin);
            case Access::copy:
                return count_copied(target, arrays.a.get() + share.begin, share.size());
            case Access::triad:
                return count_triads(target, arrays.a.get() + share.begin, arrays.b.get() + share.begin,
                                    share.size());
        }
        return 0;
    };
    return static_cast<std::int64_t>(over_threads(threads, answer.own.items, count));
}

}  // namespace

Judgement judge(const Problem&, Answer& answer, const Team& team) {
    if (answer.access != Access::read)
        answer.own.partial = Number::of_whole(count_right(answer, team.threads));
    answer.fresh.reset();
    answer.total = answer.own.partial;
    if (team.size > 1) {
        const auto mine = static_cast<std::int64_t>(answer.own.partial.whole);
        std::int64_t total = 0;
        MPI_Reduce(&mine, &total, 1, MPI_INT64_T, MPI_SUM, 0, team.comm);
        answer.total = Number::of_whole(total);
    }
    return {.check = {answer.total, Number::of_whole(answer.want)}, .own = answer.own};
}

}  // namespace pacer::memory
