// queues on real ranks: every variant does every task once, in the order and by the worker that it should.
#include "apps/queues/queues.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>
#include <vector>

#include "apps/queues/deques.hpp"
#include "apps/queues/tally.hpp"
#include "apps/queues/timeline.hpp"
#include "tests/support/mpi_world.hpp"

namespace pacer::queues {
namespace {

Check check(const Problem& problem, Answer answer) {
    return judge(problem, answer, team_of_one(1)).check;
}

const Threads threads{.process = 3, .hybrid = 1, .from_environment = false};

Settings settings_of(Workload workload, std::int64_t tasks, std::int64_t steps = 50) {
    Settings settings;
    settings.workload = workload;
    settings.tasks = tasks;
    settings.steps = steps;
    settings.limits = false;
    return settings;
}

// The team that the timed loop gives a variant; of size 0 if this rank is not in it.
Team team_for(const Variant<Problem, Answer>& variant) {
    Team team = uses_ranks(variant.uses) ? world() : team_of_one(1);
    team.threads = threads_for(threads, variant.uses);
    if (!uses_ranks(variant.uses) && !world().root()) team.size = 0;
    return team;
}

// Runs one variant once; on rank 0 its answer must be right.
void expect_right(const Problem& problem, const Variant<Problem, Answer>& variant) {
    const auto team = team_for(variant);
    if (team.size == 0) return;
    auto answer = variant.run(problem, team);
    const auto own = *judge(problem, answer, team).own;
    std::int64_t items = own.items;
    double busy_seconds = answer.own.busy_seconds;
    if (team.size > 1) {
        MPI_Allreduce(MPI_IN_PLACE, &items, 1, MPI_INT64_T, MPI_SUM, team.comm);
        MPI_Allreduce(MPI_IN_PLACE, &busy_seconds, 1, MPI_DOUBLE, MPI_SUM, team.comm);
    }
    EXPECT_EQ(items, problem.all.size()) << variant.name;
    if (!team.root()) return;
    EXPECT_TRUE(check(problem, answer).passed()) << variant.name << " of " << problem.all.size();
    EXPECT_NEAR(answer.all.busy_seconds, busy_seconds, 1e-9 * (1 + busy_seconds)) << variant.name;
    EXPECT_EQ(answer.all.tasks, problem.all.size()) << variant.name;
    EXPECT_EQ(answer.all.steps, problem.total_steps) << variant.name;
    EXPECT_LE(answer.all.most_steps, problem.total_steps);
    EXPECT_GE(answer.all.most_steps * answer.workers, problem.total_steps) << variant.name;
    EXPECT_GE(answer.seconds * answer.workers, answer.all.busy_seconds) << variant.name;
}

// Who did what in the latest execution of every variant, by name; rank 0.
std::map<std::string_view, Timeline> timelines_of(const Problem& problem) {
    std::vector<Record> records;
    for (const auto& variant : group.variants) {
        Record record;
        record.variant = variant.name;
        record.round = {0};
        if (world().root()) records.push_back(record);
    }
    std::map<std::string_view, Timeline> by_name;
    for (auto& timeline : gather_timelines(world(), problem, records)) by_name[timeline.variant] = timeline;
    return by_name;
}

std::vector<std::int64_t> tasks_of(const Row& row) {
    std::vector<std::int64_t> tasks;
    for (const auto& note : row.notes) tasks.push_back(note.task);
    return tasks;
}

// Every task once, each worker's one after the other, all within the variant's time.
void expect_whole(const Timeline& timeline, std::int64_t tasks) {
    std::vector<int> times(static_cast<std::size_t>(tasks), 0);
    for (const auto& row : timeline.rows) {
        double free = 0;
        for (const auto& note : row.notes) {
            ++times.at(static_cast<std::size_t>(note.task));
            EXPECT_GE(note.start, free) << timeline.variant;
            EXPECT_GE(note.end, note.start) << timeline.variant;
            free = note.end;
        }
        EXPECT_LE(free, timeline.seconds) << timeline.variant;
    }
    EXPECT_EQ(std::count(times.begin(), times.end(), 1), tasks) << timeline.variant;
}

TEST(Queues, EveryVariantDoesEveryTaskOnce) {
    const std::int64_t ranks = world().size;
    for (const auto workload : {Workload::even, Workload::linear, Workload::heavy}) {
        for (const std::int64_t n : {std::int64_t{0}, std::int64_t{1}, ranks - 1, ranks, ranks + 1,
                                     std::int64_t{37}, std::int64_t{500}}) {
            const auto problem = make_problem(world(), threads, settings_of(workload, n), group.variants);
            for (const auto& variant : group.variants) expect_right(problem, variant);
            const auto timelines = timelines_of(problem);
            if (!world().root()) continue;
            ASSERT_EQ(timelines.size(), group.variants.size());
            for (const auto& [name, timeline] : timelines) expect_whole(timeline, n);
        }
    }
}

// Without a barrier in between, as in a batch of the timed loop: nobody may meet the tasks of another
// execution.
TEST(Queues, ExecutionsFollowEachOtherAtOnce) {
    for (const std::int64_t n : {2, 20}) {
        const auto problem =
            make_problem(world(), threads, settings_of(Workload::even, n, 0), group.variants);
        for (const auto& variant : group.variants) {
            const auto team = team_for(variant);
            if (team.size == 0) continue;
            for (int i = 0; i < 100; ++i) {
                const auto answer = variant.run(problem, team);
                if (team.root()) {
                    ASSERT_TRUE(check(problem, answer).passed()) << variant.name << " " << i;
                }
            }
        }
    }
}

// As on two nodes of which one has fewer cores than ranks.
TEST(Queues, CrowdedRanksAddUpWithOthers) {
    Team team = world();
    team.crowded = world().rank % 2 == 1;
    for (int i = 1; i <= 20; ++i) {
        Tally mine;
        mine.results = world().rank + i;
        mine.tasks = 1;
        mine.most_steps = 10 - world().rank;
        mine.start = 5 - world().rank;
        const auto all = add_over_ranks(mine, team);
        if (!world().root()) continue;
        const int ranks = world().size;
        EXPECT_TRUE(all.results == ranks * (ranks - 1) / 2 + ranks * i);
        EXPECT_EQ(all.tasks, ranks);
        EXPECT_EQ(all.most_steps, 10);
        EXPECT_EQ(all.start, 5 - (ranks - 1));
    }
}

// The clock of idle time starts with the first rank of the node, even if rank 0 is late.
TEST(Queues, IdleTimeCountsFromTheFirstStart) {
    if (world().size == 1) GTEST_SKIP() << "nobody starts before rank 0";
    const auto problem =
        make_problem(world(), threads, settings_of(Workload::even, 40, 100'000), group.variants);
    ASSERT_EQ(problem.beside_root, true);
    const auto& block = group.variants[1];
    MPI_Barrier(world().comm);
    constexpr double late = 0.2;
    if (world().root()) std::this_thread::sleep_for(std::chrono::duration<double>(late));
    auto answer = block.run(problem, world());
    if (!world().root()) return;
    EXPECT_GE(answer.seconds, late / 2);
    const auto observed = judge(problem, answer, world()).observed;
    for (const auto& [name, value] : observed) {
        EXPECT_GE(value, 0) << name;
    }
    EXPECT_LT(observed.front().second, 100);
}

TEST(Queues, StealingKeepsEveryTaskWhenAllSteal) {
    const auto problem =
        make_problem(world(), threads, settings_of(Workload::linear, 5000, 3), group.variants);
    for (int i = 0; i < 10; ++i) expect_right(problem, group.variants.back());
    ASSERT_EQ(group.variants.back().name, "stealing");
}

TEST(Queues, StaticDivisionsDivideAsTheySay) {
    constexpr std::int64_t n = 11;
    const auto problem = make_problem(world(), threads, settings_of(Workload::linear, n), group.variants);
    for (const auto& variant : group.variants) expect_right(problem, variant);
    const auto timelines = timelines_of(problem);
    if (!world().root()) return;
    for (int rank = 0; rank < world().size; ++rank) {
        std::vector<std::int64_t> neighbours, dealt;
        const auto part = part_of({0, n}, world().size, rank);
        for (auto task = part.begin; task < part.end; ++task) neighbours.push_back(task);
        for (std::int64_t task = rank; task < n; task += world().size) dealt.push_back(task);
        const auto row = static_cast<std::size_t>(rank);
        EXPECT_EQ(tasks_of(timelines.at("block").rows.at(row)), neighbours);
        EXPECT_EQ(tasks_of(timelines.at("cyclic").rows.at(row)), dealt);
    }
}

TEST(Queues, FifoGoesUpAndLifoDown) {
    constexpr std::int64_t n = 50;
    const auto problem = make_problem(world(), threads, settings_of(Workload::even, n), group.variants);
    for (const auto& variant : group.variants) expect_right(problem, variant);
    const auto timelines = timelines_of(problem);
    if (!world().root()) return;
    const std::size_t workers = world().size == 1 ? 1 : static_cast<std::size_t>(world().size) - 1;
    for (const auto* name : {"fifo", "lifo"}) {
        const auto& timeline = timelines.at(name);
        EXPECT_EQ(timeline.served, world().size > 1);
        ASSERT_EQ(timeline.rows.size(), workers);
        for (const auto& row : timeline.rows) {
            auto tasks = tasks_of(row);
            if (timeline.variant == "lifo") std::reverse(tasks.begin(), tasks.end());
            EXPECT_TRUE(std::is_sorted(tasks.begin(), tasks.end())) << name << " rank " << row.rank;
        }
    }
    // The first of the queue are the first to be handed out.
    if (world().size == 1) return;
    EXPECT_EQ(tasks_of(timelines.at("fifo").rows.front()).front(), 0);
    EXPECT_EQ(tasks_of(timelines.at("lifo").rows.front()).front(), n - 1);
}

// All tasks are sent before anybody asks, so they are dealt like cards.
TEST(Queues, SendsSoManyAhead) {
    if (world().size == 1) GTEST_SKIP() << "nobody to send to";
    constexpr std::int64_t n = 20;
    auto settings = settings_of(Workload::even, n);
    settings.ahead = n;
    const auto problem = make_problem(world(), threads, settings, group.variants);
    for (const auto& variant : group.variants) expect_right(problem, variant);
    const auto timelines = timelines_of(problem);
    if (!world().root()) return;
    const int workers = world().size - 1;
    for (int worker = 0; worker < workers; ++worker) {
        std::vector<std::int64_t> dealt;
        for (std::int64_t task = worker; task < n; task += workers) dealt.push_back(task);
        EXPECT_EQ(tasks_of(timelines.at("fifo").rows.at(static_cast<std::size_t>(worker))), dealt);
    }
}

TEST(Queues, KeepsJournalsOfTheChosenOnly) {
    const auto chosen = std::span(group.variants).subspan(1, 1);
    const auto problem = make_problem(world(), threads, settings_of(Workload::even, 5), chosen);
    for (std::size_t i = 0; i < group.variants.size(); ++i) {
        EXPECT_EQ(problem.journals.at(i).pages.size(), i == 1 ? 1 : 0) << i;
    }
}

TEST(Queues, LookAtTheMachineForTheLimits) {
    auto settings = settings_of(Workload::even, 5);
    settings.limits = true;
    const auto problem = make_problem(world(), threads, settings, group.variants);
    const auto& rates = problem.rates;
    for (const double rate : {rates.core, rates.threads, rates.ranks, rates.served}) EXPECT_GT(rate, 1e6);
    EXPECT_GE(rates.ranks, rates.core);
}

TEST(Queues, RefusesWhatItCannotKeepOrCount) {
    const auto refused = [](Settings settings) {
        EXPECT_THROW(make_problem(world(), threads, settings, group.variants), UsageError);
    };
    refused(settings_of(Workload::even, most_tasks + 1));
    refused(settings_of(Workload::even, 1, most_steps + 1));
    auto settings = settings_of(Workload::even, 1);
    settings.ahead = 0;
    refused(settings);
}

TEST(Deques, HandOutFromTheFrontAndFromTheBack) {
    const Deques deques(world());
    if (world().root()) {
        EXPECT_FALSE(deques.take(0));
        EXPECT_EQ(deques.fill(0, {10, 15}).size(), 0);
        EXPECT_EQ(deques.take(0), 10);
        EXPECT_EQ(deques.steal(0), (Range{13, 15}));
        EXPECT_EQ(deques.steal(0), (Range{12, 13}));
        EXPECT_EQ(deques.take(0), 11);
        EXPECT_EQ(deques.steal(0).size(), 0);
        EXPECT_FALSE(deques.take(0));
        EXPECT_EQ(deques.fill(0, {20, 21}).size(), 0);
        EXPECT_EQ(deques.take(0), 20);
        EXPECT_EQ(deques.add_begun(3), 3);
        EXPECT_EQ(deques.add_begun(4), 7);
    }
    deques.restart(world());
    EXPECT_EQ(deques.add_begun(0), 0);
    MPI_Barrier(world().comm);
}

}  // namespace
}  // namespace pacer::queues
