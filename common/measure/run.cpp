#include "common/measure/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "common/base/clock.hpp"
#include "common/base/units.hpp"
#include "common/measure/execute.hpp"
#include "common/measure/profile.hpp"
#include "common/measure/statistics.hpp"
#include "common/measure/stopping.hpp"

namespace pacer {

namespace {

constexpr double long_work_seconds = 0.01;  // for which the first execution is warm-up enough
constexpr int most_warm_up_blocks = 10;
constexpr double warm_up_agreement = 0.05;
constexpr double most_of_warm_up = 0.2;      // of the time that is left, of all variants together
constexpr double plan_seconds = 0.25;        // between two looks at the clock and at signals
constexpr double shortest_in_steps = 1000;   // of the clock; a shorter repeat is batched,
constexpr double long_enough_seconds = 0.2;  // but not beyond this, which is 50 steps of a coarse one
constexpr std::int64_t largest_batch = 1000000;
constexpr std::int64_t loaded_repeats = 5;

// Rank 0's decisions: what to run next, and when it is enough.
class Scheduler {
  public:
    Scheduler(std::vector<Task>& tasks, Executor& executor, const RunOptions& options)
        : tasks_(tasks),
          executor_(executor),
          options_(options),
          batch_(tasks.size(), 1),
          started_(tasks.size(), false),
          dropped_(tasks.size(), false),
          clocks_itself_(tasks.size(), false),
          spent_seconds_(tasks.size(), 0),
          expected_seconds_(tasks.size(), 0),
          rules_(tasks.size()),
          calls_cut_(tasks.size(), false),
          clock_step_seconds_(measure_clock().resolution_seconds) {
        for (std::size_t i = 0; options.own_cores && i < tasks.size(); ++i) add_to_problem(i);
        std::erase_if(problems_, [](const auto& problem) { return !problem.is_parallel; });
    }

    void run() {
        for (std::size_t i = 0; i < tasks_.size(); ++i) run_first(i);
        for (std::size_t i = 0; i < tasks_.size(); ++i) warm_up(i);
        for (std::int64_t round = 0; !executor_.stopped();) {
            const auto rounds = rounds_to_run(round);
            if (rounds == 0) break;
            for (const auto& sample : executor_.execute({rounds, round, active_batches()})) keep(sample);
            round += rounds;
            if (options_.keep) options_.keep(records());
        }
        for (const auto& problem : problems_) run_loaded(problem);
        for (std::size_t i = 0; i < tasks_.size(); ++i) run_altered(i);
        for (std::size_t i = 0; i < tasks_.size(); ++i) conclude(i);
    }

    // What samples do not tell: what was not kept, and what the barriers within batches took.
    std::vector<Doubt> doubts() const {
        std::vector<Doubt> doubts;
        for (std::size_t i = 0; i < tasks_.size(); ++i) {
            const auto& record = tasks_[i].record;
            if (record.repeats() == 0) continue;
            const auto& kept = record.calls.repeat;
            if (calls_cut_[i])
                doubts.push_back(
                    {"calls_cut", static_cast<int>(i), "", kept.empty() ? 0.0 : 1.0 + kept.back()});
            if (record.batch == 1 || record.ranks == 1 || calls_cut_[i] || !record.calls.empty()) continue;
            const auto seconds = record.repeat_seconds();
            const double mean =
                std::accumulate(seconds.begin(), seconds.end(), 0.0) / static_cast<double>(seconds.size());
            doubts.push_back({"batch_barriers", static_cast<int>(i), "", expected_seconds_[i] / mean});
        }
        return doubts;
    }

  private:
    // What can be done on one core, and on several. What has to be prepared is about caches or disks, not
    // about how fast a core is.
    struct Problem {
        std::vector<std::size_t> on_one_core;  // tasks
        bool is_parallel = false;
    };

