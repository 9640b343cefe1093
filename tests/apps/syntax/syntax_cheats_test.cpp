// Ways of syntax that leave out their work are found out.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "apps/syntax/syntax.hpp"
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
        expect_caught(*problem, Group<Problem, Answer>{idiom.name, idiom.ways.front().name, ways},
                      {.parameters = parameters(*problem),
                       .work = work(*problem),
                       .judge = judge,
                       .describe = describe},
                      {}, ways.front().name, cheats_for(idiom.name));
    }
}

}  // namespace
}  // namespace pacer::syntax
