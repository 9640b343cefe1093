#include "apps/timings/commands/sides.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <utility>

#include "apps/timings/commands/options.hpp"
#include "apps/timings/compare/renaming.hpp"

namespace pacer::timings {

namespace {

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
void tell_apart(Sides& sides, const std::string& command) {
    auto& base = sides.base;
    const auto refuse = [&](const std::string& what) { return bad_usage(what, "timings " + command); };
    if (base.empty()) throw refuse("name the files of the baseline first, then --to and the new ones");
    if (!sides.candidate.empty()) return;
    if (base.size() != 2) {
        throw refuse(fmt::format("{} file{} and no --to: which are the new ones?", base.size(),
                                 base.size() == 1 ? "" : "s"));
    }
    sides.candidate = {base.back()};
    base.pop_back();
}

}  // namespace

std::vector<std::string> Sides::files() const {
    auto all = base;
    for (const auto* side : {&candidate, &confirm}) all.insert(all.end(), side->begin(), side->end());
    if (!expected.empty()) all.push_back(expected);
    return all;
}

void add_sides(Arguments& command, Sides& sides) {
    command.add_words("BASE", sides.base, "Timing dumps of the baseline; or one of it and one new dump");
    command.add_words("--to", sides.candidate, "Timing dumps to compare with the baseline");
    command.add_words(
        "--confirm", sides.confirm,
        "Timing dumps of fresh launches: a change counts only if they show it too, and what was "
        "undecided is judged with them");
    command.add_text("--margin", sides.margin, "Smaller changes do not count: 3% or 0.03").usual("3%");
    command.add_words(
        "--pair", sides.pairs,
        "OLD=NEW: a case of the baseline that has another name now, such as reduce/simd=reduce/vector");
    command.add_list("--ignore", sides.ignored, "Parameters that do not tell cases apart");
    command.add_flag("--accept-disturbed", sides.options.accept_disturbed,
                     "Judge launches that lost more than 5 % of their cores to others like any other");
    add_only(command, sides.options.only);
    command.add_flag("--allow-missing", sides.options.allow_missing,
                     "A case missing from the new launches is not a failure");
    command.add_flag("--allow-other-hardware", sides.options.allow_other_hardware,
                     "Compare other hardware, or another number of ranks or nodes, like any other change");
    command.add_flag("--every-case", sides.options.every_case,
                     "A case that no launch of either side could run makes the comparison inconclusive");
    command
        .add_text("--expect", sides.expected,
                  "File of differences that are expected, a line each: CASE | REASON | YYYY-MM-DD")
        .names_file();
    command.add_flag("--dedupe", sides.dedupe, "Use a launch once if it is in several files of a side");
}

ReadSides read_and_compare(Sides sides, const std::string& command) {
    tell_apart(sides, command);
    if (!sides.margin.empty()) sides.options.margin = parse_margin(sides.margin);
    if (!sides.expected.empty()) sides.options.expected = read_expectations(sides.expected);
    ReadSides read{read_launches(sides.base, sides.dedupe),
                   read_launches(sides.candidate, sides.dedupe),
                   read_launches(sides.confirm, sides.dedupe),
                   {}};
    rename_cases(read.base, sides.pairs);
    ignore_parameters({&read.base, &read.candidate, &read.confirm}, sides.ignored);
    read.comparison = compare(read.base, read.candidate, read.confirm, sides.options);
    return read;
}

Findings findings_of(const ReadSides& read, const std::string& command) {
    const auto& made = read.comparison;
    return {command, {}, without_names(made.cases), made.sentence, made.status, latest_start(read.candidate)};
}

}  // namespace pacer::timings
