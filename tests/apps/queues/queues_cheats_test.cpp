// Variants of queues that leave out tasks, or what a task costs, are found out.
#include <gtest/gtest.h>

#include "apps/queues/chain.hpp"
#include "apps/queues/queues.hpp"
#include "apps/queues/worker.hpp"
#include "tests/support/cheats.hpp"

namespace pacer::queues {
namespace {

constexpr Threads threads{2, 2, false};

Range share_of(const Problem& problem, const Team& team) {
    return part_of(problem.all, team.size, team.rank);
}

// The answer of ranks that claim `results` for their shares of the tasks.
Answer claimed(const Problem& problem, const Team& team, Int128 results) {
    Tally own;
    own.tasks = share_of(problem, team).size();
    own.results = results;
    return {.all = add_over_ranks(own, team), .own = own};
}

Answer nothing(const Problem& problem, const Team& team) {
    return claimed(problem, team, 0);
}

template <class Result>
Answer results_of(const Problem& problem, const Team& team, const Result& result) {
    const auto share = share_of(problem, team);
    Int128 sum = 0;
    for (auto task = share.begin; task < share.end; ++task)
        sum += result(task, problem.steps[static_cast<std::size_t>(task)]);
    return claimed(problem, team, sum);
}

// Every second task, twice.
Answer half_the_tasks(const Problem& problem, const Team& team) {
    return results_of(problem, team,
                      [](std::int64_t task, std::int64_t steps) { return result_of(task / 2 * 2, steps); });
}

Answer half_the_steps(const Problem& problem, const Team& team) {
    return results_of(problem, team,
                      [](std::int64_t task, std::int64_t steps) { return result_of(task, steps / 2); });
}

Answer all_but_one_step(const Problem& problem, const Team& team) {
    return results_of(problem, team, [](std::int64_t task, std::int64_t steps) {
        return result_of(task, steps - (task == 0 ? 1 : 0));
    });
}

Int128 results_elsewhere = 0;

Answer stored_truth(const Problem& problem, const Team& team) {
    return claimed(problem, team, team.root() ? results_elsewhere : 0);
}

TEST(QueuesCheats, AreCaught) {
    Settings settings;
    settings.tasks = 41;
    settings.steps = 50;
    settings.limits = false;
    auto other = settings;
    other.steps = 51;
    results_elsewhere = make_problem(world(), threads, other, {}).expected.whole;
    const auto problem = make_problem(world(), threads, settings, group.variants);
    for (const auto* row : {"serial", "block", "openmp_dynamic", "fifo", "counter", "stealing"}) {
        expect_caught(problem, group,
                      {.parameters = parameters(settings),
                       .work = work(problem),
                       .judge = judge,
                       .describe = describe,
                       .alter = alter},
                      threads, row,
                      {{"does nothing", nothing},
                       {"does half of the tasks", half_the_tasks},
                       {"does half of the steps", half_the_steps},
                       {"leaves out a step", all_but_one_step},
                       {"has the sum of another problem", stored_truth}});
    }
}

}  // namespace
}  // namespace pacer::queues
