// The one timed loop of the project: warms up, interleaves the variants, times every repeat on every rank,
// checks every answer, and stops when the medians are known well enough or the time is used up.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.hpp"
#include "common/measure/record.hpp"
#include "common/measure/variant.hpp"
#include "common/parallel/team.hpp"
#include "common/parallel/uses.hpp"

namespace pacer {

struct RunOptions {
    std::int64_t repeats = 0;  // of each variant; 0: until its median is known to 2 %, at least 10
    double max_seconds = 0;    // for all of run_tasks(); 0: no end. Soft: what has begun gets one round, and
                               // one variant is run at least
    std::uint64_t seed = 0;    // of the order of the variants within a round
    bool progress = false;     // a progress line on stderr
    std::function<void(const std::vector<const Record*>&)> keep =
        nullptr;  // what is done so far, now and then
};

// This rank's part in the latest answer, for the proof.
struct Part {
    std::int64_t items = 0;
    Number partial;
};

// What an answer tells beside being right, by name: {"lost_updates", 12}.
using Observations = std::vector<std::pair<std::string, double>>;

// A variant with its problem bound: what the timed loop works on.
struct Task {
    std::string activity;  // "running variant mpi"
    Record record;         // case, work and limit are filled in; not_run says why not
    std::function<void(const Team&, std::int64_t)> execute;  // that many times, keeping every answer; timed
    std::function<double()> seconds;  // of these, on every rank, as clocked by the variant; may be empty
    std::function<void(const Team&)> prepare;  // before the clock starts; may be empty
    std::function<void(const Team&)> inspect;  // what the last execute left, after the clock; may be empty
    std::function<Check(Verdict&)> check;   // every answer kept by the last execute; returns the last; rank 0
    std::function<Part()> part;             // of the last answer, on every rank; may be empty
    std::function<Observations()> observe;  // of the last answer, of a batch too; rank 0; may be empty
};

struct Outcome {
    std::vector<Record> records;  // complete on rank 0
    bool stopped = false;         // a signal asked some rank to stop; the same on every rank
};

// Runs the tasks. Collective; every rank passes the same tasks.
Outcome run_tasks(std::vector<Task> tasks, const Team& world, const Threads& threads,
                  const RunOptions& options);

// An app's problem and its ways to solve it.
template <class Problem, class Answer>
struct Experiment {
    std::string_view app;
    const Problem& problem;
    std::span<const Variant<Problem, Answer>> variants;
    Facts parameters;                                       // every problem parameter under its option's name
    Work work;                                              // of every variant; what limits are probed for
    Check (*check)(const Problem&, const Answer&);          // rank 0 only
    Part (*part)(const Problem&, const Answer&) = nullptr;  // any rank
    // What is particular to a variant: its own work, a limit that no probe tells, why it is not run. The case
    // is filled in. The same on every rank.
    void (*particulars)(const Problem&, const Variant<Problem, Answer>&, Record&) = nullptr;
    // Rank 0 only; always the same names. Of a batch the last answer alone is observed.
    Observations (*observe)(const Problem&, const Answer&) = nullptr;
    std::string_view baseline = "serial";  // what speedups refer to
    // What is to be done before a repeat, outside the clock, on every rank that will run: warms a cache, or
    // empties it. Such repeats are not batched, however short they are.
    void (*prepare)(const Problem&, const Variant<Problem, Answer>&, const Team&) = nullptr;
    // Completes the answer by what the variant has written, on every rank that ran it, outside the clock; may
    // communicate. Of a batch the last answer alone is inspected and checked: what was written before is
    // lost.
    void (*inspect)(const Problem&, const Team&, Answer&) = nullptr;
    // This rank's seconds of an execution, where the variants clock themselves: a collective call, say, and
    // not the barrier before it. Any rank; positive. Without it an execution lasts from the first rank's
    // start.
    double (*seconds)(const Problem&, const Answer&) = nullptr;
};

// A task for each variant of the experiment, in the same order. `limit_of` gives a case its limit unless it
// has one of its own. The experiment's problem must outlive the tasks.
template <class Problem, class Answer>
std::vector<Task> tasks_of(const Experiment<Problem, Answer>& experiment, const Team& world,
                           const Threads& threads, const std::function<Limit(const Record&)>& limit_of) {
    std::vector<Task> tasks;
    for (const auto& variant : experiment.variants) {
        Task task;
        task.activity = "running variant " + std::string(variant.name);
        task.record.app = experiment.app;
        task.record.variant = variant.name;
        task.record.uses = variant.uses;
        task.record.promise = variant.promise;
        task.record.ranks = uses_ranks(variant.uses) ? world.size : 1;
        task.record.threads = threads_for(threads, variant.uses);
        task.record.parameters = experiment.parameters;
        task.record.work = experiment.work;
        task.record.baseline = experiment.baseline;
        if (experiment.particulars) experiment.particulars(experiment.problem, variant, task.record);
        if (task.record.limit.seconds == 0) task.record.limit = limit_of(task.record);

        auto answers = std::make_shared<std::vector<Answer>>();
        const Problem* problem = &experiment.problem;
        task.execute = [answers, problem, run = variant.run](const Team& team, std::int64_t times) {
            answers->clear();
            try {
                for (std::int64_t i = 0; i < times; ++i) answers->push_back(run(*problem, team));
            } catch (const UsageError& error) {  // by this rank alone: the others must not wait for it
                throw std::runtime_error(error.what());
            }
        };
        task.check = [answers, problem, check = experiment.check](Verdict& verdict) {
            Check last;
            for (const auto& answer : *answers) verdict.add(last = check(*problem, answer));
            return last;
        };
        if (experiment.prepare) {
            task.prepare = [problem, variant, prepare = experiment.prepare](const Team& team) {
                prepare(*problem, variant, team);
            };
        }
        if (experiment.inspect) {
            task.inspect = [answers, problem, inspect = experiment.inspect](const Team& team) {
                answers->erase(answers->begin(), answers->end() - 1);
                inspect(*problem, team, answers->back());
            };
        }
        if (experiment.seconds) {
            task.seconds = [answers, problem, seconds = experiment.seconds] {
                double sum = 0;
                for (const auto& answer : *answers) sum += seconds(*problem, answer);
                return sum;
            };
        }
        if (experiment.part) {
            task.part = [answers, problem, part = experiment.part] {
                return part(*problem, answers->back());
            };
        }
        if (experiment.observe) {
            task.observe = [answers, problem, observe = experiment.observe] {
                return observe(*problem, answers->back());
            };
        }
        tasks.push_back(std::move(task));
    }
    return tasks;
}

}  // namespace pacer
