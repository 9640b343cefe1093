// timings validate: are dumps whole, and were the answers in them right?
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "apps/timings/commands.hpp"
#include "apps/timings/output.hpp"
#include "io/dump.hpp"

namespace pacer::timings {

namespace {

// What is wrong with the launch's answers, each fault preceded by "; ".
std::string faults(const Launch& launch) {
    std::string text;
    for (const auto& record : launch.records) {
        if (!record.failed()) continue;
        const auto& verdict = record.verdict;
        text += fmt::format("; {} {} on {} x {} ", record.app, record.variant, record.ranks, record.threads);
        text += verdict.checked == 0 ? std::string("was never checked")
                                     : fmt::format("failed {} of {} checks: got {}, want {}", verdict.failed,
                                                   verdict.checked, verdict.got, verdict.want);
    }
    const auto was_run = [](const Record& record) { return record.not_run.empty(); };
    if (std::none_of(launch.records.begin(), launch.records.end(), was_run)) text += "; nothing was run";
    return text.empty() ? text : fmt::format("; launch {}: {}", launch.id, text.substr(2));
}

std::string counted(std::size_t count, std::string_view thing, std::string_view plural) {
    return fmt::format("{} {}{}", count, thing, count == 1 ? "" : plural);
}

// Prints one line about the file.
ExitStatus validate(const std::string& file) {
    const auto launches = read_dump(file);
    std::size_t cases = 0, not_run = 0, samples = 0;
    std::string wrong;
    for (const auto& launch : launches) {
        wrong += faults(launch);
        cases += launch.records.size();
        for (const auto& record : launch.records) {
            not_run += record.not_run.empty() ? 0 : 1;
            samples += record.seconds.size();
        }
    }
    print(fmt::format("{}: {}: format {}, checksums, {}, {} ({} not run), {}{}\n", file,
                      wrong.empty() ? "right" : "WRONG", dump_format_version,
                      counted(launches.size(), "launch", "es"), counted(cases, "case", "s"), not_run,
                      counted(samples, "sample", "s"), wrong));
    return wrong.empty() ? ExitStatus::right : ExitStatus::wrong;
}

// The worst of all files; one that cannot be read does not keep the others from being checked.
ExitStatus validate_all(const std::vector<std::string>& files) {
    auto worst = ExitStatus::right;
    for (const auto& file : files) {
        try {
            worst = std::max(worst, validate(file));
        } catch (const UsageError& error) {
            fmt::print(stderr, "timings: {}\n", error.what());
            worst = ExitStatus::usage;
        }
    }
    return worst;
}

}  // namespace

Run add_validate(CLI::App& command) {
    const auto files = std::make_shared<std::vector<std::string>>();
    command.add_option("FILE", *files, "Timing dumps")->required();
    command.footer(
        "Exit status: 0 all right; 1 an answer was wrong or never checked, or nothing was run; 2 a file "
        "cannot be "
        "read.");
    return [files] { return validate_all(*files); };
}

}  // namespace pacer::timings
