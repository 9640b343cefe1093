// How times depend on the number of cores.
#include <fmt/format.h>

#include <algorithm>

#include "apps/timings/page/html.hpp"
#include "apps/timings/page/sections.hpp"
#include "apps/timings/scaling/tables.hpp"
#include "common/base/groups.hpp"

namespace pacer::timings {

namespace {

// Series that share app, kind and problem share a table.
bool belong_together(const ScalingSeries& a, const ScalingSeries& b) {
    return a.app == b.app && a.kind == b.kind && a.parameters == b.parameters;
}

std::string part(const std::vector<const ScalingSeries*>& all) {
    const auto& first = *all.front();
    const auto what = fmt::format("{} scaling", name_of(first.kind));
    std::vector<std::string> bases, notes;
    for (const auto* series : all) {
        if (!series->note.empty())
            notes.push_back(fmt::format("{}: {}", html_text(series->variant), html_text(series->note)));
        if (std::find(bases.begin(), bases.end(), series->base) == bases.end()) bases.push_back(series->base);
    }
    auto text =
        html::problem(fmt::format("{}, {}", first.app, what), first.parameters) +
        points_table(all).html(fmt::format("{} of {}", what, first.app)) +
        fmt::format("<p class=\"note\">Speedup refers to {}.</p>\n", html_text(html::listed(bases, 4)));
    const auto laws = laws_table(all);
    if (!laws.empty()) text += laws.html(fmt::format("Laws fitted to the {} of {}", what, first.app));
    return text + html::notes(notes);
}

}  // namespace

std::string scaling_section(const Report& report) {
    std::string content;
    for (const auto& together : groups_of(report.scaling, belong_together)) content += part(together);
    return content.empty() ? content : content + drawing_of(report, PlotKind::scaling);
}

}  // namespace pacer::timings
