// What queues is made of, without ranks: costs, checks, limits, the word of a deque, charts and traces.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <random>
#include <vector>

#include "apps/queues/chain.hpp"
#include "apps/queues/chart.hpp"
#include "apps/queues/costs.hpp"
#include "apps/queues/deque_word.hpp"
#include "apps/queues/queues.hpp"
#include "apps/queues/trace.hpp"

namespace pacer::queues {
namespace {

Check check(const Problem& problem, Answer answer) {
    return judge(problem, answer, team_of_one(1)).check;
}

using Steps = std::vector<std::int64_t>;

std::int64_t sum_of(const Steps& steps) {
    return std::accumulate(steps.begin(), steps.end(), std::int64_t{0});
}

// Computed by Python's whole numbers.
TEST(Chain, GoesStepByStep) {
    EXPECT_EQ(chain(1, 0), 1);
    EXPECT_EQ(chain(1, 1), 11400714819323198485u);
    EXPECT_EQ(chain(1, 1000), 3863987683366033495u);
    EXPECT_EQ(result_of(17, 12345), 3565434463482947553u);
    EXPECT_NE(result_of(17, 12345), result_of(18, 12345));
    EXPECT_NE(result_of(17, 12345), result_of(17, 12346));
}

TEST(Costs, AddUpToTheSameInEveryWorkload) {
    constexpr std::int64_t n = 1000, average = 10000;
    for (const auto workload : {Workload::even, Workload::linear, Workload::heavy}) {
        const auto steps = make_steps({workload, n, 1}, average);
        ASSERT_EQ(std::ssize(steps), n);
        EXPECT_NEAR(static_cast<double>(sum_of(steps)), static_cast<double>(n * average), n);
    }
}

TEST(Costs, AreEvenLinearOrHeavy) {
    const auto even = make_steps({Workload::even, 4, 0}, 100),
               linear = make_steps({Workload::linear, 4, 0}, 100);
    EXPECT_EQ(even, (Steps{100, 100, 100, 100}));
    EXPECT_EQ(linear, (Steps{25, 75, 125, 175}));
    auto heavy = make_steps({Workload::heavy, 1000, 0}, 1000);
    EXPECT_NE(heavy, make_steps({Workload::heavy, 1000, 1}, 1000));
    std::sort(heavy.begin(), heavy.end());
    EXPECT_LT(heavy[500], 700);      // most tasks are short,
    EXPECT_GT(heavy.back(), 10000);  // a few very long
}

TEST(Costs, OfNoTasksAndOfNoSteps) {
    EXPECT_TRUE(make_steps({Workload::linear, 0, 0}, 100).empty());
    EXPECT_EQ(sum_of(make_steps({Workload::heavy, 10, 0}, 0)), 0);
    EXPECT_EQ(sum_of(make_steps({Workload::linear, 1, 0}, most_steps)), most_steps);
}

Answer answer_of(const Steps& steps, const std::vector<std::int64_t>& done) {
    Answer answer;
    for (const auto task : done)
        answer.all.results += result_of(task, steps.at(static_cast<std::size_t>(task)));
    return answer;
}

TEST(Check, NoticesTasksLostDoubledOrDoneForAnother) {
    Problem problem;
    problem.steps = {5, 5, 5, 5};
    problem.expected = Number::of_whole(answer_of(problem.steps, {0, 1, 2, 3}).all.results);
    EXPECT_TRUE(check(problem, answer_of(problem.steps, {3, 1, 0, 2})).passed());
    for (const std::vector<std::int64_t>& done :
         {std::vector<std::int64_t>{0, 1, 2}, {0, 1, 2, 3, 3}, {0, 1, 2, 2}, {}}) {
        EXPECT_FALSE(check(problem, answer_of(problem.steps, done)).passed());
    }
}

const Variant<Problem, Answer>& variant_named(std::string_view name) {
    return *std::find_if(group.variants.begin(), group.variants.end(),
                         [&](const auto& v) { return v.name == name; });
}

Limit limit_for(const Problem& problem, std::string_view name, int ranks, int threads = 1) {
    Record record;
    record.ranks = ranks;
    record.threads = threads;
    describe(problem, variant_named(name), record);
    return record.limit;
}

TEST(Limit, IsTheWorkersTogetherOrTheLongestTask) {
    Problem problem;
    problem.total_steps = 1200;
    problem.longest_steps = 200;
    problem.rates = {100, 400, 300, 200};
    EXPECT_DOUBLE_EQ(limit_for(problem, "serial", 1).seconds, 12);
    EXPECT_DOUBLE_EQ(limit_for(problem, "openmp_dynamic", 1, 4).seconds, 3);
    EXPECT_DOUBLE_EQ(limit_for(problem, "block", 3).seconds, 4);
    EXPECT_DOUBLE_EQ(limit_for(problem, "fifo", 3).seconds, 6);  // rank 0 is no worker
    EXPECT_DOUBLE_EQ(limit_for(problem, "lifo", 3).seconds, 6);
    EXPECT_NE(limit_for(problem, "fifo", 3).derived.find("2 workers, rank 0 only serving"),
              std::string::npos);
    problem.longest_steps = 500;
    EXPECT_DOUBLE_EQ(limit_for(problem, "block", 3).seconds, 5);
    EXPECT_NE(limit_for(problem, "block", 3).derived.find("longest task"), std::string::npos);
    // Alone, rank 0 works itself.
    problem.rates = {.core = 100, .served = 100};
    EXPECT_DOUBLE_EQ(limit_for(problem, "fifo", 1).seconds, 12);
    EXPECT_EQ(limit_for(problem, "fifo", 1).derived.find("only serving"), std::string::npos);
    problem.rates = {};
    EXPECT_EQ(limit_for(problem, "block", 3).seconds, 0);
}

double observed(Answer answer, std::string_view name) {
    for (const auto& [each, value] : judge({}, answer, team_of_one(1)).observed) {
        if (each == name) return value;
    }
    return NAN;
}

TEST(Observations, AreIdleTimeAndImbalance) {
    Answer answer;
    answer.all.steps = 100;
    answer.all.most_steps = 75;
    answer.all.busy_seconds = 6;
    answer.workers = 2;
    answer.seconds = 4;
    EXPECT_DOUBLE_EQ(observed(answer, "idle_percent"), 25);
    EXPECT_DOUBLE_EQ(observed(answer, "imbalance"), 1.5);
    EXPECT_DOUBLE_EQ(observed({}, "imbalance"), 1);
    EXPECT_DOUBLE_EQ(observed({}, "idle_percent"), 0);
}

TEST(DequeWord, HoldsTasksAndAnEndThatRanPastThem) {
    using namespace deque_word;
    const Range largest{(std::int64_t{1} << 31) - 2, (std::int64_t{1} << 31) - 1};
    EXPECT_EQ(unpack(pack(largest)), largest);
    EXPECT_EQ(unpack(pack({3, 7}) + take_first), (Range{4, 7}));
    EXPECT_EQ(unpack(pack({3, 7}) + take_last(2)), (Range{3, 5}));
    EXPECT_EQ(unpack(pack({0, 1}) + take_last(5)), (Range{0, -4}));
    EXPECT_EQ(stolen(pack({3, 7}), 2), (Range{5, 7}));
    EXPECT_EQ(stolen(pack({6, 7}), 3), (Range{6, 7}));  // fewer are left than were wanted
    EXPECT_EQ(stolen(pack({9, 7}), 3).size(), 0);
    EXPECT_EQ(half_of(pack({0, 5})), 3);
    EXPECT_EQ(half_of(pack({0, 1})), 1);
    EXPECT_EQ(half_of(pack({5, 5})), 0);
    EXPECT_EQ(half_of(pack({0, 1}) + take_last(9)), 0);
    EXPECT_FALSE(taken(pack({5, 5})));
    EXPECT_EQ(taken(pack({5, 6})), 5);
}

// Owners and thieves as in Deques and Stealer, one atomic operation a step, so that any order of them can be
// tried.
class ModelRank {
  public:
    ModelRank(std::vector<std::uint64_t>& words, std::vector<int>& done, std::size_t rank)
        : words_(words), done_(done), rank_(rank) {}

