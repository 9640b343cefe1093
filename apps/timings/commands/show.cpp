// timings show: launches as their app printed them, recomputed from the raw samples.
#include <fmt/format.h>

#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "apps/timings/commands/commands.hpp"
#include "apps/timings/commands/options.hpp"
#include "common/base/status.hpp"
#include "common/report/report.hpp"
#include "io/dump/dump.hpp"

namespace pacer::timings {

namespace {

struct Settings {
    std::vector<std::string> files;
    bool environment = false, proof = false, doubts = false;
    Output output;
};

Table environment_table(const Facts& facts) {
    Table table({{"name", "fact", unit::text}, {"value", "value", unit::text}});
    for (const auto& [name, value] : facts) table.add({name, to_string(value)});
    return table;
}

ExitStatus show(const Settings& settings) {
    if (!settings.output.for_people() && (settings.proof || settings.doubts || settings.environment))
        throw UsageError("--proof, --doubts and --environment are for people; json always has them all");
    Document document("timings show");
    std::vector<Launch> all;
    for (const auto& file : settings.files) {
        auto launches = read_dump(file);
        for (const auto& launch : launches) {
            document.title(fmt::format("{}: launch {}", file, launch.id));
            describe(launch, {settings.proof, settings.doubts ? Warnings::with_every_case : Warnings::all},
                     document);
            if (settings.environment) document.table("", environment_table(launch.environment));
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
    command.add_flag("--environment", settings->environment,
                     "Show everything known about the machine and the build");
    command.add_flag("--circumstances", settings->environment, "The same").group("");  // its former name
    add_output(command, settings->output);
    return [settings] { return show(*settings); };
}

}  // namespace pacer::timings
