// timings report: a self-contained HTML page about launches.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "apps/timings/builds.hpp"
#include "apps/timings/commands/commands.hpp"
#include "apps/timings/commands/sides.hpp"
#include "apps/timings/output.hpp"
#include "apps/timings/page/page.hpp"

namespace pacer::timings {

namespace {

struct Settings {
    std::vector<std::string> files, baseline;
    std::string output;
};

// A drawing with a point for each repeat would make a page of hundreds of megabytes from a thousand launches.
std::string drawing_for_page(PlotKind kind, const Report& report) {
    constexpr std::size_t most_points = 20000;
    std::size_t repeats = 0;
    for (const auto& launch : report.launches) {
        for (const auto& record : launch.records) repeats += record.repeats();
    }
    if ((kind == PlotKind::samples || kind == PlotKind::distribution) && repeats > most_points) {
        throw UsageError(fmt::format(
            "{} repeats are too many points for a page; draw them into their own file with timings plot",
            repeats));
    }
    return draw(kind, report.launches, Canvas::svg);
}

// A page without drawings is still worth having; it says why they are missing.
void add_drawings(Report& report) {
    for (const auto kind : kinds_for(report.launches)) {
        try {
            report.drawings[kind] = drawing_for_page(kind, report);
        } catch (const UsageError& error) {
            auto& reasons = report.missing_drawings;
            if (std::find(reasons.begin(), reasons.end(), error.what()) == reasons.end()) {
                reasons.emplace_back(error.what());
            }
        }
    }
}

ExitStatus write_report(const Settings& settings) {
    protect(settings.files, settings.output);
    protect(settings.baseline, settings.output);
    Report report;
    report.files = settings.files;
    report.baseline_files = settings.baseline;
    report.launches = read_launches(settings.files);
    if (!settings.baseline.empty()) {
        report.comparison = compare(read_launches(settings.baseline), report.launches, {}, {});
    }
    report.builds = separate_builds(report.launches);
    report.cases = cases_of(report.launches);
    report.scaling = scaling_of(report.cases);
    add_drawings(report);
    save(page(report), settings.output);
    return report.comparison ? report.comparison->status : ExitStatus::right;
}

}  // namespace

Run add_report(Arguments& command) {
    const auto settings = std::make_shared<Settings>();
    command.add_words("FILE", settings->files, "Timing dumps").required();
    command.add_words("--baseline", settings->baseline, "Timing dumps to compare them against");
    command.add_text("-o,--output", settings->output, "File to write, NAME.html, overwritten if it exists")
        .names_file()
        .required();
    command.set_footer(std::string("With --baseline the exit status is that of timings compare. ") +
                       statuses);
    return [settings] { return write_report(*settings); };
}

}  // namespace pacer::timings