    void step(std::size_t victim) {
        using namespace deque_word;
        switch (phase_) {
            case Phase::own:
                if (kept_.size() > 0) return perform(kept_.begin++);
                if (const auto task = taken(add(rank_, take_first))) return perform(*task);
                phase_ = Phase::look;
                return;
            case Phase::look:
                victim_ = victim;
                wanted_ = half_of(words_[victim]);
                if (wanted_ > 0) phase_ = Phase::steal;
                return;
            case Phase::steal:
                loot_ = stolen(add(victim_, take_last(wanted_)), wanted_);
                phase_ = loot_.size() > 0 ? Phase::see_own : Phase::look;
                return;
            case Phase::see_own:
                perform(loot_.begin++);
                seen_ = words_[rank_];
                phase_ = Phase::fill;
                return;
            case Phase::fill:
                kept_ = left_out(seen_, add(rank_, put(seen_, loot_)), loot_);
                if (kept_.size() > 0) ++times_late;
                phase_ = Phase::own;
                return;
        }
    }

    static inline int times_late = 0;

  private:
    enum class Phase { own, look, steal, see_own, fill };

    std::uint64_t add(std::size_t rank, std::uint64_t more) {
        return std::exchange(words_[rank], words_[rank] + more);
    }
    void perform(std::int64_t task) { ++done_.at(static_cast<std::size_t>(task)); }

