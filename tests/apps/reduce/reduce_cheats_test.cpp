// Variants of reduce that leave out their work are found out, wherever the numbers lie in memory.
#include <gtest/gtest.h>

#include <vector>

#include "apps/reduce/kernels.hpp"
#include "apps/reduce/reduce.hpp"
#include "tests/support/cheats.hpp"

namespace pacer::reduce {
namespace {

constexpr std::int64_t n = 10'007;

Number number(const Problem& problem, double value) {
    return problem.settings.type == Type::i64 ? Number::of_whole(static_cast<Int128>(value))
                                              : Number::of_real(value);
}

// The answer of a team whose root claims `total` and whose every rank claims its share of the elements.
Answer claimed(const Problem& problem, const Team& team, const Number& total) {
    const auto share = part_of(problem.all, team.size, team.rank);
    return {total, {share.size(), team.root() ? total : zero(problem.settings)}};
}

Answer nothing(const Problem& problem, const Team& team) {
    return claimed(problem, team, zero(problem.settings));
}

// What memory held until version 0.2: i, or i mod 1024.
Answer closed_form(const Problem& problem, const Team& team) {
    double sum = 0;
    const auto every = problem.settings.type == Type::i64 ? n : period;
    for (std::int64_t i = 0; i < problem.all.size(); ++i) sum += static_cast<double>(i % every);
    return claimed(problem, team, number(problem, sum));
}

// Half of this rank's elements, twice.
Answer half(const Problem& problem, const Team& team) {
    auto share = part_of(problem.all, team.size, team.rank);
    const auto items = share.size();
    share.end = share.begin + items / 2;
    const auto part = sum_range(problem, team, share), twice = part + part;
    return {add_over_ranks(twice, team), {items, twice}};
}

// The sum without the last element of the last rank.
Answer all_but_one(const Problem& problem, const Team& team) {
    auto share = part_of(problem.all, team.size, team.rank);
    const auto items = share.size();
    if (team.rank == team.size - 1) --share.end;
    const auto part = sum_range(problem, team, share);
    return {add_over_ranks(part, team), {items, part}};
}

Number truth_elsewhere;

Answer stored_truth(const Problem& problem, const Team& team) {
    return claimed(problem, team, truth_elsewhere);
}

// A plain sum where the exact one is promised.
Answer plain_sum(const Problem& problem, const Team& team) {
    return mpi(problem, team);
}

Settings settings_of(Type type, Data data, std::int64_t elements) {
    Settings settings;
    settings.source = Source::memory;
    settings.type = type;
    settings.data = data;
    settings.elements = elements;
    settings.chunk = 1000;
    return settings;
}

constexpr Threads threads{2, 2, false};

void expect_cheats_caught(const Settings& settings, std::string_view row) {
    auto other = settings;
    other.elements /= 2;
    truth_elsewhere = make_problem(world(), threads, other, {}).truth.sum;
    const auto problem = make_problem(world(), threads, settings, group.variants);
    std::vector<Cheat<Problem, Answer>> cheats = {{"does nothing", nothing},
                                                  {"knows the sum of i", closed_form},
                                                  {"does half", half},
                                                  {"has the sum of another problem", stored_truth}};
    if (settings.data == Data::whole) cheats.push_back({"leaves out an element", all_but_one});
    if (row == "exact" && settings.data == Data::cancelling) cheats.push_back({"rounds", plain_sum});
    const Experiment<Problem, Answer> experiment{.parameters = parameters(settings),
                                                 .work = work(settings),
                                                 .judge_variant = judge,
                                                 .describe = describe,
                                                 .alter = alter};
    expect_caught(problem, group, experiment, threads, row, cheats);
}

TEST(ReduceCheats, AreCaughtInMemory) {
    for (const auto* row : {"serial", "openmp", "mpi", "chunked"}) {
        expect_cheats_caught(settings_of(Type::i64, Data::whole, n), row);
        expect_cheats_caught(settings_of(Type::f64, Data::whole, n), row);
    }
    for (const auto data : {Data::uniform, Data::both_signs, Data::wide})
        expect_cheats_caught(settings_of(Type::f64, data, n), "hybrid");
}

// Where numbers cancel, a plain sum may be as wrong as none at all, but an exact one may not.
TEST(ReduceCheats, AreCaughtWhereTheBitsAreExact) {
    for (const auto data : {Data::wide, Data::cancelling})
        expect_cheats_caught(settings_of(Type::f64, data, n), "exact");
}

// What is made on the way follows a rule, but is not to be remembered.
TEST(ReduceCheats, AreCaughtWhenTheyRememberTheIntegers) {
    for (const auto type : {Type::i64, Type::f64}) {
        auto settings = settings_of(type, Data::whole, n);
        settings.source = Source::iota;
        const auto problem = make_problem(world(), threads, settings, group.variants);
        for (const auto& variant : group.variants) {
            if (variant.run == pairwise || variant.run == kahan || variant.run == exact) continue;
            expect_caught(problem, group,
                          {.parameters = parameters(settings),
                           .work = work(settings),
                           .judge_variant = judge,
                           .describe = describe,
                           .alter = alter},
                          threads, variant.name, {});
        }
    }
}

// What is summed does not depend on who sums, and is known before anybody does.
TEST(ReduceCheats, TheTruthIsThatOfTheElementsForAnyRanks) {
    for (const auto type : {Type::i64, Type::f64}) {
        const auto settings = settings_of(type, Data::whole, n);
        const auto problem = make_problem(world(), threads, settings, group.variants);
        Int128 sum = 0;
        for (std::int64_t i = 0; i < n; ++i) {
            double real = 0;
            std::uint64_t whole = 0;
            type == Type::i64 ? make_values(settings, {i, i + 1}, &whole)
                              : make_values(settings, {i, i + 1}, &real);
            sum += type == Type::i64 ? static_cast<Int128>(whole) : static_cast<Int128>(real);
        }
        EXPECT_EQ(to_string(problem.truth.sum), to_string(number(problem, static_cast<double>(sum))));
    }
}

}  // namespace
}  // namespace pacer::reduce
