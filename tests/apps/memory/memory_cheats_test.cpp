// Variants of memory that leave out their work are found out, whatever they were to do.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "apps/memory/kernels.hpp"
#include "apps/memory/memory.hpp"
#include "apps/memory/sweep.hpp"
#include "apps/memory/team_work.hpp"
#include "tests/support/cheats.hpp"

namespace pacer::memory {
namespace {

constexpr std::int64_t n = 10'007;
constexpr Threads threads{2, 2, false};

// What this rank's share of the arrays is, whoever else works.
Range share_of(const Problem& problem, const Team& team) {
    return part_of({0, problem.node_elements}, team.size, team.rank);
}

Answer nothing(const Problem& problem, const Team& team) {
    return summed(share_of(problem, team).size(), 0);
}

// What memory held until version 0.2, i mod a prime, added up without reading it.
template <std::int64_t apart>
Answer closed_form(const Problem& problem, const Team& team) {
    const auto share = share_of(problem, team);
    double sum = 0;
    for (auto i = share.begin; i < share.end; i += apart) sum += static_cast<double>(i % 1'048'573);
    return summed(share.size() / apart, sum);
}

// Twice the first half of what a team of one adds up.
Answer half_read(const Problem& problem, const Team& team) {
    const auto share = share_of(problem, team);
    const auto& a = team.size > 1 ? problem.ranks->a : (problem.core ? problem.core : problem.ranks)->a;
    return summed(share.size(), 2 * sum(a.get(), share.size() / 2));
}

template <std::int64_t Problem::*sum>
Answer stored_truth(const Problem& problem, const Team& team) {
    return summed(share_of(problem, team).size(), team.root() ? static_cast<double>(problem.*sum) : 0);
}

// Claims that all was written.
Answer claimed(const Problem& problem, const Team& team) {
    const auto share = share_of(problem, team);
    return summed(share.size(), static_cast<double>(share.size()));
}

template <Uses uses>
Answer half_written(const Problem& problem, const Team&) {
    const auto& arrays = arrays_of(problem, uses);
    streams::copy(arrays.c.get(), arrays.a.get(), arrays.elements / 2);
    return {.own = {arrays.elements, {}}};
}

// Fills where another experiment wants a copy, or a triad.
template <Uses uses>
Answer filled(const Problem& problem, const Team&) {
    const auto& arrays = arrays_of(problem, uses);
    streams::fill(arrays.c.get(), arrays.elements, arrays.first);
    return {.own = {arrays.elements, {}}};
}

template <Uses uses>
Answer copied(const Problem& problem, const Team&) {
    const auto& arrays = arrays_of(problem, uses);
    streams::copy(arrays.c.get(), arrays.a.get(), arrays.elements);
    return {.own = {arrays.elements, {}}};
}

// New memory, in which nothing is written.
Answer unwritten_memory(const Problem& problem, const Team&) {
    return {.own = {problem.core_elements, {}},
            .fresh = std::make_shared<Mapping>(n * element_bytes, Pages::small)};
}

// Memory that it has kept since the repeat before.
Answer kept_memory(const Problem& problem, const Team&) {
    static const auto kept = std::make_shared<Mapping>(n * element_bytes, Pages::small);
    streams::fill(kept->as<double>(), n, 0);
    return {.own = {problem.core_elements, {}}, .fresh = kept};
}

// Less memory than was to be written.
Answer too_little_memory(const Problem& problem, const Team&) {
    return {.own = {problem.core_elements, {}}, .fresh = std::make_shared<Mapping>(8, Pages::small)};
}

using Cheats = std::vector<Cheat<Problem, Answer>>;

void expect_cheats_caught(const Problem& problem, std::string_view row, const Cheats& cheats) {
    for (const auto& group : experiments) {
        const auto has = [&](const MemoryVariant& variant) { return variant.name == row; };
        if (std::none_of(group.variants.begin(), group.variants.end(), has)) continue;
        expect_caught(problem, group,
                      {.parameters = parameters(problem, group.problem),
                       .judge_variant = judge_of(group.problem),
                       .describe = describe,
                       .alter = alter_of(group.problem),
                       .batch = Batch::last},
                      threads, row, cheats);
    }
}

Settings settings() {
    Settings settings;
    settings.elements = n;
    return settings;
}

TEST(MemoryCheats, AreCaughtWhereTheyRead) {
    const auto problem = make_problem(world(), threads, settings(), experiments);
    for (const auto* row : {"read", "read_threads", "read_hybrid"}) {
        expect_cheats_caught(problem, row,
                             {{"does nothing", nothing},
                              {"knows the sum of i", closed_form<1>},
                              {"reads half", half_read},
                              {"has the sum of another experiment", stored_truth<&Problem::line_sum>}});
    }
    for (const auto* row : {"stride_64", "chase", "column_padded", "pages_small"}) {
        expect_cheats_caught(problem, row,
                             {{"does nothing", nothing},
                              {"knows the sum of i", closed_form<8>},
                              {"reads half", half_read},
                              {"has the sum of another experiment", stored_truth<&Problem::node_sum>}});
    }
}

TEST(MemoryCheats, AreCaughtWhereTheyWrite) {
    const auto problem = make_problem(world(), threads, settings(), experiments);
    const auto of = [&]<Uses uses>(std::string_view row, Answer (*other)(const Problem&, const Team&)) {
        expect_cheats_caught(problem, row,
                             {{"does nothing", nothing},
                              {"claims to have written", claimed},
                              {"writes half", half_written<uses>},
                              {"writes something else", other}});
    };
    of.operator()<Uses::core>("write", copied<Uses::core>);
    of.operator()<Uses::ranks>("write_ranks", copied<Uses::ranks>);
    of.operator()<Uses::core>("copy_nontemporal", filled<Uses::core>);
    of.operator()<Uses::both>("copy_hybrid", filled<Uses::both>);
    of.operator()<Uses::core>("triad", copied<Uses::core>);
    of.operator()<Uses::threads>("triad_threads", copied<Uses::threads>);
    of.operator()<Uses::core>("next_pass", nothing);
    of.operator()<Uses::core>("first_pass", unwritten_memory);
    expect_cheats_caught(problem, "first_pass", {{"keeps its memory", kept_memory}});
    auto large = settings();
    large.elements = huge_page_bytes;  // one page would do for less
    expect_cheats_caught(make_problem(world(), threads, large, experiments), "first_pass",
                         {{"takes too little memory", too_little_memory}});
}

// One pass of many over the pages.
template <Mapping Problem::*pages>
Answer once(const Problem& problem, const Team&) {
    std::int64_t total = 0;
    follow((problem.*pages).as<const Link>(), 0, problem.pages, total);
    return {.own = {problem.pages * page_passes, Number::of_whole(Int128{total} * page_passes)}};
}

TEST(MemoryCheats, AreCaughtWhenTheyGoThroughThePagesOnce) {
    const auto problem = make_problem(world(), threads, settings(), experiments);
    expect_cheats_caught(problem, "pages_small",
                         {{"goes through the pages once", once<&Problem::small_pages>}});
    expect_cheats_caught(problem, "pages_huge",
                         {{"goes through the pages once", once<&Problem::huge_pages>}});
}

SweepAnswer sweep_nothing(const WorkingSet&, const Team&) {
    return {Number::of_whole(0)};
}
SweepAnswer sweep_claimed(const WorkingSet& set, const Team&) {
    return {Number::of_whole(set.triad_elements)};
}
SweepAnswer sweep_half(const WorkingSet& set, const Team&) {
    streams::triad(set.c, set.a, set.b, set.triad_elements / 2);
    return {Number::of_whole(static_cast<Int128>(2 * sum_passes(set.values, set.elements / 2, set.passes)))};
}

// One pass of many.
SweepAnswer sweep_once(const WorkingSet& set, const Team&) {
    streams::triad(set.c, set.a, set.b, set.triad_elements);
    return {Number::of_whole(static_cast<Int128>(sum(set.values, set.elements)) * set.passes)};
}
SweepAnswer chase_once(const WorkingSet& set, const Team&) {
    std::int64_t total = 0;
    const auto at = follow(set.links, 0, set.lines, total);
    return {Number::of_whole(Int128{total} * (set.hops / set.lines)), at};
}

TEST(MemoryCheats, AreCaughtInTheSweep) {
    const auto sweep = make_sweep(world(), settings());
    for (const auto& set : sweep.sets) {
        for (const auto* row : {"read", "triad", "chase"}) {
            expect_caught(set, sweep_group,
                          {.parameters = sweep_parameters(set),
                           .judge_variant = judge_sweep,
                           .describe = describe_sweep,
                           .prepare = prepare_sweep,
                           .alter = alter_sweep,
                           .batch = Batch::never},
                          threads, row,
                          {{"does nothing", sweep_nothing},
                           {"claims to have written", sweep_claimed},
                           {"does half", sweep_half},
                           {"does one pass", row == std::string_view("chase") ? chase_once : sweep_once}});
        }
    }
}

}  // namespace
}  // namespace pacer::memory
