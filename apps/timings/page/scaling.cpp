// How times depend on the number of cores.
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "apps/timings/page/html.hpp"
#include "apps/timings/page/sections.hpp"
#include "common/base/units.hpp"

namespace pacer::timings {

namespace {

using html::absent;
using html::Cell;
using html::figure;
using html::text;

Cell estimate_cell(const Estimate& estimate, const std::function<std::string(double)>& shown) {
    if (estimate.value <= 0) return absent();
    return figure(estimate.value, shown(estimate.value));
}

Cell interval_cell(const Estimate& estimate, const std::function<std::string(double)>& shown) {
    if (!estimate.has_interval) return absent();
    return figure(estimate.low, html::range(shown(estimate.low), shown(estimate.high)));
}

std::string times(double factor) {
    return fmt::format("{:.2f}\u00d7", factor);
}

std::string percent(double fraction) {
    return fmt::format("{:.1f}\u00a0%", 100 * fraction);
}

void add(html::Table& table, const ScalingSeries& series) {
    for (const auto& point : series.points) {
        table.add({text(series.variant), figure(point.cores(), fmt::format("{}", point.cores())),
                   figure(point.ranks, fmt::format("{} \u00d7 {}", point.ranks, point.threads)),
                   figure(point.launches, fmt::format("{}", point.launches)),
                   estimate_cell(point.seconds, format_seconds), interval_cell(point.seconds, format_seconds),
                   estimate_cell(point.speedup, times), interval_cell(point.speedup, times),
                   estimate_cell(point.efficiency, percent),
                   figure(point.imbalance, fmt::format("{:.2f}", point.imbalance))});
    }
}

html::Table points_table(const ScalingSeries& series) {
    return {fmt::format("{} scaling of {}", name_of(series.kind), series.app),
            {{"variant", "", false},
             {"cores"},
             {"ranks \u00d7 threads"},
             {"launches"},
             {"time", "median of the launches' medians"},
             {"95 % interval", "of the time; it takes 6 launches"},
             {"speedup", "ratio of times, Hodges-Lehmann"},
             {"95 % interval", "of the speedup; it takes 4 launches of point and base"},
             {"efficiency"},
             {"imbalance", "slowest rank's time / mean of the ranks; 1 is even"}}};
}

html::Table laws_table(const ScalingSeries& series) {
    return {fmt::format("Laws fitted to the {} scaling of {}", name_of(series.kind), series.app),
            {{"variant", "", false},
             {"serial part", "of the time on one core, by Amdahl's law"},
             {"misfit of Amdahl", "root mean square of ln(measured / fitted)"},
             {"contention", "by the Universal Scalability Law"},
             {"coherency", "by the Universal Scalability Law"},
             {"misfit of USL", "root mean square of ln(measured / fitted)"},
             {"best cores", "where the fitted speedup is largest"},
             {"best speedup", "the fitted speedup there"}}};
}

void add_laws(html::Table& table, const ScalingSeries& series) {
    if (!series.amdahl && !series.universal) return;
    std::vector<Cell> cells(8, absent());
    cells.front() = text(series.variant);
    if (series.amdahl) {
        cells[1] = figure(series.amdahl->serial_fraction, percent(series.amdahl->serial_fraction));
        cells[2] = figure(series.amdahl->residual, percent(series.amdahl->residual));
    }
    if (series.universal) {
        const auto& law = *series.universal;
        cells[3] = figure(law.contention, fmt::format("{:.4f}", law.contention));
        cells[4] = figure(law.coherency, fmt::format("{:.2g}", law.coherency));
        cells[5] = figure(law.residual, percent(law.residual));
        cells[6] = law.best_cores > 0 ? figure(law.best_cores, fmt::format("{:.0f}", law.best_cores))
                                      : absent("none");
        if (law.best_cores > 0) cells[7] = figure(law.best_speedup, times(law.best_speedup));
    }
    table.add(cells);
}

// Series that share app, kind and problem share a table.
bool belong_together(const ScalingSeries& a, const ScalingSeries& b) {
    return a.app == b.app && a.kind == b.kind && a.parameters == b.parameters;
}

std::string part(const std::vector<ScalingSeries>& all, const ScalingSeries& first) {
    auto points = points_table(first), laws = laws_table(first);
    std::vector<std::string> bases;
    std::string notes;
    for (const auto& series : all) {
        if (!belong_together(series, first)) continue;
        add(points, series);
        add_laws(laws, series);
        if (!series.note.empty()) {
            notes +=
                fmt::format("<li>{}: {}</li>\n", html::escape(series.variant), html::escape(series.note));
        }
        if (std::find(bases.begin(), bases.end(), series.base) == bases.end()) bases.push_back(series.base);
    }
    std::string parameters;
    for (const auto& [name, value] : first.parameters) {
        parameters +=
            fmt::format("<span><i>{}</i> {}</span>\n", html::escape(name), html::escape(to_string(value)));
    }
    auto text = fmt::format("<h3>{}, {} scaling</h3>\n<p class=\"parameters\">{}</p>\n{}",
                            html::escape(first.app), name_of(first.kind), parameters, points.html());
    text +=
        fmt::format("<p class=\"note\">Speedup refers to {}.</p>\n", html::escape(html::listed(bases, 4)));
    if (!laws.empty()) text += laws.html();
    return notes.empty() ? text : text + "<ul class=\"notes\">\n" + notes + "</ul>\n";
}

}  // namespace

std::string scaling_section(const Report& report) {
    std::string content;
    const auto& all = report.scaling;
    for (auto series = all.begin(); series != all.end(); ++series) {
        const auto is_first = std::none_of(
            all.begin(), series, [&](const auto& earlier) { return belong_together(earlier, *series); });
        if (is_first) content += part(all, *series);
    }
    return content.empty() ? content : content + drawing_of(report, PlotKind::scaling);
}

}  // namespace pacer::timings
