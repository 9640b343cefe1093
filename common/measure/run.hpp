// The one timed loop of the project: warms up, interleaves the variants, times every repeat on every rank,
// checks every answer, and stops when the medians are known well enough or the time is used up.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.hpp"
#include "common/machine/watch.hpp"
#include "common/measure/record.hpp"
#include "common/measure/variant.hpp"
#include "common/parallel/team.hpp"
#include "common/parallel/uses.hpp"

namespace pacer {

struct RunOptions {
    std::int64_t repeats = 0;  // of each variant; 0: until its median is known to 2 %, at least 10
    double max_seconds = 0;    // for all of run_tasks(); 0: no limit. Every variant that has begun gets one
                               // round and, where its problem can be altered, that execution; and at least
                               // one variant is run
    std::uint64_t seed = 0;    // for the order of the variants within a round
    bool progress = false;     // a progress line on stderr
    std::function<void(const std::vector<const Record*>&)> keep =
        nullptr;             // called now and then with the records so far
    Watch* watch = nullptr;  // is let glance at the nodes between repeats
    // Whether each rank and thread has a core of its own: then the fastest way on one core is executed a few
    // times more while the others compute, for Record::loaded_seconds.
    bool own_cores = false;
    std::int64_t most_ranks = 1024;  // of a case with more ranks only a summary of their seconds is kept
    std::size_t most_calls =
        1'000'000;  // numbers of all calls of all cases that are kept; those beyond are not
};

// This rank's part in the latest answer, for the proof.
struct Part {
    std::int64_t items = 0;
    Number partial;
};

// What else an answer tells, by name: {"lost_updates", 12}.
using Observations = std::vector<std::pair<std::string, double>>;

// The result of judging one answer.
struct Judgement {
    Check check = {};              // rank 0 of the variant's team; of the others nothing is read
    std::optional<Part> own = {};  // this rank's part, where the parts are to add up to the whole
    Observations observed = {};    // rank 0; always the same names
    // This rank's calls of the execution, where the variants clock themselves: a collective call, say, and
    // not the barrier before it. A call lasts as long as on its slowest rank, the repeat as long as its
    // median call. Together they cannot take longer than the execution, on as many threads as clock them, or
    // it counts as wrong. Without them an execution lasts from the first rank's start.
    std::optional<CallTimes> calls = {};
};

// Which executions of a batch (a repeat of several, where one is too short for the clock) can be judged.
enum class Batch {
    every,  // each answer is kept and judged
    last,   // each overwrites what the one before wrote: only the last answer is judged
    never,  // each execution needs its own preparation: nothing is batched
};

// A variant with its problem bound: what the timed loop works on.
struct Task {
    std::string activity;  // "running variant mpi"
    Record record;         // case, work and limit are filled in; not_run says why not
    Batch batch = Batch::every;
    std::function<void(const Team&, std::int64_t)> execute;  // so many times more, keeping the answers; timed
    std::function<void(const Team&)> prepare;                // before the clock starts; may be empty
    std::function<void(const Team&)> alter;                  // see Experiment; may be empty
    // What was executed since it was last called, on every rank, after the clock: each answer that is to be
    // judged adds its check to the verdict on rank 0. Returns the judgement of the last one, with the calls
    // of all.
    std::function<Judgement(const Team&, Verdict&)> judge;
};

struct Outcome {
    std::vector<Record> records;  // complete on rank 0
    std::vector<Doubt> doubts;    // about these, which their samples do not tell; on rank 0
    bool stopped = false;         // a signal asked some rank to stop; the same on every rank
};

// Runs the tasks. Collective; every rank passes the same tasks.
Outcome run_tasks(std::vector<Task> tasks, const Team& world, const Threads& threads,
                  const RunOptions& options);

// How the variants of a group are run on their problem, and judged.
template <class Problem, class Answer>
struct Experiment {
    Facts parameters = {};  // every problem parameter under its option's name
    Work work = {};         // of every variant; what limits are probed for
    // An answer after the clock, on every rank of its team; may communicate, and complete the answer by what
    // the variant has written.
    Judgement (*judge)(const Problem&, Answer&, const Team&) = nullptr;
    // The same, instead of it, where what is right depends on the variant.
    Judgement (*judge_variant)(const Problem&, const Variant<Problem, Answer>&, Answer&,
                               const Team&) = nullptr;
    // What is particular to a variant: its own work, a limit that no probe tells, why it is not run. The case
    // is filled in. The same on every rank.
    void (*describe)(const Problem&, const Variant<Problem, Answer>&, Record&) = nullptr;
    // Runs before a repeat, outside the clock, on every rank that takes part: warms a cache, or empties it.
    // Needs Batch::never.
    void (*prepare)(const Problem&, const Variant<Problem, Answer>&, const Team&) = nullptr;
    // Makes it a problem with another answer, on every rank that takes part, and the same problem again when
    // it is called again. After the timed repeats each variant is executed once between two such calls, which
    // is judged and not timed: who remembers an answer, instead of looking at the problem, is wrong.
    void (*alter)(const Problem&, const Variant<Problem, Answer>&, const Team&) = nullptr;
    Batch batch = Batch::every;
};

// A task for each variant of the group, in the same order. The problem must outlive the tasks.
template <class Problem, class Answer>
std::vector<Task> tasks_of(const Problem& problem, const Group<Problem, Answer>& group,
                           const Experiment<Problem, Answer>& experiment, const Team& world,
                           const Threads& threads) {
    if (experiment.prepare && experiment.batch != Batch::never)
        throw std::logic_error(
            "a batch would be prepared only once, so its second execution would find what the first left");
    std::vector<Task> tasks;
    for (const auto& variant : group.variants) {
        Task task;
        task.activity = "running variant " + std::string(variant.name);
        task.batch = experiment.batch;
        task.record.variant = variant.name;
        task.record.uses = variant.uses;
        task.record.promise = variant.promise;
        task.record.ranks = uses_ranks(variant.uses) ? world.size : 1;
        task.record.threads = threads_for(threads, variant.uses);
        task.record.parameters = experiment.parameters;
        task.record.work = experiment.work;
        task.record.baseline = group.baseline;
        if (experiment.describe) experiment.describe(problem, variant, task.record);

        auto answers = std::make_shared<std::vector<Answer>>();
        task.execute = [answers, &problem, run = variant.run](const Team& team, std::int64_t times) {
            try {
                for (std::int64_t i = 0; i < times; ++i) answers->push_back(run(problem, team));
            } catch (const UsageError& error) {  // thrown by this rank alone: the others must not wait
                throw std::runtime_error(error.what());
            }
        };
        if (experiment.prepare) {
            task.prepare = [&problem, variant, prepare = experiment.prepare](const Team& team) {
                prepare(problem, variant, team);
            };
        }
        if (experiment.alter) {
            task.alter = [&problem, variant, alter = experiment.alter](const Team& team) {
                alter(problem, variant, team);
            };
        }
        const auto judge = [&problem, variant, plain = experiment.judge,
                            of_variant = experiment.judge_variant](Answer& answer, const Team& team) {
            return of_variant ? of_variant(problem, variant, answer, team) : plain(problem, answer, team);
        };
        task.judge = [answers, judge, batch = experiment.batch](const Team& team, Verdict& verdict) {
            Judgement last;
            CallTimes calls;
            for (auto answer = batch == Batch::every ? answers->begin() : answers->end() - 1;
                 answer != answers->end(); ++answer) {
                last = judge(*answer, team);
                if (team.root()) verdict.add(last.check);
                if (!last.calls) continue;
                calls.add(*last.calls);
            }
            if (last.calls) last.calls = std::move(calls);
            if (last.calls && batch == Batch::last && answers->size() > 1)
                throw std::logic_error("of executions that are not judged no calls are known");
            answers->clear();
            return last;
        };
        tasks.push_back(std::move(task));
    }
    return tasks;
}

}  // namespace pacer
