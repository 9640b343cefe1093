#include "apps/queues/served.hpp"

#include <cstring>

#include "apps/queues/worker.hpp"
#include "common/measure/profile.hpp"
#include "common/parallel/farm.hpp"

namespace pacer::queues {

namespace {

// The farm that fileio uses too: its messages carry the number of a task here, and results stay with the
// worker, who adds them up.
void serve_tasks(const Problem& problem, const Team& team, Queue queue, TakeFrom take) {
    PACER_REGION("hand out");
    Master master;
    master.ahead = static_cast<int>(problem.settings.ahead);
    master.next = [&](Bytes& message) {
        if (queue.size() == 0) return false;  // each worker is told so by a signal of its own
        const auto task = take(queue);
        append(message, &task, 1);
        return true;
    };
    hand_out(team, master);
}

void work_on_tasks(const Team& team, Worker& worker) {
    serve(team, [&](std::span<const char> message, const std::function<void(Bytes)>&) {
        std::int64_t task = 0;
        std::memcpy(&task, message.data(), sizeof task);
        worker.perform(task);
    });
}

}  // namespace

Answer serve_queue(const Problem& problem, const Team& team, Answer (*variant)(const Problem&, const Team&),
                   TakeFrom take) {
    Execution execution(problem, team, variant);
    const int workers = team.size == 1 ? 1 : team.size - 1;
    if (team.root()) {
        Queue queue = problem.all;
        if (team.size > 1) {
            serve_tasks(problem, team, queue, take);
            return execution.finish({}, workers);
        }
        auto worker = execution.worker();
        while (queue.size() > 0) worker.perform(take(queue));
        return execution.finish(worker.tally(), workers);
    }
    auto worker = execution.worker();
    work_on_tasks(team, worker);
    return execution.finish(worker.tally(), workers);
}

}  // namespace pacer::queues
