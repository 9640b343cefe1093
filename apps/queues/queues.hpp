// queues: tasks of known costs, handed to workers in several ways. The problem, the answer, and the table of
// variants.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "apps/queues/deques.hpp"
#include "apps/queues/journal.hpp"
#include "apps/queues/probe.hpp"
#include "apps/queues/tally.hpp"
#include "common/measure/run.hpp"
#include "common/measure/variant.hpp"
#include "common/parallel/partition.hpp"
#include "common/parallel/shared_counter.hpp"
#include "common/parallel/workload.hpp"
#include "common/placement/placement.hpp"

namespace pacer::queues {

inline constexpr std::int64_t most_tasks = std::int64_t{1} << 22;  // 24 bytes each are kept by every variant
inline constexpr std::int64_t most_steps = std::int64_t{1} << 40;  // so that a total fits 63 bits

struct Settings {
    std::int64_t tasks = 160;
    std::int64_t steps = 800'000;  // of a task on average: about a millisecond
    Workload workload = Workload::linear;
    std::int64_t cost_seed = 0;  // of heavy-tailed costs
    std::int64_t ahead = 2;      // tasks that a worker of fifo and lifo has at a time
    bool limits = true;          // probe the machine
};

// Built outside the clock. The variants leave it untouched, except for what they work through: the counter,
// the deques and the journals. Only alter() changes it.
struct Problem {
    Settings settings;
    Range all;                                // tasks 0 .. n-1
    mutable std::vector<std::int64_t> steps;  // of each task
    std::int64_t total_steps = 0, longest_steps = 0;
    mutable Number expected;       // the sum of all results, on rank 0
    mutable bool altered = false;  // the task in the middle has a step more
    bool beside_root = false;      // this rank's node, and so its clock, is rank 0's
    StepRates rates;
    SharedCounter tickets;                  // of `counter`
    Deques deques;                          // of `stealing`
    mutable std::vector<Journal> journals;  // as in the variants' table; without pages if not chosen
};

struct Answer {
    Tally all;           // of all workers, on rank 0
    Tally own;           // of this rank's
    int workers = 1;     // that do tasks
    double seconds = 0;  // on rank 0: from the first start on its node until it had the answer
};

// Makes what the chosen variants need and does every task once to know the answer. Collective. Throws
// UsageError: too many tasks or steps, or no task ahead.
Problem make_problem(const Team& world, const Threads& threads, const Settings& settings,
                     std::span<const Variant<Problem, Answer>> chosen);

Work work(const Problem& problem);
Facts parameters(const Settings& settings);
// The limit: the schedule's lower bound with the rates that were probed.
void describe(const Problem& problem, const Variant<Problem, Answer>& variant, Record& record);
void alter(const Problem& problem, const Variant<Problem, Answer>& variant, const Team& team);
// Observed: "idle_percent": of the workers' time, from the first start on rank 0's node until it had the
// answer, without a task. "imbalance": the work of the busiest worker over that of the average one; what the
// time would be with a core for each, over the best one.
Judgement judge(const Problem& problem, Answer& answer, const Team& team);

// The variants, a file each.
using Way = Answer(const Problem&, const Team&);
Way serial, block, cyclic, openmp_dynamic, openmp_guided, fifo, lifo, counter, stealing;

inline const Group<Problem, Answer> group = {
    "tasks",
    "serial",
    {
        {"serial", "one worker does all tasks in turn", serial, Uses::core},
        {"block", "each rank its equal number of neighbouring tasks, whatever they cost", block, Uses::ranks},
        {"cyclic", "each rank every so-many-th task", cyclic, Uses::ranks},
        {"openmp_dynamic", "threads take the next task when they are free", openmp_dynamic, Uses::threads},
        {"openmp_guided", "threads take chunks that get smaller towards the end", openmp_guided,
         Uses::threads},
        {"fifo", "rank 0 hands out the tasks, first in first out, and tells each worker the end of its queue",
         fifo, Uses::ranks},
        {"lifo", "the same, last in first out", lifo, Uses::ranks},
        {"counter", "no master: ranks draw the next task from a one-sided counter", counter, Uses::ranks},
        {"stealing", "each rank its own deque; who has none left steals half of another's, one-sidedly",
         stealing, Uses::ranks},
    }};

// True for the variants whose rank 0 hands out and does no task itself, unless it is alone.
constexpr bool has_server(const Variant<Problem, Answer>& variant) {
    return variant.run == fifo || variant.run == lifo;
}

// The journal of that variant; throws std::out_of_range if it was not chosen.
Journal& journal_of(const Problem& problem, Answer (*variant)(const Problem&, const Team&));

}  // namespace pacer::queues
