// Variants that leave out their work, put through an app's real group, timed loop and judge: each must come
// out as failed.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/measure/run.hpp"
#include "tests/support/mpi_world.hpp"

namespace pacer {

template <class Problem, class Answer>
struct Cheat {
    std::string_view what_it_does;
    Answer (*run)(const Problem&, const Team&);
};

// Works once, and has the same answer ever after. Of an answer that cannot be copied it is a cheat of the
// app's own, or none.
template <class Problem, class Answer>
struct Remembers {
    inline static Answer (*work)(const Problem&, const Team&) = nullptr;
    inline static std::optional<Answer> kept = std::nullopt;

    static Answer run(const Problem& problem, const Team& team) {
        if (!kept) kept = work(problem, team);
        return *kept;
    }
};

// Runs the row of that name twice as it is, which must be verified, and as each of the cheats, which must
// not: also as one that remembers, where the experiment alters its problem. Collective.
template <class Problem, class Answer>
void expect_caught(const Problem& problem, Group<Problem, Answer> group,
                   const Experiment<Problem, Answer>& experiment, const Threads& threads,
                   std::string_view row,
                   const std::type_identity_t<std::vector<Cheat<Problem, Answer>>>& cheats) {
    std::erase_if(group.variants, [&](const auto& variant) { return variant.name != row; });
    for (const auto& cheat : cheats) {
        group.variants.push_back(group.variants.at(0));
        group.variants.back().run = cheat.run;
    }
    const bool remembers = std::is_copy_constructible_v<Answer> && experiment.alter;
    if constexpr (std::is_copy_constructible_v<Answer>) {
        Remembers<Problem, Answer>::work = group.variants.at(0).run;
        Remembers<Problem, Answer>::kept.reset();
        if (remembers) {
            group.variants.push_back(group.variants.at(0));
            group.variants.back().run = Remembers<Problem, Answer>::run;
        }
    }
    auto tasks = tasks_of(problem, group, experiment, world(), threads);
    if (!tasks.at(0).record.not_run.empty()) return;
    const auto records = run_tasks(std::move(tasks), world(), threads, {.repeats = 2}).records;
    if (!world().root()) return;
    const auto& honest = records.at(0);
    EXPECT_TRUE(honest.verdict.right()) << group.problem << " " << row << ": " << honest.verdict.words();
    for (std::size_t i = 0; i < cheats.size(); ++i) {
        const auto& record = records.at(i + 1);
        EXPECT_TRUE(record.failed());
        // By its answers, most of them at least, and not only by what it says that it did: memory that is not
        // written may hold what is right by chance.
        EXPECT_GT(4 * record.verdict.failed, 3 * record.verdict.checked)
            << group.problem << " " << row << ": verified " << record.verdict.got << " of what "
            << cheats[i].what_it_does;
    }
    if (remembers) {
        EXPECT_TRUE(records.back().failed()) << group.problem << " " << row << ": remembered";
    }
}

}  // namespace pacer
