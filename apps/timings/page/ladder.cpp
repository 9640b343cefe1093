// The ladder of variants towards the limit, a table for each problem of an app.
#include <fmt/format.h>

#include <algorithm>

#include "apps/timings/compare/case_row.hpp"
#include "apps/timings/page/html.hpp"
#include "apps/timings/page/sections.hpp"
#include "common/base/groups.hpp"
#include "common/base/units.hpp"
#include "common/machine/limits.hpp"
#include "common/measure/statistics.hpp"
#include "common/report/report.hpp"

namespace pacer::timings {

namespace {

using Problem = std::vector<const Case*>;  // its variants

std::vector<Problem> problems_of(const std::vector<Case>& cases) {
    return groups_of(cases, [](const Case& a, const Case& b) {
        return a.key.app == b.key.app && a.key.parameters == b.key.parameters;
    });
}

std::string not_run(const Problem& problem) {
    std::string lines;
    for (const auto* one : problem) {
        if (one->not_run.empty()) continue;
        lines += fmt::format("{} {} x {} was not run in {}: {}\n", one->key.variant, one->key.ranks,
                             one->key.threads, counted(one->not_run.size(), "launch", "launches"),
                             one->not_run.front());
    }
    return lines;
}

std::string note(const Problem& problem) {
    std::string base;
    bool too_few = false;
    for (const auto* one : problem) {
        if (one->launches.empty()) continue;
        too_few = too_few || (one->launches.size() > 1 && one->launches.size() < 6);
        const auto& record = *one->launches.front().record;
        if (base.empty())
            base = fmt::format("Speedups need the variant {}, which was not run.", record.baseline);
        if (one->key.variant != record.baseline) continue;
        base = fmt::format("Speedup and efficiency refer to {}, {} on {}.", record.baseline,
                           format_seconds(median(one->medians())),
                           occupation(record.uses, record.ranks, record.threads));
    }
    return base + (too_few ? " Intervals over launches need at least 6." : "");
}

std::string limits(const Problem& problem) {
    using namespace unit;
    using C = Case;
    const std::vector<ColumnOf<C>> columns = {
        {"", "variant", text, [](const C& c) { return c.key.variant; }},
        {"", "r x t", figure, [](const C& c) { return shape_cell(c.key.ranks, c.key.threads); }},
        {"", "limit", seconds, [](const C& c) { return quantile(limits_of(c), 0); }},
        {"", "median over the launches", seconds, [](const C& c) { return median(limits_of(c)); }},
        {"", "highest", seconds, [](const C& c) { return quantile(limits_of(c), 1); }},
        {"", "derived from", text, [](const C& c) { return c.launches.front().record->limit.derived; }},
    };
    std::vector<Case> limited;
    for (const auto* one : problem) {
        if (!limits_of(*one).empty()) limited.push_back(*one);
    }
    const auto table = table_of(columns, limited);
    return table.empty() ? ""
                         : html::folded("The limits, and what they are derived from", table.html("Limits"));
}

}  // namespace

std::string ladder_section(const Report& report) {
    std::string content;
    for (const auto& problem : problems_of(report.cases)) {
        const auto& key = problem.front()->key;
        std::vector<CaseRow> rows;
        for (const auto* one : problem) {
            if (!one->launches.empty()) rows.push_back(row_of(*one));
        }
        std::stable_sort(rows.begin(), rows.end(), [](const CaseRow& a, const CaseRow& b) {
            return a.summary.median_seconds > b.summary.median_seconds;
        });
        Document document("Variants of " + key.app);
        document.title(key.app + "  " + words_of(key.parameters, "  "));
        document.table("", cases_table(rows));
        document.notes(rows.empty() ? "Nothing was run." : note(problem));
        document.notes(not_run(problem));
        content += document.html() + limits(problem);
    }
    for (const auto& reason : report.missing_drawings) {
        content += fmt::format("<p class=\"note doubt\">Drawings are missing from this page: {}</p>\n",
                               html_text(reason));
    }
    return content + drawing_of(report, PlotKind::ladder);
}

}  // namespace pacer::timings
