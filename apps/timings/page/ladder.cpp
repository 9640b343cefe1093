// The ladder of variants towards the limit, a table for each problem of an app.
#include <fmt/format.h>

#include <algorithm>

#include "apps/timings/page/html.hpp"
#include "apps/timings/page/sections.hpp"
#include "common/base/units.hpp"
#include "common/machine/limits.hpp"
#include "common/measure/statistics.hpp"
#include "common/report/report.hpp"

namespace pacer::timings {

namespace {

using html::absent;
using html::Cell;
using html::escape;
using html::figure;
using html::text;

// The cases of one problem of one app, which are variants of each other.
struct Problem {
    std::string app;
    Facts parameters;
    std::vector<const Case*> cases;
};

std::vector<Problem> problems_of(const std::vector<Case>& cases) {
    std::vector<Problem> problems;
    for (const auto& one : cases) {
        const auto same = [&](const Problem& p) {
            return p.app == one.key.app && p.parameters == one.key.parameters;
        };
        auto found = std::find_if(problems.begin(), problems.end(), same);
        if (found == problems.end()) {
            problems.push_back({one.key.app, one.key.parameters, {}});
            found = problems.end() - 1;
        }
        found->cases.push_back(&one);
    }
    return problems;
}

// What each launch probed, in seconds. A disturbed probe tells too long a time, so the least is nearest to
// the truth.
std::vector<double> limits_of(const Case& one) {
    std::vector<double> limits;
    for (const auto& launch : one.launches) {
        if (launch.record->limit.seconds > 0) limits.push_back(launch.record->limit.seconds);
    }
    return limits;
}

// A case over its launches: of each figure, the median of the launches that have it; 0 if none has.
struct Row {
    const Case* of = nullptr;
    double seconds = 0, speedup = 0, efficiency = 0, fraction_of_limit = 0, rate = 0;
    std::string_view rate_unit;
    std::size_t repeats = 0;
    std::optional<Interval> interval;
};

double middle(const std::vector<Summary>& summaries, double Summary::*figure_of) {
    std::vector<double> values;
    for (const auto& summary : summaries) {
        if (summary.*figure_of > 0) values.push_back(summary.*figure_of);
    }
    return values.empty() ? 0 : median(values);
}

Row row_of(const Case& one) {
    std::vector<Summary> summaries;
    for (const auto& [launch, record, seconds] : one.launches)
        summaries.push_back(summarise(*record, *launch));
    Row row;
    row.of = &one;
    row.seconds = median(one.medians());
    row.speedup = middle(summaries, &Summary::speedup);
    row.efficiency = middle(summaries, &Summary::efficiency);
    if (const auto limits = limits_of(one); !limits.empty())
        row.fraction_of_limit = quantile(limits, 0) / row.seconds;
    for (const auto& summary : summaries) row.repeats += summary.repeats;
    const auto& first = summaries.front();
    row.rate = first.rate * first.median_seconds / row.seconds;  // of the median time, no mean of rates
    row.rate_unit = first.rate_unit;
    if (summaries.size() > 1) {
        row.interval = median_interval(one.medians());
    } else if (first.has_interval) {
        row.interval = Interval{first.low_seconds, first.high_seconds};
    }
    return row;
}

Cell interval_cell(const Row& row) {
    if (!row.interval) return absent();
    const auto& [low, high] = *row.interval;
    return figure(low, html::range(format_seconds(low), format_seconds(high)));
}

Cell percent_cell(double fraction) {
    return fraction > 0 ? figure(fraction, fmt::format("{:.1f}\u00a0%", 100 * fraction)) : absent();
}

// With a bar behind it: the ladder, should the drawing be missing.
Cell limit_cell(double fraction) {
    auto cell = percent_cell(fraction);
    if (fraction > 0) {
        cell.classes = "bar";
        cell.style = fmt::format("--part: {:.1f}%", 100 * std::min(fraction, 1.0));
    }
    return cell;
}

Cell answer_cell(const Case& one) {
    const auto is_wrong = [](const CaseLaunch& launch) { return !launch.record->verdict.right(); };
    const auto wrong =
        static_cast<std::size_t>(std::count_if(one.launches.begin(), one.launches.end(), is_wrong));
    if (wrong == 0) return text("verified");
    auto cell =
        text(fmt::format("{} in {} of {}", one.failed > 0 ? "WRONG or unchecked" : "wrong, as promised",
                         wrong, html::counted(one.launches.size(), "launch", "launches")));
    cell.classes = one.failed > 0 ? "bad" : "";
    return cell;
}

std::string shape_of(const CaseKey& key) {
    return fmt::format("{} \u00d7 {}", key.ranks, key.threads);
}

void add(html::Table& table, const Row& row) {
    const auto& key = row.of->key;
    auto shape = figure(static_cast<double>(key.ranks) * key.threads, shape_of(key));
    table.add({text(key.variant), shape, figure(row.seconds, format_seconds(row.seconds)), interval_cell(row),
               figure(row.of->launches.size()), figure(row.repeats),
               row.speedup > 0 ? figure(row.speedup, fmt::format("{:.2f}\u00d7", row.speedup)) : absent(),
               percent_cell(row.efficiency), limit_cell(row.fraction_of_limit),
               figure(row.rate, format_rate(row.rate, row.rate_unit)), answer_cell(*row.of)});
}

std::string variants_table(const Problem& problem) {
    std::vector<Row> rows;
    for (const auto* one : problem.cases) {
        if (!one->launches.empty()) rows.push_back(row_of(*one));
    }
    std::stable_sort(rows.begin(), rows.end(), [](auto& a, auto& b) { return a.seconds > b.seconds; });
    html::Table table("Variants of " + problem.app,
                      {{"variant", "", false},
                       {"ranks \u00d7 threads", "processes, and threads of each"},
                       {"median", "of the launches' medians"},
                       {"95 % interval", "of that median"},
                       {"launches"},
                       {"repeats", "of all launches together"},
                       {"speedup", "against the baseline of the same launch"},
                       {"efficiency", "speedup / cores"},
                       {"% limit", "limit / median: how near to what this machine can do"},
                       {"rate"},
                       {"answer", "of all repeats", false}});
    for (const auto& row : rows) add(table, row);
    return table.empty() ? std::string() : table.html();
}

std::string not_run(const Problem& problem) {
    std::string items;
    for (const auto* one : problem.cases) {
        if (one->not_run.empty()) continue;
        items += fmt::format("<li>{} {} was not run in {}: {}</li>\n", escape(one->key.variant),
                             shape_of(one->key), html::counted(one->not_run.size(), "launch", "launches"),
                             escape(one->not_run.front()));
    }
    return items.empty() ? std::string() : "<ul class=\"notes\">\n" + items + "</ul>\n";
}

std::string note(const Problem& problem) {
    std::string base;
    bool too_few = false;
    for (const auto* one : problem.cases) {
        if (one->launches.empty()) continue;
        too_few = too_few || (one->launches.size() > 1 && one->launches.size() < 6);
        const auto& record = *one->launches.front().record;
        if (base.empty())
            base = fmt::format("Without the variant {} there is no speedup.", escape(record.baseline));
        if (one->key.variant != record.baseline) continue;
        base = fmt::format("Speedup and efficiency refer to {}, {} on {}.", escape(record.baseline),
                           format_seconds(median(one->medians())),
                           occupation(record.uses, record.ranks, record.threads));
    }
    return fmt::format("<p class=\"note\">{}{}</p>\n", base,
                       too_few ? " An interval over launches takes 6 of them." : "");
}

std::string limits(const Problem& problem) {
    html::Table table("Limits of " + problem.app, {{"variant", "", false},
                                                   {"ranks \u00d7 threads"},
                                                   {"limit", "the least of the launches"},
                                                   {"median of the launches"},
                                                   {"highest"},
                                                   {"follows from, in the first launch", "", false}});
    for (const auto* one : problem.cases) {
        const auto seconds = limits_of(*one);
        if (seconds.empty()) continue;
        const auto cell = [](double value) { return figure(value, format_seconds(value)); };
        table.add({text(one->key.variant),
                   figure(static_cast<double>(one->key.ranks) * one->key.threads, shape_of(one->key)),
                   cell(quantile(seconds, 0)), cell(median(seconds)), cell(quantile(seconds, 1)),
                   text(one->launches.front().record->limit.derived)});
    }
    return table.empty() ? std::string()
                         : html::folded("The limits, and what they follow from", table.html());
}

std::string heading(const Problem& problem) {
    std::string parameters;
    for (const auto& [name, value] : problem.parameters) {
        parameters += fmt::format("<span><i>{}</i> {}</span>\n", escape(name), escape(to_string(value)));
    }
    return fmt::format("<h3>{}</h3>\n<p class=\"parameters\">{}</p>\n", escape(problem.app), parameters);
}

}  // namespace

std::string ladder_section(const Report& report) {
    std::string content;
    for (const auto& problem : problems_of(report.cases)) {
        const auto table = variants_table(problem);
        content += heading(problem) + table +
                   (table.empty() ? "<p class=\"note\">Nothing was run.</p>\n" : note(problem)) +
                   not_run(problem) + limits(problem);
    }
    for (const auto& reason : report.missing_drawings) {
        content += fmt::format("<p class=\"note doubt\">Drawings are missing from this page: {}</p>\n",
                               escape(reason));
    }
    return content + drawing_of(report, PlotKind::ladder);
}

}  // namespace pacer::timings
