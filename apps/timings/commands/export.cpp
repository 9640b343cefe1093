// timings export: dumps in formats that other programs read.
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "apps/timings/commands/commands.hpp"
#include "apps/timings/commands/options.hpp"
#include "common/report/report.hpp"
#include "io/dump/dump.hpp"

namespace pacer::timings {

namespace {

struct Settings {
    std::vector<std::string> files;
    Output output{"csv", {}};
};

ExitStatus convert(const Settings& settings) {
    std::vector<Launch> launches;
    for (const auto& file : settings.files) {
        auto read = read_dump(file);
        std::move(read.begin(), read.end(), std::back_inserter(launches));
    }
    const auto& format = settings.output.format;
    deliver(format == "json"          ? report(launches, Format::json)
            : format == "summary-csv" ? report(launches, Format::csv)
                                      : samples_csv(launches),
            settings.output, settings.files);
    return ExitStatus::right;
}

}  // namespace

Run add_export(Arguments& command) {
    const auto settings = std::make_shared<Settings>();
    command.add_words("FILE", settings->files, "Timing dumps").required();
    command
        .add_text(
            "--format", settings->output.format,
            "csv: a row for each sample; summary-csv: a row for each case; json: everything, with summaries")
        .one_of({"csv", "summary-csv", "json"});
    command
        .add_text("-o,--output", settings->output.file,
                  "File to write, overwritten if it exists [standard output]")
        .names_file();
    return [settings] { return convert(*settings); };
}

}  // namespace pacer::timings