    void add_to_problem(std::size_t i) {
        const auto& record = tasks_[i].record;
        if (i == 0 || record.problem != tasks_[i - 1].record.problem ||
            !same_problem(record, tasks_[i - 1].record))
            problems_.emplace_back();
        if (record.ranks * record.threads > 1) {
            problems_.back().is_parallel = true;
        } else if (record.uses == Uses::core && record.promise == Promise::right && !tasks_[i].prepare) {
            problems_.back().on_one_core.push_back(i);
        }
    }

    // The fastest of them that ran; tasks_.size() if none has.
    std::size_t fastest(const Problem& problem) const {
        auto best = tasks_.size();
        for (const auto i : problem.on_one_core) {
            // Who clocks its own calls tells a cost, and no speedup.
            if (!runs(i) || clocks_itself_[i]) continue;
            if (best == tasks_.size() || expected_seconds_[i] < expected_seconds_[best]) best = i;
        }
        return best;
    }

    void run_loaded(const Problem& problem) {
        const auto i = fastest(problem);
        if (i == tasks_.size() || tasks_[i].record.repeats() == 0 || executor_.stopped()) return;
        std::vector<double> seconds;
        for (const auto& sample :
             executor_.execute({.rounds = loaded_repeats, .batch = only(i, batch_[i]), .loaded = true}))
            seconds.push_back(slowest(sample));
        if (seconds.size() == loaded_repeats) tasks_[i].record.loaded_seconds = median(seconds);
    }

    std::vector<const Record*> records() const {
        std::vector<const Record*> all;
        for (const auto& task : tasks_) all.push_back(&task.record);
        return all;
    }

    // Without a timed repeat all that can be told is why.
    void conclude(std::size_t i) {
        auto& record = tasks_[i].record;
        if (record.repeats() > 0) {
            record.stopped_by = reason_of(record);
        } else if (record.not_run.empty()) {
            record.not_run =
                executor_.stopped() ? "stopped by a signal before" : "the time budget had ended before";
        }
    }

    StoppedBy reason_of(const Record& record) const {
        if (options_.repeats == 0 && known_well(record)) return StoppedBy::converged;
        if (options_.repeats > 0 && static_cast<std::int64_t>(record.repeats()) >= options_.repeats)
            return StoppedBy::count;
        return executor_.stopped() ? StoppedBy::signal : StoppedBy::budget;
    }

    void run_first(std::size_t i) {
        auto& record = tasks_[i].record;
        if (!record.not_run.empty() || executor_.stopped()) return;
        if (executor_.seconds_left() <= 0 &&
            std::find(started_.begin(), started_.end(), true) != started_.end())
            return;  // one is run at least
        const auto samples = executor_.execute({1, 0, only(i, 1)});
        record.first_seconds = slowest(samples.front());
        clocks_itself_[i] = samples.front().own.has_value();
        expected_seconds_[i] = duration(samples.front());
        started_[i] = true;
    }

    void run_altered(std::size_t i) {
        if (!tasks_[i].alter || tasks_[i].record.repeats() == 0 || executor_.stopped()) return;
        executor_.execute({.rounds = 1, .batch = only(i, 1), .altered = true});
    }

    // What is left for timed repeats.
    double seconds_left() const {
        double left = executor_.seconds_left();
        for (std::size_t i = 0; i < tasks_.size(); ++i) {
            if (tasks_[i].alter && runs(i)) left -= expected_seconds_[i];
        }
        for (const auto& problem : problems_) {
            if (const auto i = fastest(problem); i < tasks_.size()) left -= loaded_repeats * cost(i);
        }
        return std::max(0.0, left);
    }

