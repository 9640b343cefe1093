// timings export: dumps in forms that other programs read.
#include <fmt/format.h>

#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "apps/timings/commands/commands.hpp"
#include "apps/timings/output.hpp"
#include "common/report/report.hpp"
#include "io/dump/dump.hpp"

namespace pacer::timings {

namespace {

struct Settings {
    std::vector<std::string> files;
    std::string format = "csv", output;
};

ExitStatus convert(const Settings& settings) {
    protect(settings.files, settings.output);
    std::vector<Launch> launches;
    for (const auto& file : settings.files) {
        auto read = read_dump(file);
        std::move(read.begin(), read.end(), std::back_inserter(launches));
    }
    const auto text = settings.format == "json"          ? json(launches)
                      : settings.format == "summary-csv" ? summary_csv(launches)
                                                         : samples_csv(launches);
    if (settings.output.empty()) {
        print(text);
    } else {
        save(text, settings.output);
    }
    return ExitStatus::right;
}

}  // namespace

Run add_export(Arguments& command) {
    const auto settings = std::make_shared<Settings>();
    command.add_words("FILE", settings->files, "Timing dumps").required();
    command
        .add_text("--format", settings->format,
                  "csv: a row a sample; summary-csv: a row a case; json: everything, with summaries")
        .one_of({"csv", "summary-csv", "json"});
    command.add_text("-o,--output", settings->output,
                     "File to write, replacing what it held [standard output]");
    return [settings] { return convert(*settings); };
}

}  // namespace pacer::timings
