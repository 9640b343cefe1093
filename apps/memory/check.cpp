// Judging answers: sums against those known in advance, and what was written by looking at it.
#include <algorithm>
#include <array>
#include <bit>
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
    answer.own.partial.whole -= problem.added;
    return judge_total(answer, problem.*want * nodes_of(problem, variant), team);
}

Judgement judge_stride(const Problem& problem, const MemoryVariant& variant, Answer& answer,
                       const Team& team) {
    answer.own.partial.whole -= problem.added_bits;
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

// Adds `change` to an element; what that adds to its bits.
std::int64_t change_bits(double& element, std::int64_t change) {
    const auto before = std::bit_cast<std::uint64_t>(element);
    element += static_cast<double>(change);
    return static_cast<std::int64_t>(std::bit_cast<std::uint64_t>(element) - before);
}

// The middle of all arrays that hold the same elements; it is the first of a line, and of any stride.
void alter_core(const Problem& problem, std::int64_t change) {
    const auto place = problem.core_elements / 2 / 128 * 128, line = place / line_elements;
    if (problem.core)
        problem.added_bits += change_bits(problem.core->a[static_cast<std::size_t>(place)], change);
    if (problem.padded) {
        const auto row = place / problem.columns, column = place % problem.columns;
        const auto at = row * (problem.columns + line_elements) + column;
        problem.padded[static_cast<std::size_t>(at)] += static_cast<double>(change);
    }
    if (problem.links) problem.links.as<Link>()[line].value += change;
}

void alter_elements(const Problem& problem, const MemoryVariant& variant, const Team&) {
    const std::int64_t change = problem.added == 0 ? 1 : -1;
    if (variant.uses == Uses::core) {
        if (problem.core_elements == 0) return;
        alter_core(problem, change);
    } else {
        const auto& arrays = arrays_of(problem, variant.uses);
        if (arrays.elements == 0) return;
        arrays.a[static_cast<std::size_t>(arrays.elements / 2)] += static_cast<double>(change);
    }
    problem.added += change;
}

// The first line of all is met once in each pass, and a last time behind them.
void alter_pages(const Problem& problem, const MemoryVariant&, const Team&) {
    if (problem.pages == 0) return;
    const std::int64_t change = problem.added == 0 ? 1 : -1;
    for (const auto* pages : {&problem.small_pages, &problem.huge_pages}) {
        if (*pages) pages->as<Link>()[0].value += change;
    }
    const std::int64_t times = page_passes + (lines_beyond(problem.pages) > 0 ? 1 : 0);
    problem.added += change * times;
}

struct Experiment {
    std::string_view name;
    Judge judge;
    Alter alter = nullptr;
};

constexpr auto all_experiments = std::to_array<Experiment>({
    {"read", judge_sum<&Problem::node_sum>, alter_elements},
    {"write", judge_written<right_fills>},
    {"copy", judge_written<right_copies>},
    {"triad", judge_written<right_triads>},
    {"stride", judge_stride, alter_elements},
    {"order", judge_sum<&Problem::line_sum>, alter_elements},
    {"matrix", judge_sum<&Problem::matrix_sum>, alter_elements},
    {"fresh", judge_fresh},
    {"pages", judge_sum<&Problem::page_sum>, alter_pages},
});

const Experiment& experiment_named(std::string_view name) {
    return *std::find_if(all_experiments.begin(), all_experiments.end(),
                         [&](const auto& row) { return row.name == name; });
}

}  // namespace

Judge judge_of(std::string_view experiment) {
    return experiment_named(experiment).judge;
}

Alter alter_of(std::string_view experiment) {
    return experiment_named(experiment).alter;
}

}  // namespace pacer::memory
