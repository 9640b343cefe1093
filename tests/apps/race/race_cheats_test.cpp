// Variants of race that do not count are found out.
#include <gtest/gtest.h>

#include <vector>

#include "apps/race/race.hpp"
#include "tests/support/cheats.hpp"

namespace pacer::race {
namespace {

constexpr std::int64_t n = 1003;
constexpr Threads threads{2, 2, false};

Answer claimed(const Problem& problem, const Team& team, std::int64_t count) {
    return {count, {share_of(problem, team), Number::of_whole(team.root() ? count : 0)}};
}

Answer nothing(const Problem& problem, const Team& team) {
    return claimed(problem, team, 0);
}

Answer half(const Problem& problem, const Team& team) {
    LoneCounter counter;
    for (std::int64_t i = 0; i < problem.increments / 2; ++i) increment(counter.value, problem.step);
    return claimed(problem, team, counter.value);
}

// What another problem comes to.
Answer stored_truth(const Problem& problem, const Team& team) {
    return claimed(problem, team, Settings().increments);
}

// What earlier variants have counted.
Answer left_side_by_side(const Problem& problem, const Team& team) {
    std::int64_t count = 0;
    for (int i = 0; i < problem.slots; ++i) count += problem.side_by_side[static_cast<std::size_t>(i)].value;
    return claimed(problem, team, count);
}
Answer left_padded(const Problem& problem, const Team& team) {
    std::int64_t count = 0;
    for (int i = 0; i < problem.slots; ++i) count += problem.padded[static_cast<std::size_t>(i)].value;
    return claimed(problem, team, count);
}
Answer left_in_window(const Problem& problem, const Team& team) {
    return counted_in_window(problem, team, share_of(problem, team));
}

// That the count is to be n is no secret.
Answer all(const Problem& problem, const Team& team) {
    return claimed(problem, team, problem.increments);
}

// Once, when the step is another one.
void expect_n_is_caught(const Problem& problem, Group<Problem, Answer> group) {
    std::erase_if(group.variants, [](const auto& variant) { return variant.promise == Promise::racy; });
    for (auto& variant : group.variants) variant.run = all;
    const Experiment<Problem, Answer> experiment{
        .work = work(problem), .judge_variant = judge, .alter = alter};
    const auto records =
        run_tasks(tasks_of(problem, group, experiment, world(), threads), world(), threads, {.repeats = 2})
            .records;
    for (const auto& record : records) {
        if (world().root() && record.not_run.empty()) {
            EXPECT_EQ(record.verdict.failed, 1) << record.variant;
        }
    }
}

void expect_cheats_caught(const Problem& problem, const Group<Problem, Answer>& group, std::string_view row,
                          const std::vector<Cheat<Problem, Answer>>& cheats) {
    expect_caught(problem, group,
                  {.parameters = parameters(problem),
                   .work = work(problem),
                   .judge_variant = judge,
                   .describe = describe,
                   .alter = alter},
                  threads, row, cheats);
}

TEST(RaceCheats, AreCaughtByThreads) {
    const auto problem = make_problem(world(), threads, Place::threads, n);
    for (const auto* row : {"serial", "critical", "atomic", "false_sharing", "padded", "reduction"}) {
        expect_cheats_caught(problem, by_threads, row,
                             {{"does nothing", nothing},
                              {"does half", half},
                              {"has the count of another problem", stored_truth},
                              {"finds what is side by side", left_side_by_side},
                              {"finds what is padded", left_padded}});
    }
    expect_n_is_caught(problem, by_threads);
}

TEST(RaceCheats, AreCaughtInTheWindow) {
    const auto problem = make_problem(world(), threads, Place::window, n);
    for (const auto* row : {"rma_lock", "rma_accumulate", "rma_fetch_and_op", "mpi_reduce"}) {
        expect_cheats_caught(problem, in_window, row,
                             {{"does nothing", nothing},
                              {"does half", half},
                              {"has the count of another problem", stored_truth},
                              {"finds what is in the window", left_in_window}});
    }
    expect_n_is_caught(problem, in_window);
}

}  // namespace
}  // namespace pacer::race
