// timings compare: compares two sets of launches with statistical tests.
#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "apps/timings/commands/commands.hpp"
#include "apps/timings/commands/options.hpp"
#include "apps/timings/compare/comparison.hpp"
#include "apps/timings/compare/renaming.hpp"
#include "common/launch/arguments.hpp"

namespace pacer::timings {

namespace {

struct Settings {
    std::vector<std::string> base, candidate, confirm, pairs, ignored;
    std::string margin;
    bool dedupe = false;
    Output output;
    ComparisonOptions options;
};

// "3%", "3 %" or "0.03".
double parse_margin(std::string word) {
    const auto refuse = [&, given = word] {
        return UsageError(fmt::format("--margin {}: give a share such as 3% or 0.03, below 100%", given));
    };
    const bool percent = word.ends_with('%');
    if (percent) word.pop_back();
    while (word.ends_with(' ')) word.pop_back();
    char* end = nullptr;
    const double value = std::strtod(word.c_str(), &end) / (percent ? 100 : 1);
    if (word.empty() || *end != '\0' || !(value >= 0 && value < 1)) throw refuse();
    return value;
}

// `compare a.h5 b.h5` means `compare a.h5 --to b.h5`.
void tell_sides_apart(Settings& settings) {
    auto& base = settings.base;
    const auto refuse = [](const std::string& what) { return bad_usage(what, "timings compare"); };
    if (base.empty()) throw refuse("name the files of the baseline first, then --to and the new ones");
    if (!settings.candidate.empty()) return;
    if (base.size() != 2) {
        throw refuse(fmt::format("{} file{} and no --to: which are the new ones?", base.size(),
                                 base.size() == 1 ? "" : "s"));
    }
    settings.candidate = {base.back()};
    base.pop_back();
}

ExitStatus run(Settings settings) {
    tell_sides_apart(settings);
    if (!settings.margin.empty()) settings.options.margin = parse_margin(settings.margin);
    auto all_files = settings.base;
    for (const auto* side : {&settings.candidate, &settings.confirm})
        all_files.insert(all_files.end(), side->begin(), side->end());
    auto base = read_launches(settings.base, settings.dedupe);
    auto candidate = read_launches(settings.candidate, settings.dedupe);
    auto confirm = read_launches(settings.confirm, settings.dedupe);
    rename_cases(base, settings.pairs);
    ignore_parameters({&base, &candidate, &confirm}, settings.ignored);
    const auto comparison = compare(base, candidate, confirm, settings.options);
    deliver(document_of(comparison), settings.output, all_files);
    return comparison.status;
}

}  // namespace

Run add_compare(Arguments& command) {
    const auto settings = std::make_shared<Settings>();
    command.add_words("BASE", settings->base, "Timing dumps of the baseline; or one of it and one new dump");
    command.add_words("--to", settings->candidate, "Timing dumps to compare with the baseline");
    command.add_words(
        "--confirm", settings->confirm,
        "Timing dumps of fresh launches: a change counts only if they show it too, and what was "
        "undecided is judged with them");
    command.add_text("--margin", settings->margin, "Smaller changes do not count: 3% or 0.03").usual("3%");
    command.add_words(
        "--pair", settings->pairs,
        "OLD=NEW: a case of the baseline that has another name now, such as reduce/simd=reduce/vector");
    command.add_list("--ignore", settings->ignored, "Parameters that do not tell cases apart");
    command.add_flag("--accept-disturbed", settings->options.accept_disturbed,
                     "Judge launches that lost more than 5 % of their cores to others like any other");
    add_only(command, settings->options.only);
    command.add_flag("--allow-missing", settings->options.allow_missing,
                     "A case missing from the new launches is not a failure");
    command.add_flag("--dedupe", settings->dedupe, "Use a launch once if it is in several files of a side");
    add_output(command, settings->output);
    command.set_footer(
        "Launches in turns (A B B A, see jobs/compare.sh) are compared in pairs; launches on other hosts "
        "allocation by allocation, at least 4 a side; all others one by one. Exit status: 0 nothing "
        "regressed; 1 a "
        "case regressed, is missing or had wrong answers; 2 files that cannot be read or have no app in "
        "common; 3 "
        "inconclusive: take more launches, on an idle machine. One launch cannot be compared: take at least "
        "4 a "
        "side, 8 or more for several cases.");
    return [settings] { return run(*settings); };
}

}  // namespace pacer::timings
