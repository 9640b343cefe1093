// What changed against the baseline, case by case, with each interval drawn to scale.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "apps/timings/page/html.hpp"
#include "apps/timings/page/sections.hpp"
#include "common/base/units.hpp"

namespace pacer::timings {

namespace {

using html::absent;
using html::Cell;
using html::escape;
using html::figure;
using html::text;

std::string_view class_of(Finding verdict) {
    switch (verdict) {
        case Finding::regressed:
        case Finding::missing:
        case Finding::failed:
            return "bad";
        case Finding::improved:
            return "good";
        case Finding::equivalent:
        case Finding::changed_within_margin:
            return "calm";
        case Finding::inconclusive:
        case Finding::not_compared:
            break;
    }
    return "doubt";
}

// How the logarithm of a ratio becomes a place across the strip.
struct Scale {
    static constexpr double width = 150, middle = width / 2;
    double span = 0.05;  // the logarithm at the right end

    double at(double ratio) const {
        return middle + (middle - 4) * std::clamp(std::log(ratio) / span, -1.0, 1.0);
    }
};

Scale scale_for(const std::vector<CaseComparison>& cases) {
    constexpr double most = 0.7;  // a factor of 2; what lies further ends at the edge
    Scale scale;
    for (const auto& one : cases) {
        scale.span = std::max(scale.span, 1.3 * std::log(1 + one.margin));
        for (const auto& ratio :
             {one.low, one.high, one.ratio > 0 ? std::optional(one.ratio) : std::nullopt}) {
            if (ratio && *ratio > 0) scale.span = std::max(scale.span, 1.1 * std::abs(std::log(*ratio)));
        }
    }
    scale.span = std::min(scale.span, most);
    return scale;
}

// The margin as a band around 1, the interval as a line, the ratio as a dot.
Cell strip(const CaseComparison& one, const Scale& scale) {
    if (one.ratio <= 0) return absent();
    const double left = scale.at(1 / (1 + one.margin)), right = scale.at(1 + one.margin);
    auto drawn = fmt::format(
        "<svg class=\"strip {}\" viewBox=\"0 0 {} 16\" aria-hidden=\"true\">"
        "<rect x=\"{:.1f}\" y=\"0\" width=\"{:.1f}\" height=\"16\"/><line class=\"one\" x1=\"{:.1f}\" "
        "x2=\"{:.1f}\" "
        "y1=\"0\" y2=\"16\"/>",
        class_of(one.verdict), Scale::width, left, right - left, Scale::middle, Scale::middle);
    if (one.low && one.high) {
        drawn += fmt::format("<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"8\" y2=\"8\"/>", scale.at(*one.low),
                             scale.at(*one.high));
    }
    drawn += fmt::format("<circle cx=\"{:.1f}\" cy=\"8\" r=\"3.5\"/></svg>", scale.at(one.ratio));
    return {drawn, one.ratio};
}

Cell verdict_cell(const CaseComparison& one) {
    return {fmt::format("<span class=\"verdict {}\">{}</span>", class_of(one.verdict),
                        escape(words_of(one.verdict))),
            std::nullopt};
}

Cell seconds_cell(double seconds) {
    return seconds > 0 ? figure(seconds, format_seconds(seconds)) : absent();
}

Cell interval_cell(const CaseComparison& one) {
    if (!one.low || !one.high) return absent();
    return figure(*one.low, html::range(fmt::format("{:.3f}", *one.low), fmt::format("{:.3f}", *one.high)));
}

Cell remark_cell(const CaseComparison& one) {
    std::string remark = one.note;
    const auto add = [&](const std::string& more) { remark += (remark.empty() ? "" : "; ") + more; };
    if (one.launches_needed > 0) add(fmt::format("{} launches a side would tell", one.launches_needed));
    if (one.ratio > 0 && one.margin_from != "asked for") add("margin: " + one.margin_from);
    auto cell = text(remark);
    cell.classes = "remark";
    return cell;
}

std::vector<Cell> cells_of(const CaseComparison& one, const std::string& name, const Scale& scale) {
    const bool judged = one.ratio > 0;
    return {text(name),
            verdict_cell(one),
            seconds_cell(one.base_seconds),
            seconds_cell(one.new_seconds),
            judged ? figure(one.ratio, fmt::format("{:.3f}", one.ratio)) : absent(),
            interval_cell(one),
            strip(one, scale),
            judged ? figure(one.margin, fmt::format("{:.1f}\u00a0%", 100 * one.margin)) : absent(),
            figure(std::min(one.base_launches, one.new_launches),
                   fmt::format("{} + {}", one.base_launches, one.new_launches)),
            judged ? figure(one.p, fmt::format("{:.2g}", one.p)) : absent(),
            judged
                ? figure(one.probability_slower, fmt::format("{:.0f}\u00a0%", 100 * one.probability_slower))
                : absent(),
            remark_cell(one)};
}

std::string cases_table(const std::vector<CaseComparison>& cases) {
    std::vector<CaseKey> keys;
    for (const auto& one : cases) keys.push_back(one.key);
    const auto scale = scale_for(cases);
    html::Table table("Comparison with the baseline",
                      {{"case", "", false},
                       {"verdict", "", false},
                       {"baseline", "median of its launches' medians"},
                       {"new", "median of its launches' medians"},
                       {"ratio", "new / baseline, Hodges-Lehmann; above 1 is slower"},
                       {"95 % interval", "of the ratio; it takes 4 launches a side"},
                       {"faster \u00b7 slower", "the ratio and its interval; the band is the margin", false},
                       {"margin", "smaller changes do not count"},
                       {"launches", "baseline + new"},
                       {"p", "exact, two-sided Mann-Whitney; not the verdict"},
                       {"P(slower)", "of a new launch against one of the baseline"},
                       {"remark", "", false}});
    for (const auto& one : cases) table.add(cells_of(one, name_of(one.key, keys), scale));
    return table.html();
}

std::string environment(const Comparison& comparison) {
    if (comparison.environment.empty()) {
        return "<p>The two sides ran under the same circumstances, as far as they are known.</p>\n";
    }
    std::string items;
    for (const auto& difference : comparison.environment)
        items += fmt::format("<li>{}</li>\n", escape(difference));
    return fmt::format("<p>What differs between the two sides:</p>\n<ul class=\"differences\">\n{}</ul>\n",
                       items);
}

}  // namespace

std::string comparison_section(const Report& report) {
    if (!report.comparison) return {};
    const auto& comparison = *report.comparison;
    return environment(comparison) + cases_table(comparison.cases);
}

}  // namespace pacer::timings
