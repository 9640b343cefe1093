// timings validate: are dumps intact, and were the answers in them right?
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "apps/timings/commands/commands.hpp"
#include "apps/timings/output.hpp"
#include "common/base/say.hpp"
#include "common/base/units.hpp"
#include "io/dump/dump.hpp"

namespace pacer::timings {

namespace {

// Whether partial results add up to an answer. If there is a tolerance, both were rounded; and the shares are
// those of the last repeat, the answer that of the first. So each of them and the sum may be off by the
// tolerance.
bool add_up(const Number& partials, const Number& got, double tolerance) {
    if (tolerance == 0) return Check{partials, got}.passed();
    return Check{Number::of_real(partials.as_double()), got, 3 * tolerance}.passed();
}

// Why the shares of a case do not add up; empty if they do or there are none.
std::string shares_fault(const Record& record) {
    const auto& shares = record.shares;
    const auto& verdict = record.verdict;
    if (shares.empty() || record.promise == Promise::racy) return {};
    const auto items = sum_of_items(shares);
    if (!Check{items, Number::of_whole(record.work.items)}.passed()) {
        return fmt::format("has shares of {} items in all, not {}", to_string(items), record.work.items);
    }
    const auto partials = sum_of_partials(shares), got = parse_number(verdict.got);
    const auto tolerance = parse_number(verdict.tolerance);
    if (!partials || !got || !tolerance) return "has partial results that are not numbers";
    if (!add_up(*partials, *got, tolerance->as_double())) {
        return fmt::format("has partial results that add up to {}, not {}", to_string(*partials),
                           verdict.got);
    }
    return {};
}

// What is wrong with a case; empty if nothing.
std::string fault(const Record& record) {
    const auto& verdict = record.verdict;
    if (!record.failed()) return shares_fault(record);
    if (verdict.checked == 0) return "was never checked";
    return fmt::format("failed {} of {} checks: {}", verdict.failed, verdict.checked, verdict.words());
}

// What is wrong with the cases of a launch, each fault preceded by "; ".
std::string faults(const Launch& launch) {
    std::string text;
    for (const auto& record : launch.records) {
        const auto found = fault(record);
        if (found.empty()) continue;
        text += fmt::format("; {} {} on {} x {} {}", record.app, record.variant, record.ranks, record.threads,
                            found);
    }
    const auto was_run = [](const Record& record) { return record.not_run.empty(); };
    if (std::none_of(launch.records.begin(), launch.records.end(), was_run)) text += "; nothing was run";
    return text.empty() ? text : fmt::format("; launch {}: {}", launch.id, text.substr(2));
}

// Prints one line about the file.
ExitStatus validate(const std::string& file) {
    int format = 0;
    const auto launches = read_dump(file, &format);
    std::size_t cases = 0, not_run = 0, samples = 0;
    std::string wrong;
    for (const auto& launch : launches) {
        wrong += faults(launch);
        cases += launch.records.size();
        for (const auto& record : launch.records) {
            not_run += record.not_run.empty() ? 0 : 1;
            samples += record.seconds.size() + record.of_ranks.size();
        }
    }
    print(fmt::format("{}: {}: format {}, checksums, {}, {} ({} not run), {}{}\n", file,
                      wrong.empty() ? "right" : "WRONG", format,
                      counted(launches.size(), "launch", "launches"), counted(cases, "case"), not_run,
                      counted(samples, "sample"), wrong));
    return wrong.empty() ? ExitStatus::right : ExitStatus::wrong;
}

// The worst status of all files. One that cannot be read does not keep the others from being checked.
ExitStatus validate_all(const std::vector<std::string>& files) {
    auto worst = ExitStatus::right;
    for (const auto& file : files) {
        try {
            worst = std::max(worst, validate(file));
        } catch (const UsageError& error) {
            say("timings: {}\n", error.what());
            worst = ExitStatus::usage;
        }
    }
    return worst;
}

}  // namespace

Run add_validate(Arguments& command) {
    const auto files = std::make_shared<std::vector<std::string>>();
    command.add_words("FILE", *files, "Timing dumps").required();
    command.set_footer(
        "Exit status: 0 all right; 1 an answer was wrong or never checked, the shares of the ranks do not "
        "add up, or nothing was run; 2 a file cannot be read.");
    return [files] { return validate_all(*files); };
}

}  // namespace pacer::timings