    void warm_up(std::size_t i) {
        auto& record = tasks_[i].record;
        double typical = expected_seconds_[i];
        if (!runs(i) || typical >= long_work_seconds) return;
        const double share = std::min(0.02, most_of_warm_up / static_cast<double>(tasks_.size()));
        const double end = (1 - share) * executor_.seconds_left();
        double before = 0;
        // Until the clock tells something: however long that takes.
        const auto go_on = [&] { return executor_.seconds_left() > (typical > 0 ? end : 0); };
        for (int n = 0; n < most_warm_up_blocks && !executor_.stopped() && go_on(); ++n) {
            std::vector<double> seconds, costs;
            for (const auto& sample : executor_.execute({block_of_repeats, 0, only(i, batch_[i])})) {
                seconds.push_back(duration(sample));
                costs.push_back(cost_of(sample));
            }
            typical = median(seconds);
            expected_seconds_[i] = median(costs);
            const auto batch = batch_for(i, typical, expected_seconds_[i]);
            const bool same_batch = batch <= 2 * batch_[i] && batch_[i] <= 2 * batch;
            if (!same_batch) batch_[i] = batch;
            if (same_batch && std::abs(typical - before) <= warm_up_agreement * typical) break;
            before = typical;
        }
        record.batch = batch_[i];
    }

    // Long enough for the clock, and no longer than the remaining time allows, even if an execution takes a
    // whole clock step longer than it `costs`. Where the clock has told next to nothing the batch grows step
    // by step.
    std::int64_t batch_for(std::size_t i, double typical, double costs) const {
        if (tasks_[i].batch == Batch::never) return 1;
        const double step = clock_step_seconds_, batch = static_cast<double>(batch_[i]);
        const double shortest = std::min(shortest_in_steps * step, std::max(long_enough_seconds, 50 * step));
        double wanted = std::ceil(shortest / std::max(typical, 1e-12));
        if (typical * batch < 10 * step) wanted = std::min(wanted, 16 * batch);
        const double repeats = static_cast<double>(tasks_.size()) * (fewest_repeats + block_of_repeats);
        const double longest = costs + step / batch;
        const double affordable = seconds_left() / repeats / longest;
        return static_cast<std::int64_t>(
            std::clamp(std::min(wanted, affordable), 1.0, double{largest_batch}));
    }

    bool runs(std::size_t i) const { return started_[i]; }

    bool active(std::size_t i) const {
        const auto& record = tasks_[i].record;
        if (!runs(i) || dropped_[i]) return false;
        if (options_.repeats > 0) return static_cast<std::int64_t>(record.repeats()) < options_.repeats;
        return record.stopped_by != StoppedBy::converged;
    }

    std::vector<std::int64_t> active_batches() const {
        std::vector<std::int64_t> batches(tasks_.size(), 0);
        for (std::size_t i = 0; i < tasks_.size(); ++i) batches[i] = active(i) ? batch_[i] : 0;
        return batches;
    }

    std::vector<std::int64_t> only(std::size_t i, std::int64_t batch) const {
        std::vector<std::int64_t> batches(tasks_.size(), 0);
        batches[i] = batch;
        return batches;
    }

    // Expected time of one repeat of the task.
    double cost(std::size_t i) const { return expected_seconds_[i] * static_cast<double>(batch_[i]); }

    // How many rounds of the active tasks to run before looking again. When not even one fits the time that
    // is left, the most expensive task is dropped and the others go on; the first round is always run.
    std::int64_t rounds_to_run(std::int64_t round) {
        for (;;) {
            double round_cost = 0;
            std::size_t costliest = tasks_.size();
            for (std::size_t i = 0; i < tasks_.size(); ++i) {
                if (!active(i)) continue;
                round_cost += cost(i);
                if (costliest == tasks_.size() || cost(i) > cost(costliest)) costliest = i;
            }
            if (costliest == tasks_.size()) return 0;
            if (round == 0 || round_cost <= seconds_left()) {
                auto most = block_of_repeats - round % block_of_repeats;
                if (options_.repeats > 0) most = std::min(most, options_.repeats - round);
                const double fitting = std::min(plan_seconds, seconds_left()) / std::max(round_cost, 1e-9);
                return std::clamp(static_cast<std::int64_t>(std::min(fitting, 1e6)), std::int64_t{1}, most);
            }
            dropped_[costliest] = true;
        }
    }

