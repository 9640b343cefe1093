// The timed loop on real ranks: what it records, and that it catches answers that are wrong anywhere.
#include "common/measure/run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <limits>
#include <set>

#include "common/base/clock.hpp"
#include "common/measure/busy_cores.hpp"
#include "common/measure/execute.hpp"
#include "common/measure/profile.hpp"
#include "common/parallel/partition.hpp"
#include "tests/support/mpi_world.hpp"

namespace pacer {
namespace {

// Every variant adds 1 for each rank; the ranks' parts are 1 each.
struct Problem {
    mutable int ranks = 1;  // one more where it is altered
    mutable bool altered = false;
};
struct Answer {
    Number total;
    Part own;
};

int executions = 0;  // of the variant under test, on this rank

Answer sum_of_ones(const Team& team, std::int64_t mine) {
    ++executions;
    std::int64_t total = 0;
    MPI_Reduce(&mine, &total, 1, MPI_INT64_T, MPI_SUM, 0, team.comm);
    return {Number::of_whole(total), {1, Number::of_whole(mine)}};
}

Answer right(const Problem&, const Team& team) {
    return sum_of_ones(team, 1);
}
Answer wrong_on_last_rank(const Problem&, const Team& team) {
    return sum_of_ones(team, team.rank == team.size - 1 ? 2 : 1);
}
Answer wrong_in_one_repeat(const Problem&, const Team& team) {
    return sum_of_ones(team, executions == 4 ? 2 : 1);
}
Answer lost_items(const Problem&, const Team& team) {
    auto answer = sum_of_ones(team, 1);
    if (team.rank == team.size - 1) answer.own.items = 0;
    return answer;
}
Answer right_by_luck(const Problem& problem, const Team& team) {
    auto answer = sum_of_ones(team, 5);
    answer.total = Number::of_whole(problem.ranks);
    return answer;
}
Answer not_a_number(const Problem&, const Team& team) {
    const auto answer = sum_of_ones(team, 1);
    return {Number::of_real(std::numeric_limits<double>::quiet_NaN()), answer.own};
}
Answer alone(const Problem& problem, const Team& team) {
    EXPECT_EQ(team.size, 1);
    return {Number::of_whole(problem.ranks), {problem.ranks, Number::of_whole(problem.ranks)}};
}
Answer empty(const Problem& problem, const Team&) {
    return {Number::of_whole(problem.ranks), {problem.ranks, Number::of_whole(problem.ranks)}};
}

Answer looks_at_the_problem(const Problem& problem, const Team& team) {
    const auto mine = part_of({0, problem.ranks}, team.size, team.rank).size();
    auto answer = sum_of_ones(team, mine);
    answer.own.items = mine;
    return answer;
}

Judgement judge(const Problem& problem, Answer& answer, const Team&) {
    return {.check = {answer.total, Number::of_whole(problem.ranks)}, .own = answer.own};
}

using V = Variant<Problem, Answer>;

using E = Experiment<Problem, Answer>;

std::vector<Record> run(std::vector<V> variants, RunOptions options, E experiment = {.judge = judge}) {
    executions = 0;
    static Problem problem;
    problem.ranks = world().size;
    experiment.work.items = world().size;
    const Threads threads;
    const Group<Problem, Answer> group = {"ones", "alone", std::move(variants)};
    return run_tasks(tasks_of(problem, group, experiment, world(), threads), world(), threads, options)
        .records;
}

RunOptions five_repeats() {
    return {.repeats = 5, .max_seconds = 0, .seed = 7, .progress = false};
}

TEST(Run, RecordsEveryRankOfEveryRepeat) {
    const auto records =
        run({{"right", "", right, Uses::ranks}, {"alone", "", alone, Uses::core}}, five_repeats());
    if (!world().root()) return;
    ASSERT_EQ(records.size(), 2);
    EXPECT_EQ(records[0].ranks, world().size);
    EXPECT_EQ(records[0].seconds.size(), 5 * static_cast<std::size_t>(world().size));
    EXPECT_EQ(records[1].ranks, 1);
    EXPECT_EQ(records[1].seconds.size(), 5);
    for (const auto& record : records) {
        EXPECT_EQ(record.round, (std::vector<std::int32_t>{0, 1, 2, 3, 4}));
        EXPECT_GT(record.first_seconds, 0);
        EXPECT_TRUE(
            std::all_of(record.seconds.begin(), record.seconds.end(), [](double s) { return s > 0; }));
        EXPECT_TRUE(record.verdict.right());
        EXPECT_FALSE(record.failed());
    }
}

TEST(Run, ChecksEveryExecution) {
    const auto records = run({{"right", "", right, Uses::ranks}}, five_repeats());
    if (!world().root()) return;
    EXPECT_EQ(records[0].verdict.checked, executions);
    EXPECT_GE(executions, 6);  // the first and five repeats
}

TEST(Run, KeepsTheShareOfEveryRank) {
    const auto records = run({{"right", "", right, Uses::ranks}}, five_repeats());
    if (!world().root()) return;
    ASSERT_EQ(records[0].shares.size(), static_cast<std::size_t>(world().size));
    for (int rank = 0; rank < world().size; ++rank) {
        const auto& share = records[0].shares[static_cast<std::size_t>(rank)];
        EXPECT_EQ(share.rank, rank);
        EXPECT_EQ(share.items, 1);
        EXPECT_EQ(share.partial, "1");
    }
}

TEST(Run, CatchesAnAnswerWrongOnOneRank) {
    const auto records = run({{"wrong", "", wrong_on_last_rank, Uses::ranks}}, five_repeats());
    if (world().root()) {
        EXPECT_TRUE(records[0].failed());
    }
}

TEST(Run, CatchesAnAnswerWrongInOneRepeat) {
    const auto records = run({{"wrong", "", wrong_in_one_repeat, Uses::ranks}}, five_repeats());
    if (!world().root()) return;
    EXPECT_TRUE(records[0].failed());
    EXPECT_EQ(records[0].verdict.got, std::to_string(2 * world().size));
    EXPECT_LT(records[0].verdict.failed, records[0].verdict.checked);
}

void one_more(const Problem& problem, const Variant<Problem, Answer>&, const Team&) {
    problem.altered = !problem.altered;
    problem.ranks += problem.altered ? 1 : -1;
}

TEST(Run, CatchesAnAnswerThatIsTheSameForAnotherProblem) {
    const auto records = run({{"looks", "", looks_at_the_problem, Uses::ranks},
                              {"alone", "", alone, Uses::core},
                              {"remembers", "", right, Uses::ranks}},
                             five_repeats(), {.judge = judge, .alter = one_more});
    if (!world().root()) return;
    EXPECT_EQ(records[0].verdict.failed, 0) << records[0].verdict.words();
    EXPECT_EQ(records[1].verdict.failed, 0) << records[1].verdict.words();
    EXPECT_EQ(records[2].verdict.failed, 1);
    EXPECT_EQ(records[2].verdict.want, std::to_string(world().size + 1));
    for (const auto& record : records) {
        EXPECT_EQ(record.repeats(), 5u);
        EXPECT_EQ(to_string(sum_of_items(record.shares)), std::to_string(world().size)) << record.variant;
    }
    EXPECT_EQ(records[0].verdict.want, std::to_string(world().size));  // of the problem that is timed
}

TEST(Run, CatchesCallsThatTookLongerThanWhatMadeThem) {
    const auto hours = [](const Problem& problem, Answer& answer, const Team& team) {
        auto judgement = judge(problem, answer, team);
        judgement.calls = CallTimes{{3600}, {2}};
        return judgement;
    };
    const auto records = run({{"right", "", right, Uses::ranks}}, five_repeats(), {.judge = hours});
    if (!world().root()) return;
    EXPECT_GE(records[0].verdict.failed, 6);
    EXPECT_EQ(records[0].verdict.got, "7200");
}

TEST(Run, TellsWhatTheBarriersOfABatchTake) {
    const Problem problem{world().size};
    const Threads threads;
    const Group<Problem, Answer> group = {
        "ones", "", {{"empty", "", empty, Uses::ranks}, {"alone", "", empty, Uses::core}}};
    const auto outcome = run_tasks(tasks_of(problem, group, E{.judge = judge}, world(), threads), world(),
                                   threads, five_repeats());
    if (!world().root()) return;
    if (world().size == 1 || outcome.records[0].batch == 1) {
        EXPECT_TRUE(outcome.doubts.empty());
        return;
    }
    ASSERT_EQ(outcome.doubts.size(), 1u);
    EXPECT_EQ(outcome.doubts[0].kind, "batch_barriers");
    EXPECT_EQ(outcome.doubts[0].record, 0);
    EXPECT_GE(outcome.doubts[0].value, 1);
}

TEST(Run, CatchesLostItems) {
    const auto records = run({{"lost", "", lost_items, Uses::ranks}}, five_repeats());
    if (world().root()) {
        EXPECT_TRUE(records[0].failed());
    }
}

TEST(Run, CatchesPartsThatDoNotAddUpToTheAnswer) {
    const auto records = run({{"luck", "", right_by_luck, Uses::ranks}}, five_repeats());
    if (world().root()) {
        EXPECT_TRUE(records[0].failed());
    }
}

TEST(Run, CatchesNan) {
    const auto records = run({{"nan", "", not_a_number, Uses::ranks}}, five_repeats());
    if (!world().root()) return;
    EXPECT_TRUE(records[0].failed());
    EXPECT_EQ(records[0].verdict.got, "nan");
}

TEST(Run, AWrongAnswerIsNoFailureWherePromisedRacy) {
    const auto records = run({{"racy", "", wrong_on_last_rank, Uses::ranks, Promise::racy}}, five_repeats());
    if (!world().root()) return;
    EXPECT_FALSE(records[0].failed());
    EXPECT_FALSE(records[0].verdict.right());
}

TEST(Run, LeavesOutWhatHasAnObstacle) {
    const auto records =
        run({{"right", "", right, Uses::ranks}, {"alone", "", alone, Uses::core}}, five_repeats(),
            {.judge = judge, .describe = [](const Problem&, const V& variant, Record& record) {
                 if (variant.name == "alone") record.not_run = "needs 16 GiB";
             }});
    if (!world().root()) return;
    EXPECT_EQ(records[0].repeats(), 5);
    EXPECT_EQ(records[1].repeats(), 0);
    EXPECT_EQ(records[1].not_run, "needs 16 GiB");
    EXPECT_FALSE(records[1].failed());
}

TEST(Run, AsksWhatAVariantHasOfItsOwn) {
    const auto records =
        run({{"right", "", right, Uses::ranks}, {"alone", "", alone, Uses::core}}, five_repeats(),
            {.judge = judge, .describe = [](const Problem&, const V& variant, Record& record) {
                 if (variant.name != "alone") return;
                 EXPECT_EQ(record.variant, "alone");
                 EXPECT_EQ(record.ranks, 1);
                 record.work.bytes = 77;
                 record.limit = {3, "by itself"};
             }});
    if (!world().root()) return;
    EXPECT_EQ(records[0].work.bytes, 0);
    EXPECT_EQ(records[0].limit.seconds, 0);
    EXPECT_EQ(records[1].work.bytes, 77);
    EXPECT_EQ(records[1].limit.derived, "by itself");
    EXPECT_EQ(records[1].baseline, "alone");
}

TEST(Run, KeepsANumberARepeatOfWhatAnAnswerTells) {
    const auto records =
        run({{"right", "", right, Uses::ranks}}, five_repeats(),
            {.judge = [](const Problem& problem, Answer& answer, const Team& team) {
                auto judgement = judge(problem, answer, team);
                judgement.observed = {{"total", answer.total.as_double()}, {"execution", executions}};
                return judgement;
            }});
    if (!world().root()) return;
    ASSERT_EQ(records[0].observed.size(), 2);
    EXPECT_EQ(records[0].observed[0].name, "total");
    EXPECT_EQ(records[0].observed[0].values, std::vector<double>(5, world().size));
    const auto& seen = records[0].observed[1].values;
    ASSERT_EQ(seen.size(), 5);  // of the timed repeats, none of the warm-up
    EXPECT_EQ(seen.back(), executions);
}

TEST(Run, BatchesWhatIsShorterThanTheClockCanTell) {
    const auto records = run({{"empty", "", empty, Uses::core}}, five_repeats());
    if (!world().root()) return;
    EXPECT_GT(records[0].batch, 1);
    EXPECT_EQ(records[0].verdict.failed, 0);
    EXPECT_GE(records[0].verdict.checked, 5 * records[0].batch);
}

// Short work is warmed up as often as its times ask for, long work is not.
double pace_seconds = 0;
std::string executed;  // a letter an execution

template <char letter>
Answer paced(const Problem& problem, const Team& team) {
    const double end = seconds_since_launch() + pace_seconds;
    while (seconds_since_launch() < end) {
    }
    executed += letter;
    return alone(problem, team);
}

std::string order_of_five_rounds(std::uint64_t seed, double pace) {
    pace_seconds = pace;
    executed.clear();
    run({{"a", "", paced<'a'>, Uses::core},
         {"b", "", paced<'b'>, Uses::core},
         {"c", "", paced<'c'>, Uses::core},
         {"d", "", paced<'d'>, Uses::core}},
        {.repeats = 5, .max_seconds = 0, .seed = seed, .progress = false});
    return world().root() ? executed.substr(executed.size() - 20) : std::string();
}

TEST(Run, TakesTurnsInAnOrderThatTheSeedAloneDecides) {
    // Short enough to be warmed up, long enough for the clock to tell: neither is batched.
    const double brief = std::max(2e-4, 1000 * measure_clock().resolution_seconds);
    const auto warmed_up = order_of_five_rounds(3, brief), cold = order_of_five_rounds(3, 60 * brief);
    EXPECT_EQ(warmed_up, cold);
    const auto other = order_of_five_rounds(4, brief);
    if (!world().root()) return;
    EXPECT_NE(warmed_up, other);
}

// A variant that clocks itself: its seconds are kept, batched or not, and how long it really lasts decides
// how often it is executed.
Judgement judge_a_nanosecond(const Problem& problem, Answer& answer, const Team& team) {
    auto judgement = judge(problem, answer, team);
    judgement.calls = CallTimes{{1e-9}, {1}};
    return judgement;
}

TEST(Run, KeepsTheSecondsOfAVariantThatClocksItself) {
    pace_seconds = std::max(2e-3, 1000 * measure_clock().resolution_seconds);
    const auto records = run({{"right", "", right, Uses::ranks}, {"long", "", paced<'l'>, Uses::core}},
                             five_repeats(), {.judge = judge_a_nanosecond});
    if (!world().root()) return;
    for (const auto& record : records) {
        EXPECT_EQ(record.seconds.size(), 5 * static_cast<std::size_t>(record.ranks));
        EXPECT_DOUBLE_EQ(record.first_seconds, 1e-9);
        for (const double s : record.seconds) EXPECT_NEAR(s, 1e-9, 1e-15);
    }
    EXPECT_EQ(records[1].batch, 1);
}

TEST(Run, ExecutesTheFastestOnOneCoreWhileTheOthersCompute) {
    auto options = five_repeats();
    options.own_cores = true;
    const std::vector<V> variants = {{"right", "", right, Uses::ranks},
                                     {"slow", "", paced<'s'>, Uses::core},
                                     {"alone", "", alone, Uses::core}};
    pace_seconds = 0.02;
    const auto records = run(variants, options);
    if (!world().root()) return;
    EXPECT_EQ(records[0].loaded_seconds, 0);
    EXPECT_EQ(records[1].loaded_seconds, 0);
    EXPECT_EQ(records[2].loaded_seconds > 0, world().size > 1);  // there is no other core, else
    EXPECT_EQ(records[2].repeats(), 5);
    EXPECT_TRUE(records[2].verdict.right());
}

TEST(Run, HasNoLoadedCoreWhereItTellsNothing) {
    auto options = five_repeats();
    options.own_cores = true;
    const std::vector<V> variants = {{"right", "", right, Uses::ranks}, {"alone", "", alone, Uses::core}};
    const E prepared = {
        .judge = judge, .prepare = [](const Problem&, const V&, const Team&) {}, .batch = Batch::never};
    for (const auto& experiment : {prepared, E{.judge = judge_a_nanosecond}}) {
        const auto records = run(variants, options, experiment);
        if (!world().root()) continue;
        EXPECT_EQ(records[1].loaded_seconds, 0);
    }
}

TEST(Run, LeavesTimeForTheLoadedCore) {
    RunOptions options{.max_seconds = 1, .own_cores = true};
    pace_seconds = 0.05;
    const auto records =
        run({{"right", "", right, Uses::ranks}, {"slow", "", paced<'s'>, Uses::core}}, options);
    if (!world().root()) return;
    EXPECT_EQ(records[1].loaded_seconds > 0, world().size > 1);
}

TEST(BusyCores, ComputeUntilTheWorkHasEnded) {
    int calls = 0;
    with_busy_cores(world(), 2, [&] { ++calls; });
    EXPECT_EQ(calls, world().root() ? 1 : 0);
}

TEST(BusyCores, LetErrorsPass) {
    if (world().size > 1) GTEST_SKIP() << "the other ranks would wait for one that has failed";
    EXPECT_THROW(with_busy_cores(world(), 2, [] { throw std::runtime_error("lost"); }), std::runtime_error);
}

// Each of six calls is disturbed on another rank.
Judgement judge_six_calls(const Problem& problem, Answer& answer, const Team& team) {
    auto judgement = judge(problem, answer, team);
    judgement.calls = CallTimes{{1, 1, 1, 1, 1, 1}, {1, 1, 1, 1, 1, 1}};
    for (int call = 0; call < 6; ++call) {
        if (call % team.size == team.rank)
            judgement.calls->seconds[static_cast<std::size_t>(call)] = 10.0 + call;
    }
    return judgement;
}

TEST(Run, ACallLastsAsLongAsOnItsSlowestRankAndARepeatAsItsMedianCall) {
    const auto records = run({{"right", "", right, Uses::ranks}}, five_repeats(), {.judge = judge_six_calls});
    if (!world().root()) return;
    const auto& record = records[0];
    const auto ranks = static_cast<std::size_t>(world().size);
    ASSERT_EQ(record.seconds.size(), 5 * ranks);
    for (std::size_t repeat = 0; repeat < 5; ++repeat)
        EXPECT_EQ(record.repeat_seconds()[repeat], 12);  // the lower of the two in the middle, not the mean
    const auto in_a_repeat = 6 * static_cast<std::size_t>(record.batch);
    ASSERT_EQ(record.calls.size(), 5 * in_a_repeat);
    for (std::size_t call = 0; call < record.calls.size(); ++call) {
        const auto which = call % 6;
        EXPECT_EQ(record.calls.repeat[call], static_cast<std::int32_t>(call / in_a_repeat));
        EXPECT_EQ(record.calls.calls[call], 1);
        for (std::size_t rank = 0; rank < ranks; ++rank) {
            EXPECT_EQ(record.calls.row(call)[rank],
                      which % ranks == rank ? 10.0 + static_cast<double>(which) : 1.0);
        }
    }
}

// Variants take turns: each has its first repeats.
TEST(Run, KeepsNoMoreCallsThanALaunchMayHave) {
    const auto ranks = static_cast<std::size_t>(world().size);
    auto options = five_repeats();
    options.most_calls = 6 * ranks * 5 + 1;
    static const Problem problem{world().size};
    const Group<Problem, Answer> group = {
        "ones", "", {{"a", "", right, Uses::ranks}, {"b", "", right, Uses::ranks}}};
    const Threads threads;
    const E experiment{.work = {.items = world().size}, .judge = judge_six_calls, .batch = Batch::never};
    const auto outcome =
        run_tasks(tasks_of(problem, group, experiment, world(), threads), world(), threads, options);
    if (!world().root()) {
        EXPECT_TRUE(outcome.doubts.empty());
        return;
    }
    const auto &a = outcome.records[0], &b = outcome.records[1];
    EXPECT_EQ(a.repeats(), 5u);
    EXPECT_EQ(b.repeats(), 5u);
    EXPECT_EQ(a.calls.size() + b.calls.size(), 6u * 5);  // of 3 repeats and of 2
    ASSERT_EQ(outcome.doubts.size(), 2u);
    for (const auto& doubt : outcome.doubts) {
        EXPECT_EQ(doubt.kind, "calls_cut");
        const auto& calls = outcome.records[static_cast<std::size_t>(doubt.record)].calls;
        EXPECT_EQ(doubt.value, 1 + calls.repeat.back());
        EXPECT_EQ(doubt.value, static_cast<double>(calls.size()) / 6);
    }
}

TEST(Run, KeepsASummaryOfMoreRanksThanAreTold) {
    auto options = five_repeats();
    options.most_ranks = 2;
    const auto records = run({{"right", "", right, Uses::ranks}, {"alone", "", alone, Uses::core}}, options);
    if (!world().root()) return;
    const bool many = world().size > 2;
    EXPECT_EQ(records[0].of_ranks.size(), many ? 5u : 0u);
    EXPECT_EQ(records[0].seconds.size(), many ? 0u : 5 * static_cast<std::size_t>(world().size));
    EXPECT_TRUE(records[1].of_ranks.empty());
    EXPECT_EQ(records[0].repeat_seconds().size(), 5u);
    for (const auto& all : records[0].of_ranks) {
        EXPECT_TRUE(0 < all.min && all.min <= all.q1 && all.q1 <= all.median && all.median <= all.q3 &&
                    all.q3 <= all.max);
        EXPECT_TRUE(all.slowest_rank >= 0 && all.slowest_rank < world().size);
    }
}

// Between repeats, on every rank alike.
TEST(Run, GlancesAtTheNodes) {
    Watch watch(0);
    auto options = five_repeats();
    options.watch = &watch;
    run({{"right", "", right, Uses::ranks}}, options);
    auto fewest = static_cast<int>(watch.rows("here").size()), most = fewest;
    MPI_Allreduce(MPI_IN_PLACE, &fewest, 1, MPI_INT, MPI_MIN, world().comm);
    MPI_Allreduce(MPI_IN_PLACE, &most, 1, MPI_INT, MPI_MAX, world().comm);
    EXPECT_EQ(fewest, most);
    EXPECT_GE(fewest, 2);  // after the first execution, and after the repeats
}

Answer marked(const Problem& problem, const Team&) {
    PACER_REGION("outer");
    for (int i = 0; i < 3; ++i) {
        PACER_REGION("inner");
    }
    return {Number::of_whole(problem.ranks), {1, Number::of_whole(1)}};
}

TEST(Run, ProfilesEveryRankOfACase) {
    for (const std::int64_t most_ranks : {1024, 1}) {
        profile::enabled = true;
        auto options = five_repeats();
        options.most_ranks = most_ranks;
        const auto records =
            run({{"marked", "", marked, Uses::ranks}, {"alone", "", alone, Uses::core}}, options);
        profile::enabled = false;
        if (!world().root()) continue;
        const bool summed = world().size > most_ranks;
        const auto& rows = records[0].profile;
        const auto tellers = summed ? 1 : world().size;
        ASSERT_EQ(rows.size(), 3 * static_cast<std::size_t>(tellers));
        for (int rank = 0; rank < tellers; ++rank) {
            const auto* const its = &rows[3 * static_cast<std::size_t>(rank)];
            EXPECT_EQ(its[0].rank, summed ? -1 : rank);
            EXPECT_EQ(its[0].region, "");
            EXPECT_TRUE(its[1].region.starts_with("outer (")) << its[1].region;
            EXPECT_NE(its[1].region.find("tests/common/measure/run_test.cpp:"), std::string::npos);
            EXPECT_EQ(its[1].parent, "");
            EXPECT_TRUE(its[2].region.starts_with("inner (")) << its[2].region;
            EXPECT_EQ(its[2].parent, its[1].region);
            EXPECT_GE(its[0].hits, (summed ? world().size : 1) * 5 * records[0].batch);
            EXPECT_EQ(its[1].hits, its[0].hits);
            EXPECT_EQ(its[2].hits, 3 * its[0].hits);
            EXPECT_GE(its[0].seconds, its[1].seconds);
        }
        ASSERT_EQ(records[1].profile.size(), 1u);
        EXPECT_EQ(records[1].profile[0].rank, summed ? -1 : 0);
    }
}

TEST(Run, KnowsThePlaceOfEachRepeatInItsRound) {
    const auto records = run({{"right", "", right, Uses::ranks}, {"alone", "", alone, Uses::core}},
                             {.repeats = 20, .max_seconds = 0, .seed = 7, .progress = false});
    if (!world().root()) return;
    ASSERT_EQ(records[0].position.size(), 20u);
    ASSERT_EQ(records[1].position.size(), 20u);
    for (std::size_t round = 0; round < 20; ++round)
        EXPECT_EQ(records[0].position[round] + records[1].position[round], 1);
    EXPECT_EQ(std::set(records[0].position.begin(), records[0].position.end()).size(), 2u);
}

// The executions that each rank has begun, in rank 0's memory.
MPI_Win begun_window = MPI_WIN_NULL;
std::int64_t most_ahead = 0;

// Nothing in it makes ranks wait for each other.
Answer runs_ahead(const Problem& problem, const Team& team) {
    static std::int64_t mine = 0;
    std::int64_t* begun = nullptr;
    MPI_Aint bytes = 0;
    int unit = 0;
    MPI_Win_shared_query(begun_window, 0, &bytes, &unit, &begun);
    ++mine;
    std::atomic_ref(begun[team.rank]).store(mine);
    for (int rank = 0; rank < team.size; ++rank)
        most_ahead = std::max(most_ahead, mine - std::atomic_ref(begun[rank]).load());
    return {Number::of_whole(problem.ranks), {1, Number::of_whole(1)}};
}

TEST(Run, NoRankRunsAheadWithinABatch) {
    std::int64_t* memory = nullptr;
    MPI_Win_allocate_shared(world().root() ? 8 * world().size : 0, 8, MPI_INFO_NULL, world().comm, &memory,
                            &begun_window);
    if (world().root()) std::fill_n(memory, world().size, 0);
    MPI_Barrier(world().comm);
    static const Problem problem{world().size};
    const Threads threads;
    const RunOptions options;
    const Group<Problem, Answer> group = {"ones", "", {{"ahead", "", runs_ahead, Uses::ranks}}};
    auto tasks =
        tasks_of(problem, group, E{.work = {.items = world().size}, .judge = judge}, world(), threads);
    Executor executor(tasks, world(), threads, options);
    if (world().root()) {
        const auto samples = executor.execute({3, 0, {50}});
        executor.dismiss();
        ASSERT_EQ(samples.size(), 3u);
        for (const auto& sample : samples) EXPECT_EQ(sample.starts.size(), world().size > 1 ? 50u : 1u);
        EXPECT_EQ(tasks[0].record.verdict.checked, 150);
        EXPECT_TRUE(tasks[0].record.verdict.right());
    } else {
        executor.follow();
    }
    EXPECT_LE(most_ahead, 1);
    MPI_Win_free(&begun_window);
}

TEST(Run, CountsWhatAVariantThatClocksItselfLeavesOutOfTheBudget) {
    pace_seconds = 0.01;
    const auto records = run({{"right", "", right, Uses::ranks}, {"long", "", paced<'l'>, Uses::core}},
                             {.repeats = 1000, .max_seconds = 0.5, .seed = 1, .progress = false},
                             {.judge = judge_a_nanosecond});
    if (!world().root()) return;
    EXPECT_LE(records[1].repeats(), 50);
}

// Every execution keeps one rank busy for ten microseconds, each time another one.
Answer busy_in_turns(const Problem& problem, const Team& team) {
    static std::int64_t turn = 0;
    const double end = now_seconds() + (turn++ % team.size == team.rank ? 1e-5 : 0);
    while (now_seconds() < end) continue;
    return {Number::of_whole(problem.ranks), {1, Number::of_whole(1)}};
}

TEST(Run, TakesTheSlowestRankOfEachExecutionOfABatch) {
    const auto records = run({{"busy", "", busy_in_turns, Uses::ranks}}, five_repeats());
    if (!world().root()) return;
    for (const double seconds : records[0].repeat_seconds()) EXPECT_GE(seconds, 1e-5);
}

// Rank 0 does not wait for the last rank but in barriers.
Answer late_on_last_rank(const Problem& problem, const Team& team) {
    const double end = seconds_since_launch() + (team.rank == team.size - 1 ? pace_seconds : 0);
    while (seconds_since_launch() < end) {
    }
    return {Number::of_whole(problem.ranks), {1, Number::of_whole(1)}};
}

TEST(Run, CountsTheBarriersOfABatchInTheBudget) {
    pace_seconds = 0.01;
    const auto records = run({{"late", "", late_on_last_rank, Uses::ranks}},
                             {.repeats = 1000, .max_seconds = 0.5, .seed = 1, .progress = false},
                             {.judge = judge_a_nanosecond});
    if (!world().root()) return;
    EXPECT_LE(static_cast<std::int64_t>(records[0].repeats()) * records[0].batch, 55);
}

TEST(Run, StopsByItselfWithinItsBudget) {
    const auto records = run({{"right", "", right, Uses::ranks}, {"alone", "", alone, Uses::core}},
                             {.repeats = 0, .max_seconds = 0.5, .seed = 1, .progress = false});
    if (!world().root()) return;
    for (const auto& record : records)
        EXPECT_TRUE(record.stopped_by != StoppedBy::unknown || !record.not_run.empty());
}

TEST(Run, RunsOneVariantAtLeastHoweverSmallTheBudget) {
    const auto records = run({{"right", "", right, Uses::ranks}, {"alone", "", alone, Uses::core}},
                             {.repeats = 0, .max_seconds = 1e-9, .seed = 1, .progress = false});
    if (!world().root()) return;
    EXPECT_EQ(records[0].repeats(), 1);
    EXPECT_FALSE(records[0].failed());
    EXPECT_EQ(records[1].repeats(), 0);
    EXPECT_FALSE(records[1].not_run.empty());
}

TEST(Team, GathersTextInRankOrder) {
    const auto texts = gather_text(world(), std::string(static_cast<std::size_t>(world().rank), 'x'));
    if (!world().root()) {
        EXPECT_TRUE(texts.empty());
        return;
    }
    ASSERT_EQ(texts.size(), static_cast<std::size_t>(world().size));
    for (std::size_t rank = 0; rank < texts.size(); ++rank) EXPECT_EQ(texts[rank].size(), rank);
}

TEST(Team, AUsageErrorOfRankZeroReachesEveryRank) {
    EXPECT_THROW(on_root(world(), [] { throw UsageError("no such file"); }), UsageError);
    EXPECT_NO_THROW(on_root(world(), [] {}));
}

TEST(Team, SleepingBarrierHoldsUntilTheLastRank) {
    for (int round = 0; round < 3; ++round) sleeping_barrier(world());
}

TEST(Team, MeasuresFromTheFirstStartOnTheNode) {
    const double late = 0.001 * world().rank;
    const std::vector<double> starts = {10.0 + late}, ends = {10.01 + late};
    EXPECT_NEAR(seconds_since_first_start(world(), starts, ends).front(), 0.01 + late, 1e-9);
}

TEST(Team, RefusesATimeLongerThanTheLaunchOrNegative) {
    for (const double end : {1e5, 9.0}) {
        const std::vector<double> starts = {10}, ends = {end};
        EXPECT_THROW(seconds_since_first_start(world(), starts, ends), std::runtime_error);
    }
}

TEST(MpiCount, RefusesWhatAnIntCannotHold) {
    EXPECT_EQ(mpi_count(2147483647), 2147483647);
    EXPECT_THROW(mpi_count(2147483648), std::length_error);
}

// What the hooks of one experiment have seen.
int prepared = 0, inspected = 0;

// Answers nothing by itself: what it has done is looked at afterwards.
Answer silent(const Problem&, const Team&) {
    ++executions;
    return {Number::of_whole(-1), {1, Number::of_whole(-1)}};
}

// Slept, not spun: where ranks share a core the last one would begin late.
constexpr std::chrono::milliseconds hook_time{50};

TEST(Run, PreparesAndJudgesOutsideTheClock) {
    prepared = inspected = 0;
    const auto records = run({{"silent", "", silent, Uses::ranks}}, five_repeats(),
                             {.judge =
                                  [](const Problem& problem, Answer& answer, const Team& team) {
                                      ++inspected;
                                      std::this_thread::sleep_for(hook_time);
                                      answer = sum_of_ones(team, 1);
                                      return judge(problem, answer, team);
                                  },
                              .prepare =
                                  [](const Problem&, const V& variant, const Team&) {
                                      EXPECT_EQ(variant.run, silent);
                                      EXPECT_EQ(prepared, inspected);
                                      ++prepared;
                                      std::this_thread::sleep_for(hook_time);
                                  },
                              .batch = Batch::never});
    EXPECT_EQ(prepared, inspected);
    EXPECT_EQ(2 * prepared, executions);  // silent's and those of inspect: each by itself, short as it is
    EXPECT_GE(inspected, 6);
    if (!world().root()) return;
    EXPECT_TRUE(records[0].verdict.right());
    EXPECT_EQ(records[0].verdict.checked, inspected);
    const auto seconds = records[0].repeat_seconds();
    EXPECT_LT(*std::min_element(seconds.begin(), seconds.end()),
              std::chrono::duration<double>(hook_time).count());
}

// Executions of `empty` that were judged, of those that were made.
std::pair<std::int64_t, std::int64_t> judged_of_executed(Batch batch) {
    inspected = 0;
    const auto records = run({{"empty", "", empty, Uses::core}}, five_repeats(),
                             {.judge =
                                  [](const Problem& problem, Answer& answer, const Team& team) {
                                      ++inspected;
                                      return judge(problem, answer, team);
                                  },
                              .batch = batch});
    if (!world().root()) return {};
    EXPECT_EQ(records[0].verdict.checked, inspected);
    EXPECT_EQ(records[0].batch > 1, batch != Batch::never);
    return {inspected, 5 * records[0].batch};
}

TEST(Run, JudgesWhatABatchLeaves) {
    const auto every = judged_of_executed(Batch::every), last = judged_of_executed(Batch::last),
               alone = judged_of_executed(Batch::never);
    if (!world().root()) return;
    EXPECT_GE(every.first, every.second);
    EXPECT_LT(last.first, last.second);
    EXPECT_GE(alone.first, 6);
}

TEST(Run, RefusesToGuessTheSecondsOfWhatIsNotJudged) {
    if (world().size > 1) GTEST_SKIP() << "the others would wait for rank 0";
    EXPECT_THROW(run({{"empty", "", empty, Uses::core}}, five_repeats(),
                     {.judge = judge_a_nanosecond, .batch = Batch::last}),
                 std::logic_error);
}

TEST(Run, RefusesBatchesThatWouldTellNothing) {
    const auto nothing = [](const Problem&, const V&, const Team&) {};
    EXPECT_THROW(
        run({{"right", "", right, Uses::ranks}}, five_repeats(), {.judge = judge, .prepare = nothing}),
        std::logic_error);
}

}  // namespace
}  // namespace pacer
