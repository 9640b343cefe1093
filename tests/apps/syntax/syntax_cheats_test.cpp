// Ways of syntax that leave out their work are found out.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "apps/syntax/elementwise.hpp"
#include "common/machine/opaque.hpp"
#include "tests/support/cheats.hpp"

namespace pacer::syntax {
namespace {

using Cheats = std::vector<Cheat<Problem, Answer>>;

Answer nothing(const Problem&, const Team&) {
    return {};
}

// Memory for the values, in which nothing is written.
Answer unwritten(const Problem& problem, const Team&) {
    Answer answer;
    answer.output = output_for((problem.idiom == &partition ? 2 : 1) * problem.elements);
    used(answer.output.get());
    return answer;
}

// Does nothing where the call before has left what looks right.
void squared_before(std::span<const double> x, double* y) {
    if (x.empty() || y[0] == x[0] * x[0]) return;
    for (std::size_t i = 0; i < x.size(); ++i) y[i] = x[i] * x[i];
}

// What a call makes of the first half.
Answer half_filled(const Problem& problem, const Team&) {
    Answer answer;
    answer.values.assign(problem.values.begin(), problem.values.begin() + problem.elements / 2);
    answer.values.resize(problem.values.size());
    return answer;
}
Answer half_squared(const Problem& problem, const Team& team) {
    auto answer = unwritten(problem, team);
    for (std::size_t i = 0; i < problem.values.size() / 2; ++i)
        answer.output[i] = problem.values[i] * problem.values[i];
    return answer;
}
Answer half_cut(const Problem& problem, const Team& team) {
    auto answer = unwritten(problem, team);
    for (std::size_t i = 0; i < problem.values.size() / 2; ++i)
        answer.output[i] = std::min(problem.values[i], 512.0);
    return answer;
}
Answer half_parted(const Problem& problem, const Team& team) {
    auto answer = unwritten(problem, team);
    for (std::size_t i = 0; i < problem.values.size() / 2; ++i) {
        if (problem.values[i] < 512)
            answer.output[static_cast<std::size_t>(answer.count++)] = problem.values[i];
    }
    return answer;
}
Answer half_summed(const Problem& problem, const Team&) {
    Answer answer;
    for (std::size_t i = 0; i < problem.values.size() / 2; ++i) answer.total += 2 * problem.values[i];
    answer.total *= static_cast<double>(problem.calls);
    return answer;
}

// The sum of one call of many.
Answer one_call(const Problem& problem, const Team&) {
    Answer answer;
    for (const double value : problem.values) answer.total += value;
    return answer;
}

// A copy that copies nothing, and an alias that nobody changes.
Answer unchanged(const Problem& problem, const Team&) {
    Answer answer;
    answer.values = problem.values;
    answer.aliases = true;
    return answer;
}

// Works once, and has the same answer ever after.
Answer (*honest)(const Problem&, const Team&) = nullptr;
std::optional<Answer> kept;

Answer remembered(const Problem& problem, const Team& team) {
    if (!kept) kept = honest(problem, team);
    Answer answer;
    answer.total = kept->total;
    answer.seen = kept->seen;
    answer.values = kept->values;
    answer.count = kept->count;
    answer.originals_changed = kept->originals_changed;
    answer.others_changed = kept->others_changed;
    answer.aliases = kept->aliases;
    if (kept->output) {
        const auto places = problem.idiom->places * problem.elements;
        answer.output = output_for(places);
        std::copy_n(kept->output.get(), places, answer.output.get());
    }
    return answer;
}

// One call of many, as if the others had done the same.
Answer first_call_alone(const Problem& problem, const Team& team) {
    Problem once;
    once.idiom = problem.idiom;
    once.elements = problem.elements;
    once.wanted = problem.wanted;
    once.values = problem.values;
    once.original = problem.original;
    once.tree = problem.tree;
    auto answer = honest(once, team);
    answer.total *= static_cast<double>(problem.calls);
    answer.seen *= static_cast<double>(std::min<std::int64_t>(problem.calls, 8));
    answer.originals_changed *= problem.calls;
    if (problem.idiom != &alias) answer.others_changed *= problem.calls;
    return answer;
}

double total_elsewhere = 0;
std::vector<double> values_elsewhere;

// The answer that is right for another size.
Answer stored_truth(const Problem&, const Team&) {
    Answer answer;
    answer.total = total_elsewhere;
    answer.values = values_elsewhere;
    answer.count = 1234;
    return answer;
}

Cheats cheats_for(std::string_view idiom) {
    Cheats cheats = {{"does nothing", nothing},
                     {"writes nothing", unwritten},
                     {"has the answer for another size", stored_truth}};
    const std::vector<std::pair<std::string_view, Cheat<Problem, Answer>>> more = {
        {"fill", {"fills half", half_filled}},      {"square", {"squares half", half_squared}},
        {"condition", {"cuts half", half_cut}},     {"partition", {"parts half", half_parted}},
        {"sum", {"adds up half", half_summed}},     {"sum", {"adds up one call", one_call}},
        {"nesting", {"adds up half", half_summed}}, {"nesting", {"adds up all, once", one_call}},
        {"alias", {"changes nothing", unchanged}},
    };
    for (const auto& [of, cheat] : more) {
        if (of == idiom) cheats.push_back(cheat);
    }
    return cheats;
}

void expect_remembering_caught(const Problem& problem, Group<Problem, Answer> group,
                               const Experiment<Problem, Answer>& experiment) {
    kept.reset();
    group.variants.resize(1);
    group.variants[0].run = remembered;
    const auto records =
        run_tasks(tasks_of(problem, group, experiment, world(), {}), world(), {}, {.repeats = 2}).records;
    if (!world().root() || !records[0].not_run.empty()) return;
    EXPECT_GT(records[0].verdict.failed, 0) << group.problem << ": remembered";
}

TEST(SyntaxCheats, AreCaughtAtEverySize) {
    Settings settings;
    settings.elements = 1003;
    settings.files = 250;
    settings.work = 3000;
    settings.limits = false;
    values_elsewhere.assign(settings.elements - 1, 512);
    total_elsewhere = 512.0 * static_cast<double>(settings.elements - 1);
    for (const auto& [problem, ways] : make_comparisons(world(), settings, all_groups())) {
        const auto& idiom = *problem->idiom;
        SCOPED_TRACE(std::to_string(problem->elements) + " elements");
        honest = ways.front().run;
        auto cheats = cheats_for(idiom.name);
        // What the second of two calls finds there is of a value that was another one.
        if (problem->calls > 2 && problem->idiom == &square)
            cheats.push_back({"squares in some calls alone", run_elementwise<squared_before>});
        if (problem->calls > 1) cheats.push_back({"does one call", first_call_alone});
        const Group<Problem, Answer> group{idiom.name, idiom.ways.front().name, ways};
        const Experiment<Problem, Answer> experiment{.parameters = parameters(*problem),
                                                     .work = work(*problem),
                                                     .judge = judge,
                                                     .describe = describe,
                                                     .alter = alter};
        expect_caught(*problem, group, experiment, {}, ways.front().name, cheats);
        expect_remembering_caught(*problem, group, experiment);
    }
}

}  // namespace
}  // namespace pacer::syntax