    void keep(const Sample& sample) {
        const auto i = sample.task;
        auto& record = tasks_[i].record;
        if (dropped_[i]) return;
        if (*std::min_element(sample.seconds.begin(), sample.seconds.end()) <= 0) return leave_out(i);
        if (record.ranks > options_.most_ranks) {
            record.of_ranks.push_back(summary_of_ranks(sample.seconds));
        } else {
            record.seconds.insert(record.seconds.end(), sample.seconds.begin(), sample.seconds.end());
        }
        if (sample.calls.size() > 1 || (!sample.calls.empty() && sample.calls.calls.front() > 1))
            keep_calls(sample);
        record.round.push_back(static_cast<std::int32_t>(sample.round));
        record.position.push_back(static_cast<std::int32_t>(sample.position));
        record.observed.resize(sample.observed.size());
        for (std::size_t k = 0; k < sample.observed.size(); ++k) {
            record.observed[k].name = sample.observed[k].first;
            record.observed[k].values.push_back(sample.observed[k].second);
        }
        const auto count = static_cast<std::int64_t>(record.repeats());
        spent_seconds_[i] += cost_of(sample);
        expected_seconds_[i] = spent_seconds_[i] / static_cast<double>(count);
        if (rules_[i].is_due(count) && rules_[i].is_enough(record.repeat_seconds()))
            record.stopped_by = StoppedBy::converged;
    }

    // The calls of a case's first repeats, until there is no room for more of them.
    void keep_calls(const Sample& sample) {
        auto& record = tasks_[sample.task].record;
        auto cut = calls_cut_[sample.task];
        cut = cut || calls_kept_ + sample.calls.seconds.size() > options_.most_calls;
        if (cut) return;
        calls_kept_ += sample.calls.seconds.size();
        append(record.calls, sample.calls, static_cast<std::int32_t>(record.repeats()));
    }

    // A time of 0 says nothing.
    void leave_out(std::size_t i) {
        auto& record = tasks_[i].record;
        dropped_[i] = true;
        record.seconds.clear();
        record.of_ranks.clear();
        record.round.clear();
        record.position.clear();
        record.calls = {};
        record.observed.clear();
        record.not_run = fmt::format(
            "too short for this clock, whose steps are {}: a larger --max-seconds allows longer repeats",
            format_seconds(clock_step_seconds_));
    }

    static double slowest(const Sample& sample) {
        return *std::max_element(sample.seconds.begin(), sample.seconds.end());
    }

    // How long an execution takes: more than its seconds if the variant clocks itself.
    static double duration(const Sample& sample) { return sample.own ? cost_of(sample) : slowest(sample); }

    // What it takes of the time budget.
    static double cost_of(const Sample& sample) { return std::max(slowest(sample), sample.lasted); }

    std::vector<Task>& tasks_;
    Executor& executor_;
    const RunOptions& options_;
    std::vector<std::int64_t> batch_;       // executions a repeat
    std::vector<bool> started_;             // ran at least once
    std::vector<bool> dropped_;             // too expensive for the time left
    std::vector<bool> clocks_itself_;       // tells what its calls take
    std::vector<double> spent_seconds_;     // in timed repeats
    std::vector<double> expected_seconds_;  // of the next execution
    std::vector<StoppingRule> rules_;
    std::vector<Problem> problems_;  // of which the fastest on one core is run while the others compute
    std::vector<bool> calls_cut_;    // there was no room for the calls of a repeat
    std::size_t calls_kept_ = 0;     // numbers
    double clock_step_seconds_;
};

}  // namespace

Outcome run_tasks(std::vector<Task> tasks, const Team& world, const Threads& threads,
                  const RunOptions& options) {
    Executor executor(tasks, world, threads, options);
    executor.heed_early_signals();
    Outcome outcome;
    if (world.root()) {
        Scheduler scheduler(tasks, executor, options);
        scheduler.run();
        executor.dismiss();
        outcome.doubts = scheduler.doubts();
    } else {
        executor.follow();
    }
    outcome.stopped = executor.stopped();
    for (auto& task : tasks) outcome.records.push_back(std::move(task.record));
    if (profile::enabled) profile::move_to(outcome.records, world, world.size <= options.most_ranks);
    return outcome;
}

}  // namespace pacer
