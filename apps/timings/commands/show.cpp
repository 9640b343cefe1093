// timings show: launches as their app printed them, recomputed from the raw samples.
#include <fmt/format.h>

#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "apps/timings/commands/commands.hpp"
#include "apps/timings/commands/options.hpp"
#include "common/base/status.hpp"
#include "common/base/units.hpp"
#include "common/report/report.hpp"
#include "io/dump/dump.hpp"

namespace pacer::timings {

namespace {

struct Settings {
    std::vector<std::string> files;
    bool environment = false, proof = false, doubts = false, profile = false;
    Output output;
};

Table rates_table(const std::vector<MeasuredRate>& rates) {
    Table table({{"probe", "probe", unit::text},
                 {"shape", "ranks x threads", unit::figure},
                 {"bytes", "data", unit::figure},
                 {"rate", "rate", unit::figure}});
    for (const auto& one : rates) {
        const auto bytes = static_cast<double>(one.bytes);
        table.add({one.probe, shape_cell(one.ranks, one.threads),
                   one.bytes > 0 ? Cell(bytes, format_bytes(bytes)) : Cell(),
                   Cell(one.rate, format_rate(one.rate, one.unit))});
    }
    return table;
}

Table watch_table(const std::vector<WatchRow>& rows) {
    Table table({{"host", "host", unit::text},
                 {"at_seconds", "at", unit::seconds},
                 {"others_cpu", "% CPU of others", unit::hundredths},
                 {"steal", "% of hypervisor", unit::hundredths},
                 {"frequency", "clock rate", unit::figure},
                 {"load", "load", unit::figure}});
    for (const auto& row : rows) {
        table.add({row.host, row.at_seconds, row.others_cpu, row.steal,
                   row.frequency > 0 ? Cell(row.frequency, format_rate(row.frequency, "Hz")) : Cell(),
                   row.load});
    }
    return table;
}

Table environment_table(const Facts& facts) {
    Table table({{"name", "fact", unit::text}, {"value", "value", unit::text}});
    for (const auto& [name, value] : facts) table.add({name, to_string(value)});
    return table;
}

// What was measured, and what was seen while it was.
void describe_environment(const Launch& launch, Document& document) {
    document.table("", environment_table(launch.environment));
    if (!launch.rates.empty()) document.table("", rates_table(launch.rates));
    if (!launch.watch.empty()) document.table("", watch_table(launch.watch));
}

ExitStatus show(const Settings& settings) {
    if (!settings.output.for_people() &&
        (settings.proof || settings.doubts || settings.environment || settings.profile))
        throw UsageError(
            "--proof, --doubts, --profile and --environment are for people; json always has them all");
    Document document("timings show");
    std::vector<Launch> all;
    for (const auto& file : settings.files) {
        auto launches = read_dump(file);
        for (const auto& launch : launches) {
            document.title(fmt::format("{}: launch {}", file, launch.id));
            describe(launch, {settings.proof, settings.doubts ? Warnings::with_every_case : Warnings::all},
                     document);
            if (settings.profile) describe_profile(launch, document);
            if (settings.environment) describe_environment(launch, document);
        }
        std::move(launches.begin(), launches.end(), std::back_inserter(all));
    }
    if (settings.output.for_people()) {
        deliver(document, settings.output, settings.files);
    } else {
        deliver(report(all, formats().at(settings.output.format)), settings.output, settings.files);
    }
    return ExitStatus::right;
}

}  // namespace

Run add_show(Arguments& command) {
    const auto settings = std::make_shared<Settings>();
    command.add_words("FILE", settings->files, "Timing dumps").required();
    command.add_flag("--proof", settings->proof, "Show which rank did what, and where");
    command.add_flag("--doubts", settings->doubts, "Name every case that a warning concerns");
    command.add_flag("--profile", settings->profile,
                     "Show where the time went, of launches made with --profile");
    command.add_flag("--environment", settings->environment,
                     "Show everything known about the machine and the build, what probes reached, and "
                     "what else went on");
    command.add_flag("--circumstances", settings->environment, "The same").group("");  // its former name
    add_output(command, settings->output);
    return [settings] { return show(*settings); };
}

}  // namespace pacer::timings