    std::vector<std::uint64_t>& words_;
    std::vector<int>& done_;
    std::size_t rank_, victim_ = 0;
    Phase phase_ = Phase::own;
    std::int64_t wanted_ = 0;
    std::uint64_t seen_ = 0;
    Range loot_, kept_;
};

TEST(DequeWord, LosesAndDoublesNothingInAnyOrder) {
    std::mt19937_64 random(1);
    for (int trial = 0; trial < 10000; ++trial) {
        const std::size_t ranks = 2 + trial % 4;
        const std::int64_t tasks = 1 + trial % 23;
        std::vector<std::uint64_t> words;
        std::vector<int> done(static_cast<std::size_t>(tasks), 0);
        std::vector<ModelRank> model;
        for (std::size_t rank = 0; rank < ranks; ++rank) {
            words.push_back(deque_word::pack(
                part_of({0, tasks}, static_cast<std::int64_t>(ranks), static_cast<std::int64_t>(rank))));
        }
        for (std::size_t rank = 0; rank < ranks; ++rank) model.emplace_back(words, done, rank);
        for (int burst = 0; burst < 500; ++burst) {  // some ranks stand still for long, anywhere
            const auto rank = random() % ranks;
            for (auto steps = 1 + random() % 8; steps > 0; --steps) {
                model[rank].step((rank + 1 + random() % (ranks - 1)) % ranks);
            }
        }
        ASSERT_EQ(std::count(done.begin(), done.end(), 1), tasks) << "trial " << trial;
    }
    EXPECT_GT(ModelRank::times_late, 10);  // the rare case was met
}

TEST(Chart, ShowsTasksAndIdleTime) {
    // 64 columns of a second: two tasks of 10 s and 20 s, and a wait between them.
    const Row row{0, 0, {{0, 0, 10}, {61, 20, 40}}};
    EXPECT_EQ(chart_row(row, 64, 62),
              std::string(10, '0') + std::string(10, '.') + std::string(20, 'z') + std::string(24, '.'));
    EXPECT_EQ(chart_row({}, 64, 62), std::string(64, '.'));
    EXPECT_EQ(chart_row(row, 0, 62), std::string(64, '.'));
}

TEST(Chart, GivesAColumnToWhatTookMostOfIt) {
    // The first column: 0.2 s of task 0, 0.7 s of task 1; the second: 0.4 s of task 2, and idle for the rest.
    const Row row{0, 0, {{0, 0, 0.2}, {1, 0.2, 0.9}, {2, 1.0, 1.4}}};
    EXPECT_EQ(chart_row(row, 64, 3), "1" + std::string(63, '.'));
}

TEST(Chart, GroupsTasksWhenThereAreManyOfThem) {
    const Row row{0, 0, {{0, 0, 1}, {99, 1, 2}, {6199, 2, 3}}};
    EXPECT_EQ(chart_row(row, 64, 6200).substr(0, 4), "00z.");
}

Timeline timeline_of(std::size_t workers, std::int64_t tasks_each) {
    Timeline timeline{"fifo", false, true, 1.0 * static_cast<double>(tasks_each), {}};
    for (std::size_t worker = 0; worker < workers; ++worker) {
        Row row{static_cast<int>(worker) + 1, 0, {}};
        for (std::int64_t i = 0; i < tasks_each; ++i) {
            const double start = static_cast<double>(i) + 0.001 * static_cast<double>(worker);
            row.notes.push_back({i * static_cast<std::int64_t>(workers) + static_cast<std::int64_t>(worker),
                                 start, start + 0.5});
        }
        timeline.rows.push_back(row);
    }
    return timeline;
}

TEST(Chart, SaysWhoBeganWhatFirstAndLast) {
    EXPECT_EQ(order_begun(timeline_of(2, 2)), "  begun      0@1 1@2 2@1 3@2\n");
    EXPECT_EQ(order_begun(timeline_of(2, 20)),
              "  first      0@1 1@2 2@1 3@2 4@1 5@2 6@1 7@2 8@1 9@2 10@1 11@2\n"
              "  last       28@1 29@2 30@1 31@2 32@1 33@2 34@1 35@2 36@1 37@2 38@1 39@2\n");
    const auto odd = order_begun(timeline_of(1, 14));
    EXPECT_EQ(odd.substr(odd.find('\n')), "\n  last       12@1 13@1\n");
    EXPECT_EQ(order_begun(timeline_of(2, 0)), "");
}

TEST(Chart, LeavesOutTheMiddleOfManyWorkers) {
    const auto text = chart({timeline_of(100, 1)}, 100);
    EXPECT_NE(text.find("rank 16 "), std::string::npos);
    EXPECT_NE(text.find("... 68 more"), std::string::npos);
    EXPECT_EQ(text.find("rank 17 "), std::string::npos);
    EXPECT_EQ(text.find("rank 84 "), std::string::npos);
    EXPECT_NE(text.find("rank 85 "), std::string::npos);
    EXPECT_NE(text.find("rank 100 "), std::string::npos);
    EXPECT_NE(text.find("rank 0 hands out"), std::string::npos);
    EXPECT_EQ(chart({}, 5), "");
}

TEST(Trace, IsJsonWithAnEventATask) {
    Problem problem;
    problem.steps = {10, 20, 30, 40};
    std::string text;
    write_trace({timeline_of(2, 2), timeline_of(1, 1)}, problem, [&](auto more) { text += more; });
    const auto trace = nlohmann::json::parse(text);
    std::vector<std::string> names;
    double first_end = 0;
    for (const auto& event : trace.at("traceEvents")) {
        if (event.at("ph") != "X") continue;
        names.push_back(event.at("name"));
        if (names.size() == 1) first_end = event.at("ts").get<double>() + event.at("dur").get<double>();
    }
    EXPECT_EQ(names, (std::vector<std::string>{"fifo", "task 0", "task 2", "fifo", "task 1", "task 3", "fifo",
                                               "task 0"}));
    const auto& last = trace.at("traceEvents").back();
    EXPECT_GT(last.at("ts"), first_end);  // one variant after the other
    EXPECT_DOUBLE_EQ(last.at("dur"), 0.5e6);
    EXPECT_EQ(last.at("pid"), 1);
    EXPECT_EQ(last.at("tid"), 0);
    EXPECT_EQ(last.at("args").at("steps"), 10);
    EXPECT_EQ(last.at("cat"), "fifo");
}

TEST(Trace, OfNothingIsJsonToo) {
    std::string text;
    write_trace({}, {}, [&](auto more) { text += more; });
    EXPECT_TRUE(nlohmann::json::parse(text).at("traceEvents").empty());
}

}  // namespace
}  // namespace pacer::queues
