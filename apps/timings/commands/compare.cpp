// timings compare: did anything change between two sets of launches?
#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "apps/timings/commands/commands.hpp"
#include "apps/timings/commands/options.hpp"
#include "apps/timings/compare/comparison.hpp"
#include "common/launch/arguments.hpp"

namespace pacer::timings {

namespace {

struct Settings {
    std::vector<std::string> base, candidate, confirm;
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
    const auto base = read_launches(settings.base, settings.dedupe);
    const auto candidate = read_launches(settings.candidate, settings.dedupe);
    const auto confirm = read_launches(settings.confirm, settings.dedupe);
    const auto comparison = compare(base, candidate, confirm, settings.options);
    deliver(document_of(comparison), settings.output, all_files);
    return comparison.status;
}

}  // namespace

Run add_compare(Arguments& command) {
    const auto settings = std::make_shared<Settings>();
    command.add_words("BASE", settings->base, "Timing dumps of the baseline; or one of it and one new");
    command.add_words("--to", settings->candidate, "Timing dumps to compare with it");
    command.add_words("--confirm", settings->confirm,
                      "Timing dumps of fresh launches: what regressed counts only if they regressed too");
    command.add_text("--margin", settings->margin, "Smaller changes do not count: 3% or 0.03").usual("3%");
    command.add_flag("--accept-disturbed", settings->options.accept_disturbed,
                     "Judge launches that lost more than 5 % of their cores to others like any other");
    add_only(command, settings->options.only);
    command.add_flag("--allow-missing", settings->options.allow_missing,
                     "A case that the new launches lack is no failure");
    command.add_flag("--dedupe", settings->dedupe, "Take a launch once that is in several files of a side");
    add_output(command, settings->output);
    command.set_footer(
        "Exit status: 0 nothing regressed; 1 a case regressed, is missing or had wrong answers; 2 files that "
        "cannot be read or have no app in common; 3 inconclusive: take more launches. One launch cannot be "
        "compared: take at least 4 a side, 8 or more for several cases.");
    return [settings] { return run(*settings); };
}

}  // namespace pacer::timings
