// timings merge: many launches in one file.
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "apps/timings/commands/commands.hpp"
#include "apps/timings/compare/cases.hpp"
#include "apps/timings/output.hpp"
#include "common/base/units.hpp"
#include "io/dump/dump.hpp"

namespace pacer::timings {

namespace {

struct Settings {
    std::string output;
    std::vector<std::string> files;
    bool dedupe = false, force = false, quick = false;
};

// Whatever they were marked as before.
void mark_as_quick(std::vector<Launch>& launches) {
    for (auto& launch : launches) {
        std::erase_if(launch.environment, [](const auto& one) { return one.first == "quick"; });
        launch.environment.emplace_back("quick", std::int64_t{1});
    }
}

ExitStatus merge(const Settings& settings) {
    if (settings.output.empty()) throw UsageError("the output file has no name");
    for (const auto& file : settings.files) {
        std::error_code missing;
        if (std::filesystem::equivalent(file, settings.output, missing)) {
            throw UsageError(fmt::format(
                "{} is both an input and the output; name a new file first, then those to merge", file));
        }
    }
    const DumpFile output(settings.output, settings.force, "merged", 0);
    auto launches = read_launches(settings.files, settings.dedupe);
    if (settings.quick) mark_as_quick(launches);
    const auto path = output.write(launches);
    print(fmt::format("{}: {} of {}\n", path, counted(launches.size(), "launch", "launches"),
                      counted(settings.files.size(), "file")));
    return ExitStatus::right;
}

}  // namespace

Run add_merge(Arguments& command) {
    const auto settings = std::make_shared<Settings>();
    command.add_text("OUT", settings->output, "File to write").required();
    command.add_words("IN", settings->files, "Timing dumps to merge").required();
    command.add_flag("--dedupe", settings->dedupe, "Count a launch that is in several files once");
    command.add_flag("--quick", settings->quick,
                     "Mark the launches as those of a quick suite, which are never mixed with others");
    command.add_flag("--force", settings->force, "Overwrite OUT if it exists");
    return [settings] { return merge(*settings); };
}

}  // namespace pacer::timings
