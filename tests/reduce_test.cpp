// Every variant of reduce on real ranks: all sources and types, sizes that do not divide, answers from their
// own loop.
#include "apps/reduce/reduce.hpp"

#include <gtest/gtest.h>

#include "apps/reduce/kernels.hpp"
#include "tests/mpi_world.hpp"

namespace pacer::reduce {
namespace {

Settings settings_of(Source source, Type type, std::int64_t elements) {
    Settings settings;
    settings.source = source;
    settings.type = type;
    settings.elements = elements;
    settings.chunk = 100;
    return settings;
}

std::string obstacle(const Problem& problem, const Variant<Problem, Answer>& variant) {
    Record record;
    particulars(problem, variant, record);
    return record.not_run;
}

// Runs every variant once, as the timed loop would.
void expect_right(const Settings& settings, const Threads& threads) {
    const auto problem = make_problem(world(), threads, settings, variants);
    for (const auto& variant : variants) {
        if (!obstacle(problem, variant).empty()) continue;
        const bool together = uses_ranks(variant.uses);
        if (!together && !world().root()) continue;
        Team team = together ? world() : team_of_one(1);
        team.threads = threads_for(threads, variant.uses);
        const auto answer = variant.run(problem, team);
        std::int64_t items = answer.own.items;
        if (together) MPI_Allreduce(MPI_IN_PLACE, &items, 1, MPI_INT64_T, MPI_SUM, world().comm);
        EXPECT_EQ(items, settings.elements) << variant.name;
        if (!team.root()) continue;
        const auto verdict = check(problem, answer);
        EXPECT_TRUE(verdict.passed()) << variant.name << " n=" << settings.elements << " got "
                                      << to_string(verdict.got) << " want " << to_string(verdict.want);
    }
}

TEST(Reduce, EveryVariantSumsEverySize) {
    const std::int64_t ranks = world().size;
    for (const auto source : {Source::iota, Source::memory}) {
        for (const auto type : {Type::i64, Type::f64}) {
            for (const std::int64_t n :
                 {std::int64_t{0}, std::int64_t{1}, ranks - 1, ranks, ranks + 1, std::int64_t{63},
                  std::int64_t{1023}, std::int64_t{1025}, std::int64_t{100'003}}) {
                expect_right(settings_of(source, type, n), {.process = 2, .hybrid = 2});
            }
        }
    }
}

TEST(Reduce, SumsBeyond32Bits) {
    expect_right(
        [] {
            auto settings = settings_of(Source::iota, Type::i64, (std::int64_t{1} << 31) + 17);
            settings.chunk = 1 << 20;
            return settings;
        }(),
        {});
}

TEST(Reduce, SharesOddSizesAmongOddThreads) {
    expect_right(settings_of(Source::memory, Type::f64, 10'007), {.process = 3, .hybrid = 3});
}

// Sums of 64-bit numbers may need 128 bits: near the end of the range every block must be widened in time.
TEST(Reduce, WidensBeforeSixtyFourBitsOverflow) {
    Problem problem;
    problem.settings = settings_of(Source::iota, Type::i64, INT64_MAX);
    const Range range{INT64_MAX - 1000, INT64_MAX};
    const auto sum = sum_range(problem, team_of_one(1), range);
    EXPECT_EQ(to_string(sum), "9223372036854775306500");  // 1000 * (2^63 - 1) - (1 + ... + 1000)
}

TEST(Reduce, AddsNegativeAndLargeNumbersOverRanks) {
    const Int128 mine = (Int128{1} << 100) + world().rank;
    const auto total = add_over_ranks(Number::of_whole(mine), world());
    const Int128 n = world().size;
    if (!world().root()) return;
    EXPECT_EQ(to_string(total), to_string(Number::of_whole((Int128{1} << 100) * n + n * (n - 1) / 2)));
}

// Pieces of 7 elements, ranges that begin and end in any rank's part.
TEST(Reduce, FetchesRangesInPieces) {
    constexpr std::int64_t n = 101;
    const auto mine = part_of({0, n}, world().size, world().rank);
    const auto values = make_buffer<std::uint64_t>(n);
    make_values(mine, values.get());
    const SharedParts parts(world(), n, reinterpret_cast<std::byte*>(values.get()), 7);
    for (const Range range : {Range{0, n}, Range{3, 60}, Range{50, 51}, Range{n, n}}) {
        std::vector<std::uint64_t> fetched(static_cast<std::size_t>(range.size()) + 1, 999);
        parts.fetch(range, fetched.data());
        for (std::int64_t i = 0; i < range.size(); ++i) {
            ASSERT_EQ(fetched[static_cast<std::size_t>(i)], static_cast<std::uint64_t>(range.begin + i));
        }
        EXPECT_EQ(fetched.back(), 999);
    }
    MPI_Barrier(world().comm);
}

TEST(Reduce, AsksForTheMemoryItNeeds) {
    auto settings = settings_of(Source::memory, Type::i64, 1000);
    settings.memory_bytes = 7999;
    EXPECT_THROW(make_problem(world(), {}, settings, variants), UsageError);
}

TEST(Reduce, LeavesTheBaselineOutWhereItDoesNotFit) {
    auto settings = settings_of(Source::memory, Type::i64, 1000);
    settings.memory_bytes = 8000;
    const auto problem = make_problem(world(), {}, settings, variants);
    const auto reason = obstacle(problem, variants[0]);
    EXPECT_TRUE(obstacle(problem, variants[3]).empty());
    if (!world().root()) return;
    EXPECT_EQ(reason.empty(), world().size == 1) << reason;
}

TEST(Reduce, RefusesWhatADoubleCannotSumExactly) {
    EXPECT_THROW(
        make_problem(world(), {}, settings_of(Source::iota, Type::f64, std::int64_t{1} << 60), variants),
        UsageError);
}

// A wrong answer, by one element, is seen.
TEST(Reduce, TheCheckSeesOneLostElement) {
    for (const auto type : {Type::i64, Type::f64}) {
        Problem problem;
        problem.settings = settings_of(Source::iota, type, 1'000'000'000);
        problem.all = {0, 1'000'000'000};
        auto answer = Answer{sum_range(problem, team_of_one(1), problem.all), {}};
        EXPECT_TRUE(check(problem, answer).passed());
        answer.total.whole -= 1;
        answer.total.real -= 1;
        EXPECT_FALSE(check(problem, answer).passed());
    }
}

}  // namespace
}  // namespace pacer::reduce
