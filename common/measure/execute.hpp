// Executing repeats on all ranks: what rank 0 decides, every rank does, and the samples come back to rank 0.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "common/measure/run.hpp"

namespace pacer {

// What all ranks do next: this many rounds of the tasks whose batch is not 0, in an order that changes from
// round to round and is the same on every rank.
struct Plan {
    std::int64_t rounds = 0;          // 0: none, the run is over
    std::int64_t first_round = 0;     // or, if the run is over, whether a signal stopped it
    std::vector<std::int64_t> batch;  // executions a repeat of each task
    bool glance = false;              // at the nodes, thereafter
    bool loaded = false;              // while the cores that are not used compute; tasks of one core only
    bool altered = false;             // of problems that are others: judged, and of no use otherwise
};

// One repeat of a task.
struct Sample {
    std::size_t task = 0;
    std::int64_t round = 0, position = 0;  // and the place in the round
    std::vector<double> starts, ends;  // this rank's clock; of one process those of all executions together
    std::optional<CallTimes> own;      // this rank's calls, if the variant clocks itself
    double lasted = 0;                 // an execution, with the barrier before it and what is not clocked
    std::vector<double> seconds;       // an execution, on every rank of the case; on rank 0, once collected
    Calls calls;                       // of a variant that clocks itself; on rank 0, once collected
    Observations observed;             // rank 0
};

class Executor {
  public:
    // The tasks' verdicts and shares are filled in while executing. All arguments must outlive the executor.
    Executor(std::vector<Task>& tasks, const Team& world, const Threads& threads, const RunOptions& options);

    // Rank 0 only: has the plan executed by all ranks, which are in follow(). The samples, in the order run.
    std::vector<Sample> execute(Plan plan);
    // Rank 0 only: lets the other ranks return from follow().
    void dismiss();
    // The other ranks: do as rank 0 says until dismissed.
    void follow();

    // What is left of the time budget, which began with this executor; practically endless without one.
    double seconds_left() const;

    // Checks whether a signal has come already; if so nothing is run. Collective.
    void heed_early_signals();
    // True once a signal asked any rank to stop; known on rank 0 after each plan, on all ranks when
    // dismissed.
    bool stopped() const { return stopped_; }

  private:
    void send(const Plan& plan);
    std::vector<Sample> carry_out(const Plan& plan);
    std::vector<Sample> execute_here(const Plan& plan);
    std::vector<Sample> execute_loaded(const Plan& plan);
    void execute_task(Sample& sample, std::int64_t batch, bool altered);
    bool together(const Sample& sample) const { return uses_ranks(tasks_[sample.task].record.uses); }
    std::vector<Sample> collect(const Plan& plan, std::vector<Sample> samples);
    void collect_seconds(const Plan& plan, std::vector<Sample>& samples);
    std::vector<double> means(const Plan& plan, const std::vector<Sample>& samples,
                              const std::vector<double>& executions) const;
    void collect_calls(std::vector<Sample>& samples) const;
    void collect_shares(std::size_t i);
    void show_progress(const Record& record) const;
    Team team_of(Uses uses) const;

    std::vector<Task>& tasks_;
    const Team& world_;
    const Threads& threads_;
    const RunOptions& options_;
    std::vector<Judgement> last_;  // of each task's latest answer
    std::vector<std::size_t> order_;
    std::mt19937_64 random_;
    double start_seconds_;
    bool stopped_ = false;
};

}  // namespace pacer
