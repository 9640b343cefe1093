// Judging answers: sums against those known in advance, and what was written by looking at it.
#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "apps/memory/kernels.hpp"
#include "apps/memory/team_work.hpp"

namespace pacer::memory {

namespace {

// Against the sum of all ranks' own.
Judgement judge_total(const Answer& answer, std::int64_t want, const Team& team) {
    auto total = answer.own.partial;
    if (team.size > 1) {
        const auto mine = static_cast<std::int64_t>(answer.own.partial.whole);
        std::int64_t all = 0;
        MPI_Reduce(&mine, &all, 1, MPI_INT64_T, MPI_SUM, 0, team.comm);
        total = Number::of_whole(all);
    }
    return {.check = {total, Number::of_whole(want)}, .own = answer.own};
}

// All nodes do the same at once.
std::int64_t nodes_of(const Problem& problem, const MemoryVariant& variant) {
    return uses_ranks(variant.uses) ? problem.nodes : 1;
}

template <std::int64_t Problem::*want>
Judgement judge_sum(const Problem& problem, const MemoryVariant& variant, Answer& answer, const Team& team) {
    return judge_total(answer, problem.*want * nodes_of(problem, variant), team);
}

Judgement judge_stride(const Problem& problem, const MemoryVariant& variant, Answer& answer,
                       const Team& team) {
    return judge_total(answer, problem.strided_bits.at(variant.argument / element_bytes), team);
}

std::int64_t right_fills(const Arrays& arrays, Range share) {
    return count_filled(arrays.c.get() + share.begin, share.size(), arrays.first + share.begin);
}
std::int64_t right_copies(const Arrays& arrays, Range share) {
    return count_copied(arrays.c.get() + share.begin, arrays.a.get() + share.begin, share.size());
}
std::int64_t right_triads(const Arrays& arrays, Range share) {
    return count_triads(arrays.c.get() + share.begin, arrays.a.get() + share.begin,
                        arrays.b.get() + share.begin, share.size());
}

// How many elements of c are right; spoils them all, so that the next repeat finds none of them done.
template <std::int64_t (*count_right)(const Arrays&, Range)>
Judgement judge_written(const Problem& problem, const MemoryVariant& variant, Answer& answer,
                        const Team& team) {
    const auto& arrays = arrays_of(problem, variant.uses);
    const double right =
        over_threads(team.threads, arrays.elements, [&](Range share) { return count_right(arrays, share); });
    answer.own.partial = Number::of_whole(static_cast<Int128>(right));
    return judge_total(answer, problem.node_elements * nodes_of(problem, variant), team);
}

// Memory that a variant keeps is not fresh the next time; and what is too small was not all written.
bool is_fresh(const std::shared_ptr<Mapping>& memory, std::int64_t elements) {
    return memory && memory.use_count() == 1 && memory->bytes() >= elements * element_bytes;
}

Judgement judge_fresh(const Problem& problem, const MemoryVariant& variant, Answer& answer,
                      const Team& team) {
    const auto n = problem.core_elements;
    const Mapping none, &target = variant.argument != new_memory ? problem.kept
                                  : is_fresh(answer.fresh, n)    ? *answer.fresh
                                                                 : none;
    answer.own.partial = Number::of_whole(target ? count_filled(target.as<double>(), n, 0) : 0);
    answer.fresh.reset();
    return judge_total(answer, n, team);
}

constexpr auto judges = std::to_array<std::pair<std::string_view, Judge>>({
    {"read", judge_sum<&Problem::node_sum>},
    {"write", judge_written<right_fills>},
    {"copy", judge_written<right_copies>},
    {"triad", judge_written<right_triads>},
    {"stride", judge_stride},
    {"order", judge_sum<&Problem::line_sum>},
    {"matrix", judge_sum<&Problem::matrix_sum>},
    {"fresh", judge_fresh},
    {"pages", judge_sum<&Problem::page_sum>},
});

}  // namespace

Judge judge_of(std::string_view experiment) {
    return std::find_if(judges.begin(), judges.end(),
                        [&](const auto& row) { return row.first == experiment; })
        ->second;
}

}  // namespace pacer::memory
