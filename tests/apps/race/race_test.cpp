// Every variant of race on real ranks and threads: the racy ones lose updates, the others never.
#include "apps/race/race.hpp"

#include <gtest/gtest.h>
#include <omp.h>

#include <set>

#include "common/launch/selection.hpp"
#include "tests/support/mpi_world.hpp"

namespace pacer::race {
namespace {

using Row = RaceVariant;

const std::vector<Row>& ways_at(Place place) {
    return (place == Place::threads ? by_threads : in_window).variants;
}

Judgement judged(const Problem& problem, Answer answer, const Row& way = baseline, int threads = 2) {
    return judge(problem, way, answer, team_of_one(threads));
}

// Runs a variant as the timed loop would; the answer is valid on rank 0.
Answer run(const Row& way, const Problem& problem, int threads) {
    const bool together = uses_ranks(way.uses);
    if (!together && !world().root()) return {};
    Team team = together ? world() : team_of_one(1);
    team.threads = threads_for({.process = threads}, way.uses);
    return way.run(problem, team);
}

int workers_of(const Row& way, int threads) {
    return uses_ranks(way.uses) ? world().size : threads_for({.process = threads}, way.uses);
}

// What the ranks made adds up to n, and so does what they hold of the count, to the count.
void expect_shares(const Row& way, const Problem& problem, const Answer& answer) {
    std::int64_t sums[2] = {answer.own.items, static_cast<std::int64_t>(answer.own.partial.whole)};
    if (uses_ranks(way.uses)) MPI_Allreduce(MPI_IN_PLACE, sums, 2, MPI_INT64_T, MPI_SUM, world().comm);
    if (!world().root()) return;
    EXPECT_EQ(sums[0], problem.increments) << way.name;
    EXPECT_EQ(sums[1], answer.count) << way.name;
}

void expect_counts(Place place, std::int64_t n, int threads) {
    auto problem = make_problem(world(), {.process = threads}, place, n);
    if (place == Place::window && spare_increments(problem, world())) n = problem.increments;
    for (const auto& way : ways_at(place)) {
        const auto answer = run(way, problem, threads);
        expect_shares(way, problem, answer);
        if (!world().root()) continue;
        if (way.promise == Promise::right || workers_of(way, threads) == 1) {
            EXPECT_TRUE(judged(problem, answer).check.passed())
                << way.name << " n=" << n << " got " << answer.count;
        } else {
            EXPECT_GE(answer.count, n > 0 ? 1 : 0) << way.name;
            EXPECT_LE(answer.count, n) << way.name;
        }
    }
}

TEST(Race, ThreadsCountEverySize) {
    for (const int threads : {1, 2, 3, 4}) {
        for (const std::int64_t n : {0, 1, 2, 3, 5, 1000, 100'003}) expect_counts(Place::threads, n, threads);
    }
}

TEST(Race, RanksCountEverySize) {
    const std::int64_t ranks = world().size;
    for (const std::int64_t n :
         {std::int64_t{0}, std::int64_t{1}, ranks - 1, ranks, ranks + 1, std::int64_t{1003}}) {
        expect_counts(Place::window, n, 1);
    }
}

// The counters are 0 again at the start of every repeat.
TEST(Race, CountsAgain) {
    for (const auto place : {Place::threads, Place::window}) {
        const auto problem = make_problem(world(), {.process = 2}, place, 100);
        for (const auto& way : ways_at(place)) {
            if (way.promise == Promise::racy) continue;
            for (int repeat = 0; repeat < 3; ++repeat) {
                const auto answer = run(way, problem, 2);
                EXPECT_EQ(answer.count, world().root() ? 100 : 0) << way.name;
            }
        }
    }
}

// In several executions, as a launch makes them: in one alone the workers may have missed each other on a
// busy machine.
std::int64_t most_lost(const Row& way, const Problem& problem, int threads) {
    constexpr int executions = 20;
    std::int64_t most = 0;
    for (int i = 0; i < executions && most == 0; ++i) {
        const auto answer = run(way, problem, threads);
        most = problem.increments - answer.count;
        MPI_Bcast(&most, 1, MPI_INT64_T, 0, world().comm);
    }
    return most;
}

TEST(Race, TheRacyLoseUpdates) {
    const Settings settings;
    for (const int threads : {2, 3, 4}) {
        const auto problem = make_problem(world(), {.process = threads}, Place::threads, settings.increments);
        EXPECT_GT(most_lost(by_threads.variants[1], problem, threads), 0) << threads << " threads";
    }
    if (world().size == 1) return;
    auto problem = make_problem(world(), {}, Place::window, settings.window_increments);
    spare_increments(problem, world());
    EXPECT_GT(most_lost(in_window.variants[1], problem, 1), 0);
}

// As many increments as those of the racy, which lose some of so many.
TEST(Race, TheOthersLoseNone) {
    for (const int threads : {2, 3, 4}) expect_counts(Place::threads, 1'000'000, threads);
    expect_counts(Place::window, 10'000, 1);
}

// Where an operation takes long fewer are made: of so many, the operations of any machine take too long.
TEST(Race, IncrementsAreSparedWhereTheyTakeLong) {
    auto problem = make_problem(world(), {}, Place::window, 1'000'000'000'000'000);
    const auto few = spare_increments(problem, world());
    ASSERT_TRUE(few);
    EXPECT_LE(problem.increments, 100'000'000'000'000);
    EXPECT_GE(problem.increments, 200);
    EXPECT_EQ(few->subject, std::to_string(problem.increments));
    EXPECT_EQ(text_of_rank(world(), 0, few->subject), few->subject) << "not the same on every rank";
    problem.increments = 200;
    EXPECT_FALSE(spare_increments(problem, world()));
    EXPECT_EQ(problem.increments, 200);
}

TEST(Race, OnlyTheRacyTellOfLostUpdates) {
    Problem problem;
    problem.increments = 10;
    const auto& racy = by_threads.variants[1];
    EXPECT_TRUE(judged(problem, {10, {}}).observed.empty());
    const Observations lost = {{"lost_updates", 3.0}};
    EXPECT_EQ(judged(problem, {7, {}}, racy).observed, lost);
    EXPECT_FALSE(judged(problem, {9, {}}).check.passed());
    EXPECT_FALSE(judged(problem, {11, {}}).check.passed());
    for (const std::int64_t impossible : {11, 0, -1}) {
        EXPECT_THROW(judged(problem, {impossible, {}}, racy), std::runtime_error) << impossible;
    }
    for (const std::int64_t possible : {1, 9, 10}) EXPECT_NO_THROW(judged(problem, {possible, {}}, racy));
    EXPECT_THROW(judged(problem, {9, {}}, racy, 1), std::runtime_error);  // one worker loses none
}

std::vector<std::string> chosen(const std::vector<std::string>& names) {
    std::vector<std::string> found;
    for (const auto& group : select(std::vector<ListedGroup>{by_threads, in_window}, {}, names)) {
        auto text = std::string(group.problem) + ":";
        for (const auto& way : group.variants) text += " " + std::string(way.name);
        found.push_back(text);
    }
    return found;
}

TEST(Race, TheBaselineBelongsToBothPlaces) {
    using Texts = std::vector<std::string>;
    EXPECT_EQ(chosen({"serial"}), (Texts{"threads: serial", "window: serial"}));
    EXPECT_EQ(chosen({"atomic", "serial"}), (Texts{"threads: serial atomic"}));
    EXPECT_EQ(chosen({"rma_lock", "serial"}), (Texts{"window: serial rma_lock"}));
    EXPECT_EQ(chosen({"atomic", "mpi_reduce"}), (Texts{"threads: atomic", "window: mpi_reduce"}));
    EXPECT_EQ(chosen({}).size(), 2u);
}

TEST(Race, LimitsFollowFromUndisturbedIncrements) {
    const auto alone = measure_alone(world());
    EXPECT_GT(alone.plain, 0);
    EXPECT_GT(alone.atomic, 0);
    EXPECT_GT(alone.critical, 0);
    for (const auto place : {Place::threads, Place::window}) {
        const auto problem = make_problem(world(), {.process = 2}, place, 1000, alone);
        for (const auto& way : ways_at(place)) {
            Record record;
            record.threads = threads_for({.process = 2}, way.uses);
            describe(problem, way, record);
            const bool known = !uses_ranks(way.uses) || way.name == "mpi_reduce";
            EXPECT_EQ(record.limit.seconds > 0, known) << way.name;
            EXPECT_EQ(record.limit.derived.empty(), !known) << way.name;
        }
    }
    Record record;
    record.threads = 2;
    Problem problem;
    problem.increments = 1000;
    problem.alone = {1e-9, 5e-9, 1e-8};
    const auto limit = [&](const Row& way) {
        describe(problem, way, record);
        return record.limit.seconds;
    };
    const int workers = std::min(2, omp_get_num_procs());
    EXPECT_DOUBLE_EQ(limit(by_threads.variants[1]), 1e-6 / workers);  // unprotected
    EXPECT_DOUBLE_EQ(limit(by_threads.variants[2]), 1e-5);            // critical
    EXPECT_DOUBLE_EQ(limit(by_threads.variants[3]), 5e-6);            // atomic
    problem.ranks_at_once = 4;
    EXPECT_DOUBLE_EQ(limit(in_window.variants.back()), 1e-6 / 4);  // mpi_reduce
    const auto window = make_problem(world(), {}, Place::window, 0);
    EXPECT_GE(window.ranks_at_once, 1);
    EXPECT_LE(window.ranks_at_once, world().size);
    EXPECT_EQ(window.ranks_at_once < world().size, world().crowded);
}

// A share of any size is interrupted ten times at most, and once at least.
TEST(Race, InterruptsAFewOfEveryShare) {
    for (std::int64_t share = 1; share < 1000; ++share) {
        std::int64_t times = 0;
        for (std::int64_t i = 0; i < share; ++i) times += i % interrupted_every(share) == 0 ? 1 : 0;
        EXPECT_GE(times, 1) << share;
        EXPECT_LE(times, interruptions) << share;
    }
    EXPECT_EQ(interrupted_every(0), 1);
    EXPECT_EQ(interrupted_every(5000), 500);
}

// The counters that are to share a line do, and those that are not to do not.
TEST(Race, CountersLieAsTheyAreMeantTo) {
    const auto problem = make_problem(world(), {.process = 8}, Place::threads, 0);
    const auto line = [](const void* at) { return reinterpret_cast<std::uintptr_t>(at) / 64; };
    std::set<std::uintptr_t> shared, own;
    for (std::size_t thread = 0; thread < 8; ++thread) {
        shared.insert(line(&problem.side_by_side[thread]));
        own.insert(reinterpret_cast<std::uintptr_t>(&problem.padded[thread]) / apart_bytes);
    }
    EXPECT_EQ(shared.size(), 1u);
    EXPECT_EQ(own.size(), 8u);
}

}  // namespace
}  // namespace pacer::race
