// Every variant of reduce on real ranks: all sources and types, sizes that do not divide, answers from their
// own loop.
#include "apps/reduce/reduce.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "apps/reduce/kernels.hpp"
#include "common/exact_sum/exact_sum.hpp"
#include "common/exact_sum/reduce.hpp"
#include "tests/support/mpi_world.hpp"

namespace pacer::reduce {
namespace {

const ReduceVariant& row(std::string_view name) {
    return *std::find_if(group.variants.begin(), group.variants.end(),
                         [&](const auto& variant) { return variant.name == name; });
}

Check check(const Problem& problem, Answer answer, std::string_view variant) {
    return judge(problem, row(variant), answer, team_of_one(1)).check;
}

// What a launch with these settings runs of the variants of these names, or of all.
std::vector<Variant<Problem, Answer>> chosen_for(const Settings& settings,
                                                 const std::vector<std::string>& names = {}) {
    const auto wanted = suitable(settings, names);
    auto chosen = group.variants;
    std::erase_if(chosen, [&](const auto& variant) {
        return !wanted.empty() && std::find(wanted.begin(), wanted.end(), variant.name) == wanted.end();
    });
    return chosen;
}

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
    describe(problem, variant, record);
    return record.not_run;
}

// Runs every variant once, as the timed loop would.
void expect_right(const Settings& settings, const Threads& threads,
                  const std::vector<std::string>& names = {}) {
    const auto chosen = chosen_for(settings, names);
    const auto problem = make_problem(world(), threads, settings, chosen);
    for (const auto& variant : chosen) {
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
        const auto verdict = check(problem, answer, variant.name);
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

Settings doubles_of(Data data, std::int64_t elements) {
    auto settings = settings_of(Source::memory, Type::f64, elements);
    settings.data = data;
    return settings;
}

constexpr Data all_data[] = {Data::whole, Data::uniform, Data::both_signs, Data::wide, Data::cancelling};

TEST(Reduce, EveryVariantSumsEveryKindOfData) {
    for (const auto data : {Data::uniform, Data::both_signs, Data::wide, Data::cancelling}) {
        for (const std::int64_t n : {1, 10'007}) {
            expect_right(doubles_of(data, n), {.process = 2, .hybrid = 2});
        }
    }
}

// The sums are those of exact_sum_golden.cpp.
TEST(Reduce, ExactHasTheSameBitsForAnyRanksAndThreads) {
    const std::pair<Data, double> golden[] = {{Data::uniform, 0x1.8641de86d330bp+15},
                                              {Data::both_signs, 0x1.1f7a1b4cc2c38p+6},
                                              {Data::wide, 0x1.1479efcf8a3ebp+304},
                                              {Data::cancelling, 0x1.86b902ae4047fp-5}};
    for (const auto& [data, sum] : golden) {
        const auto problem = make_problem(world(), {}, doubles_of(data, 100'003), group.variants);
        EXPECT_EQ(problem.truth.sum.real, sum);
        for (int threads = 1; threads <= 4; ++threads) {
            Team team = world();
            team.threads = threads;
            const auto answer = exact(problem, team);
            if (!team.root()) continue;
            EXPECT_EQ(std::bit_cast<std::uint64_t>(answer.total.real), std::bit_cast<std::uint64_t>(sum))
                << threads;
            auto again = answer;
            EXPECT_EQ(judge(problem, row("exact"), again, team).observed.at(0).second, 0);
        }
    }
}

TEST(Reduce, MakesTheSameDataInAnyParts) {
    constexpr std::int64_t n = 3001;
    for (const auto data : all_data) {
        std::vector<double> all(n), parts(n);
        make_data(data, {0, n}, n, all.data());
        for (std::int64_t part = 0; part < 7; ++part) {
            const auto range = part_of({0, n}, 7, part);
            make_data(data, range, n, parts.data() + range.begin);
        }
        EXPECT_EQ(all, parts);
    }
}

// What is promised of each kind: the windows that it needs depend on it.
TEST(Reduce, SpreadsExponentsAsItSays) {
    constexpr std::int64_t n = 100'000;
    std::vector<double> values(n);
    const auto spread = [&](Data data) {
        make_data(data, {0, n}, n, values.data());
        const auto exponents = exponents_of(values);
        return exponents.highest - exponents.lowest + 1;
    };
    EXPECT_EQ(spread(Data::wide), 600);
    EXPECT_EQ(spread(Data::cancelling), 41);
    EXPECT_LE(spread(Data::uniform), 46);
    make_data(Data::cancelling, {0, n}, n, values.data());
    double remaining = 0;  // of what does not cancel
    for (const double value : values) remaining += value < 1 && value > 0 ? value : 0;
    EXPECT_NEAR(exact_sum(values), remaining, 1e-9 * remaining);
}

TEST(Reduce, AddsExactSumsOfRanks) {
    ExactSum mine, all;
    for (int rank = 0; rank < world().size; ++rank) {
        ExactSum sum;
        for (const double value : {1e300, -1.0 * rank, 0x1p-1074, -1e300}) sum.add(value);
        if (rank == world().rank) mine = sum;
        all.merge(sum);
    }
    all.normalise();
    EXPECT_EQ(all_reduce_exact(mine, world().comm).as_words(), all.as_words());
    const auto on_last = reduce_exact(mine, world().size - 1, world().comm);
    if (world().rank == world().size - 1) {
        EXPECT_EQ(on_last.as_words(), all.as_words());
    }
    // A single infinity, NaN, or term other than -0, wherever it is.
    const auto sum_with = [](double usual, double on_root) {
        ExactSum sum;
        sum.add(world().root() ? on_root : usual);
        return all_reduce_exact(sum, world().comm).round();
    };
    EXPECT_EQ(sum_with(1, -INFINITY), -INFINITY);
    EXPECT_TRUE(std::isnan(sum_with(1, NAN)));
    EXPECT_EQ(std::isnan(sum_with(INFINITY, -INFINITY)), world().size > 1);
    EXPECT_TRUE(std::signbit(sum_with(-0.0, -0.0)));
    EXPECT_FALSE(std::signbit(sum_with(-0.0, 0.0)));
    EXPECT_FALSE(std::signbit(all_reduce_exact({}, world().comm).round()));
}

TEST(Reduce, CountsUnitsInTheLastPlace) {
    EXPECT_EQ(units_in_last_place(1, 1), 0);
    EXPECT_EQ(units_in_last_place(1 + 0x1p-52, 1), 1);
    EXPECT_EQ(units_in_last_place(1 - 0x1p-53, 1), 0.5);
    EXPECT_EQ(units_in_last_place(-3, -3 + 0x1p-51), 1);
    EXPECT_EQ(units_in_last_place(2, 1), 0x1p52);
    EXPECT_EQ(units_in_last_place(-0.0, 0.0), 0.5);
    EXPECT_EQ(units_in_last_place(0x1p-1073, 0), 2);
    EXPECT_EQ(units_in_last_place(0x1.ffffffffffffep+1023, 0x1.fffffffffffffp+1023), 1);
    EXPECT_EQ(units_in_last_place(NAN, 1), INFINITY);
}

TEST(Reduce, ReadsHexadecimalDoubles) {
    EXPECT_EQ(parse_hexadecimal("0x1.8p+3"), 12);
    EXPECT_EQ(parse_hexadecimal("-0x1.8p-1"), -0.75);
    EXPECT_EQ(parse_hexadecimal("0x0p+0"), 0);
    EXPECT_EQ(parse_hexadecimal("0x1p-1074"), 0x1p-1074);
    EXPECT_EQ(parse_hexadecimal("0x1.fffffffffffffp+1023"), 0x1.fffffffffffffp+1023);
    for (const auto* word : {"", "0x", "12", "1.5", "0x1.8q", "0x1p+99999", "0x-1p3", "--0x1p3", " 0x1p3",
                             "0x1p3 ", "inf", "0xinf", "0xnan", "0x1.00000000000008p+0"}) {
        EXPECT_THROW(parse_hexadecimal(word), UsageError) << word;
    }
}

TEST(Reduce, LeavesSumsOfDoublesToDoublesInMemory) {
    EXPECT_EQ(chosen_for(settings_of(Source::iota, Type::i64, 1)).size(), 7);
    EXPECT_EQ(chosen_for(settings_of(Source::memory, Type::i64, 1)).size(), 7);
    EXPECT_EQ(chosen_for(settings_of(Source::iota, Type::f64, 1)).size(), 7);
    EXPECT_EQ(chosen_for(settings_of(Source::memory, Type::f64, 1)).size(), 10);
    for (const auto* name : {"exact", "kahan", "pairwise"}) {
        EXPECT_THROW(chosen_for(settings_of(Source::memory, Type::i64, 1), {name}), UsageError);
    }
    auto settings = settings_of(Source::iota, Type::f64, 1);
    settings.data = Data::uniform;
    EXPECT_THROW(make_problem(world(), {}, settings, group.variants), UsageError);
    settings = settings_of(Source::memory, Type::i64, 1);
    settings.expected = 0;
    EXPECT_THROW(make_problem(world(), {}, settings, group.variants), UsageError);
}

#if defined(__SANITIZE_ADDRESS__)
constexpr bool slow = true;  // a sanitizer makes a nanosecond of an addition
#else
constexpr bool slow = false;
#endif

TEST(Reduce, SumsBeyond32Bits) {
    auto settings = settings_of(Source::iota, Type::i64, (std::int64_t{1} << 31) + 17);
    settings.chunk = 1 << 20;
    // By one process, in parts of the ranks, and in chunks: the others divide as these do.
    const std::vector<std::string> few = {"simd", "mpi", "chunked"};
    expect_right(settings, {}, slow ? few : std::vector<std::string>{});
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
    make_values({}, mine, values.get());
    const SharedParts parts(world(), n, reinterpret_cast<std::byte*>(values.get()), 7);
    if (!parts.obstacle().empty()) GTEST_SKIP() << "\nskipped: " << parts.obstacle();
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
    EXPECT_THROW(make_problem(world(), {}, settings, group.variants), UsageError);
}

TEST(Reduce, LeavesTheBaselineOutWhereItDoesNotFit) {
    auto settings = settings_of(Source::memory, Type::i64, 1000);
    settings.memory_bytes = 8000;
    const auto problem = make_problem(world(), {}, settings, group.variants);
    const auto reason = obstacle(problem, group.variants[0]);
    EXPECT_TRUE(obstacle(problem, group.variants[3]).empty());
    if (!world().root()) return;
    EXPECT_EQ(reason.empty(), world().size == 1) << reason;
}

TEST(Reduce, RefusesWhatADoubleCannotSumExactly) {
    EXPECT_THROW(make_problem(world(), {}, settings_of(Source::iota, Type::f64, std::int64_t{1} << 60),
                              group.variants),
                 UsageError);
}

// A wrong answer, by one element, is seen.
TEST(Reduce, TheCheckSeesOneLostElement) {
    for (const auto type : {Type::i64, Type::f64}) {
        constexpr std::int64_t elements = slow ? 100'000'000 : 1'000'000'000;
        Problem problem;
        problem.settings = settings_of(Source::iota, type, elements);
        problem.all = {0, elements};
        problem.truth = find_truth(problem, team_of_one(1), 1);
        auto answer = Answer{sum_range(problem, team_of_one(1), problem.all), {}};
        EXPECT_TRUE(check(problem, answer, "simd").passed());
        answer.total.whole -= 1;
        answer.total.real -= 1;
        EXPECT_FALSE(check(problem, answer, "simd").passed());
    }
}

// An exact answer must have the bits; a plain one may be off by what additions may lose, and no more.
TEST(Reduce, TheCheckSeesWrongDoubles) {
    const auto problem = make_problem(world(), {}, doubles_of(Data::uniform, 10'000), group.variants);
    const double sum = problem.truth.sum.real, next = std::nextafter(sum, 1e9),
                 bound = 10'000 * 0x1p-52 * problem.truth.magnitudes;
    const auto passes = [&](double total, bool exactly) {
        return check(problem, {Number::of_real(total), {}}, exactly ? "exact" : "mpi").passed();
    };
    EXPECT_TRUE(passes(sum, true));
    EXPECT_FALSE(passes(next, true));
    EXPECT_TRUE(passes(next, false));
    EXPECT_TRUE(passes(sum + 0.9 * bound, false));
    EXPECT_FALSE(passes(sum + 1.1 * bound, false));
    EXPECT_FALSE(passes(NAN, false));
    EXPECT_NEAR(problem.truth.magnitudes, sum, 1e-9);
}

}  // namespace
}  // namespace pacer::reduce
