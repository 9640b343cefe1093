#include "apps/timings/page/page.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <random>

#include "apps/timings/page/html.hpp"
#include "apps/timings/page/sections.hpp"
#include "common/base/build_info.hpp"
#include "report_assets.hpp"

namespace pacer::timings {

namespace {

struct Section {
    std::string_view id, title;
    std::string content;
};

constexpr std::string_view how_to_read = R"(
<ul>
<li><b>Launch</b>: one <code>mpirun</code> or <code>srun</code>, the unit of comparison. Repeats within a launch
share its placement and its neighbours; only several launches show how far a time can be trusted.</li>
<li><b>Median</b>: each launch's median over its repeats, then the median over the launches. The <b>95&nbsp;%
interval</b> is the order-statistic interval of that median: it assumes nothing about the distribution and needs 6
launches. With a single launch both are over its repeats, whose number depends on how the interval turned out: such an
interval holds the true median in at least 94.5&nbsp;% of launches if the repeats are independent.</li>
<li><b>Speedup</b> and <b>efficiency</b> (speedup / cores): each launch against its own serial run, then the median over
the launches.</li>
<li><b>% limit</b>: how near the median is to the limit, the time below which this machine cannot do the work with this
placement. Every launch probes it; the lowest probe counts, since a disturbed one is too slow.</li>
<li><b>Answer</b>: whether the answers of all repeats of all launches were right. The time of a wrong answer means nothing.</li>
<li><b>Ratio</b>: new time / baseline time (Hodges-Lehmann), above 1 is slower. A verdict needs the interval on one side of
1 and a change of at least the <b>margin</b>; p is shown but decides nothing. Launches of both sides that took turns are compared in pairs,
sides that ran on other hosts by sets of hosts.</li>
</ul>
)";

std::string how_to_read_section() {
    return std::string(how_to_read);
}

// Only the script that bears it runs; one that slipped in with text from a dump would not.
std::string nonce() {
    std::random_device random;
    return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

std::string navigation(const std::vector<Section>& sections) {
    std::string links;
    for (const auto& section : sections) {
        links += fmt::format("<a href=\"#{}\">{}</a>\n", section.id, section.title);
    }
    return fmt::format("<nav aria-label=\"On this page\">\n{}</nav>\n", links);
}

std::string names_of(const std::vector<std::string>& files) {
    std::vector<std::string> names;
    for (const auto& file : files) names.push_back(std::filesystem::path(file).filename().string());
    return html::listed(names, 4);
}

std::string footer(const Report& report) {
    auto text = fmt::format("Written by timings (Pacer) {} from {}", version(), names_of(report.files));
    if (!report.baseline_files.empty())
        text += fmt::format("; baseline: {}", names_of(report.baseline_files));
    return fmt::format("<footer>{}. Every figure is derived from the raw samples in these dumps.</footer>\n",
                       html_text(text));
}

std::string head(const std::string& title, const std::string& script_nonce) {
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
        "style-src 'unsafe-inline'; script-src 'nonce-{}'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light "
        "dark\">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n",
        script_nonce, html_text(title), style_sheet);
}

}  // namespace

std::string drawing_of(const Report& report, PlotKind kind) {
    const auto found = report.drawings.find(kind);
    return found == report.drawings.end() ? std::string() : html::image(found->second, title_of(kind));
}

std::string page(const Report& report) {
    std::vector<Section> sections = {
        {"comparison", "Comparison with the baseline", comparison_section(report)},
        {"ladder", "Variants against the limit", ladder_section(report)},
        {"scaling", "Scaling", scaling_section(report)},
        {"sweep", "By size", sweep_section(report)},
        {"samples", "Samples", samples_section(report)},
        {"placement", "Placement", placement_section(report)},
        {"warnings", "Warnings", warnings_section(report)},
        {"environment", "Environment", environment_section(report)},
        {"reading", "How to read this page", how_to_read_section()},
    };
    std::erase_if(sections, [](const Section& section) { return section.content.empty(); });

    const auto title = headline(report);
    const auto script_nonce = nonce();
    std::string text = head(title, script_nonce);
    text += fmt::format("<body>\n<header><h1>{}</h1>\n{}</header>\n{}<main>\n", html_text(title),
                        overview(report), navigation(sections));
    for (const auto& section : sections) {
        text += fmt::format(
            "<section id=\"{0}\" aria-labelledby=\"{0}-title\">\n<h2 "
            "id=\"{0}-title\">{1}</h2>\n{2}</section>\n",
            section.id, section.title, section.content);
    }
    return text + fmt::format("</main>\n{}<script nonce=\"{}\">\n{}</script>\n</body>\n</html>\n",
                              footer(report), script_nonce, sort_script);
}

}  // namespace pacer::timings
