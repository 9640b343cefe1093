// timings show: launches as their app printed them, derived anew from the raw samples.
#include <fmt/format.h>

#include <algorithm>
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
    bool circumstances = false, proof = false, doubts = false;
};

std::string all_circumstances(const Launch& launch) {
    std::size_t width = 0;
    for (const auto& [name, value] : launch.circumstances) width = std::max(width, name.size());
    std::string text = "\n";
    for (const auto& [name, value] : launch.circumstances) {
        text += fmt::format("{:<{}}  {}\n", name, width, to_string(value));
    }
    return text;
}

ExitStatus show(const Settings& settings) {
    std::string text;
    for (const auto& file : settings.files) {
        for (const auto& launch : read_dump(file)) {
            text +=
                fmt::format("{}{}: launch {}\n", text.empty() ? "" : "\n", file, launch.id) + table(launch);
            if (settings.proof) text += proof(launch);
            text += warnings(launch, settings.doubts);
            if (settings.circumstances) text += all_circumstances(launch);
        }
    }
    print(text);
    return ExitStatus::right;
}

}  // namespace

Run add_show(Arguments& command) {
    const auto settings = std::make_shared<Settings>();
    command.add_words("FILE", settings->files, "Timing dumps").required();
    command.add_flag("--proof", settings->proof, "Show which rank did what, where");
    command.add_flag("--doubts", settings->doubts, "Name every case that a warning concerns");
    command.add_flag("--circumstances", settings->circumstances,
                     "Show everything known of the machine and the build");
    return [settings] { return show(*settings); };
}

}  // namespace pacer::timings
