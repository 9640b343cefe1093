#include "apps/queues/worker.hpp"

#include "apps/queues/chain.hpp"
#include "common/base/clock.hpp"
#include "common/measure/profile.hpp"

namespace pacer::queues {

void Worker::perform(std::int64_t task) {
    PACER_REGION("do a task");
    const auto steps = problem_.steps[static_cast<std::size_t>(task)];
    const double start = now_seconds();
    tally_.results += result_of(task, steps);
    const double end = now_seconds();
    tally_.tasks += 1;
    tally_.steps += steps;
    tally_.most_steps = tally_.steps;
    tally_.busy_seconds += end - start;
    // A variant that does tasks twice is found out by its tally: its journal must not overflow before.
    if (page_.count < problem_.all.size())
        page_.notes[static_cast<std::size_t>(page_.count++)] = {task, start, end};
}

Execution::Execution(const Problem& problem, const Team& team, Answer (*variant)(const Problem&, const Team&))
    : problem_(problem), team_(team), journal_(journal_of(problem, variant)) {
    journal_.start = now_seconds();
}

Answer Execution::finish(const Tally& own, int workers) {
    PACER_REGION("add up and wait for each other");
    Tally mine = own;
    if (problem_.beside_root) mine.start = journal_.start;
    Answer answer{add_over_ranks(mine, team_), own, workers, 0};
    journal_.end = now_seconds();
    if (team_.root()) answer.seconds = journal_.end - answer.all.start;
    return answer;
}

}  // namespace pacer::queues
