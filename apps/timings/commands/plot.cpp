// timings plot: plots of launches.
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "apps/timings/builds.hpp"
#include "apps/timings/commands/commands.hpp"
#include "apps/timings/commands/options.hpp"
#include "apps/timings/drawing/drawing.hpp"
#include "apps/timings/scaling/sweeps.hpp"
#include "common/base/status.hpp"

namespace pacer::timings {

namespace {

struct Settings {
    std::vector<std::string> files, only;
    std::string kind;
    Output output;
};

std::vector<std::string> kind_names() {
    std::vector<std::string> names;
    for (const auto kind : plot_kinds) names.emplace_back(name_of(kind));
    return names;
}

// By the suffix of the file's name; text without a file.
Canvas canvas_for(const std::string& output) {
    if (output.empty()) return Canvas::text;
    const auto suffix = std::filesystem::path(output).extension();
    if (suffix == ".svg") return Canvas::svg;
    if (suffix == ".png") return Canvas::png;
    if (suffix == ".pdf") return Canvas::pdf;
    throw UsageError(fmt::format("unknown kind of file '{}'; choose NAME.svg, .png or .pdf", output));
}

// Launches on several numbers of cores were made for their scaling, and one that does nothing but go through
// many sizes for the sweep; all others make a ladder.
PlotKind kind_for(const Settings& settings, const std::vector<Launch>& launches) {
    for (const auto kind : plot_kinds) {
        if (name_of(kind) == settings.kind) return kind;
    }
    const auto kinds = kinds_for(launches);
    const bool scaling = std::find(kinds.begin(), kinds.end(), PlotKind::scaling) != kinds.end();
    if (scaling) return PlotKind::scaling;
    const auto cases = cases_of(launches);
    const auto sweeps = sweeps_of(cases);
    return !sweeps.empty() && are_all_swept(cases, sweeps) ? PlotKind::sweep : PlotKind::ladder;
}

int terminal_columns() {
    constexpr int otherwise = 100;
    winsize size = {};
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : otherwise;
}

ExitStatus plot(const Settings& settings) {
    const auto canvas = canvas_for(settings.output.file);
    auto launches = read_launches(settings.files);
    separate_builds(launches);
    deliver(draw(kind_for(settings, launches), launches, canvas, terminal_columns(), settings.only),
            settings.output, settings.files);
    return ExitStatus::right;
}

}  // namespace

Run add_plot(Arguments& command) {
    const auto settings = std::make_shared<Settings>();
    command.add_words("FILE", settings->files, "Timing dumps").required();
    command
        .add_text("--kind", settings->kind,
                  "What to plot [scaling if the launches differ in their number of cores, sweep if they go "
                  "through many sizes, else ladder]")
        .one_of(kind_names());
    add_only(command, settings->only);
    command
        .add_text("-o,--output", settings->output.file,
                  "File to write, NAME.svg, .png or .pdf, overwritten if it exists [text on standard output]")
        .names_file();
    return [settings] { return plot(*settings); };
}

}  // namespace pacer::timings
