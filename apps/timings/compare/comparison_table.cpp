// A comparison as people and programs read it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <utility>

#include "apps/timings/compare/comparison.hpp"
#include "common/base/units.hpp"
#include "common/report/report.hpp"

namespace pacer::timings {

namespace {

// In the order in which the sentence names them.
constexpr std::array<std::pair<Finding, std::string_view>, 9> findings = {
    {{Finding::slower, "REGRESSED"},
     {Finding::failed, "FAILED"},
     {Finding::missing, "MISSING"},
     {Finding::expected, "expected"},
     {Finding::faster, "IMPROVED"},
     {Finding::within_margin, "changed within margin"},
     {Finding::equivalent, "equivalent"},
     {Finding::inconclusive, "inconclusive"},
     {Finding::not_compared, "not compared"}}};

std::string_view words_of(Finding finding) {
    return std::find_if(findings.begin(), findings.end(), [&](auto& one) { return one.first == finding; })
        ->second;
}

// How the logarithm of a ratio becomes a place across the strip.
struct Scale {
    static constexpr double width = 150, middle = width / 2;
    double span = 0.05;  // the logarithm at the right end

    double at(double ratio) const {
        return middle + (middle - 4) * std::clamp(std::log(ratio) / span, -1.0, 1.0);
    }
};

Scale scale_for(const std::vector<Difference>& cases) {
    constexpr double most = 0.7;  // a factor of 2; what lies further ends at the edge
    Scale scale;
    for (const auto& one : cases) {
        scale.span = std::max(scale.span, 1.3 * std::log(1 + one.margin));
        for (const auto& ratio : {one.low, one.high, std::optional(one.ratio)}) {
            if (ratio && *ratio > 0) scale.span = std::max(scale.span, 1.1 * std::abs(std::log(*ratio)));
        }
    }
    scale.span = std::min(scale.span, most);
    return scale;
}

// The margin as a band around 1, the interval as a line, the ratio as a dot.
Cell strip(const Difference& one, const Scale& scale) {
    if (!one.judged()) return {};
    const double left = scale.at(1 / (1 + one.margin)), right = scale.at(1 + one.margin);
    Cell cell(one.ratio);
    cell.html = fmt::format(
        "<svg class=\"strip {}\" viewBox=\"0 0 {} 16\" aria-hidden=\"true\">"
        "<rect x=\"{:.1f}\" y=\"0\" width=\"{:.1f}\" height=\"16\"/>"
        "<line class=\"one\" x1=\"{}\" x2=\"{}\" y1=\"0\" y2=\"16\"/>",
        mark_of(one.finding), Scale::width, left, right - left, Scale::middle, Scale::middle);
    if (one.low && one.high) {
        cell.html += fmt::format("<line x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"8\" y2=\"8\"/>", scale.at(*one.low),
                                 scale.at(*one.high));
    }
    cell.html += fmt::format("<circle cx=\"{:.1f}\" cy=\"8\" r=\"3.5\"/></svg>", scale.at(one.ratio));
    return cell;
}

// Which tests the p values are of.
std::string hint_of_p(const std::vector<Difference>& cases) {
    const auto any = [&](bool pairs) {
        return std::any_of(cases.begin(), cases.end(), [&](const Difference& one) {
            return one.judged() && (one.basis == Basis::pair) == pairs;
        });
    };
    const auto* test = !any(true)    ? "Mann-Whitney"
                       : !any(false) ? "Wilcoxon's signed ranks"
                                     : "Mann-Whitney, of pairs Wilcoxon's signed ranks";
    return fmt::format("exact, two-sided: {}; not the verdict", test);
}

// Whether the cases were not all compared in the same way.
bool have_several_bases(const std::vector<Difference>& cases) {
    std::set<Basis> bases;
    for (const auto& one : cases) {
        if (one.judged()) bases.insert(one.basis);
    }
    return bases.size() > 1;
}

}  // namespace

std::string sentence_of(const std::vector<Difference>& cases) {
    constexpr std::size_t most_named = 3;
    const auto keys = keys_of(cases);
    auto text = counted(cases.size(), "case");
    std::string_view before = ": ";
    for (const auto& [finding, words] : findings) {
        std::vector<std::string> names;
        for (const auto& one : cases) {
            if (one.finding != finding) continue;
            names.push_back(name_of(one.key, keys) +
                            (one.judged() ? fmt::format(": {:.3f}", one.ratio) : ""));
        }
        if (names.empty()) continue;
        text += fmt::format("{}{} {}", std::exchange(before, ", "), names.size(), words);
        if (!is_bad(finding) && finding != Finding::faster && finding != Finding::expected) continue;
        const bool all_named = names.size() <= most_named;
        names.resize(std::min(names.size(), most_named));
        text += fmt::format(" ({}{})", fmt::join(names, "; "), all_named ? "" : "; ...");
    }
    return text;
}

Table table_of(const std::vector<Difference>& cases) {
    using namespace unit;
    using D = Difference;
    constexpr auto not_text = face::page | face::programs;
    const auto keys = keys_of(cases);
    const auto scale = scale_for(cases);
    const auto launches = [](const D& d) {
        const int base = d.reference.launches, fresh = d.subject.launches;
        return Cell(std::min(base, fresh), fmt::format("{} + {}", base, fresh));
    };
    const auto p = [](const D& d) { return d.judged() ? Cell(d.p, fmt::format("{:.2g}", d.p)) : Cell(); };
    const auto basis = [](const D& d) { return d.judged() ? Cell(name_of(d.basis)) : Cell(); };
    const auto units = [](const D& d) { return d.judged() ? Cell(d.units) : Cell(); };
    const auto slower = [](const D& d) { return d.judged() ? Cell(d.probability_slower) : Cell(); };
    const auto needed = [](const D& d) { return d.launches_needed > 0 ? Cell(d.launches_needed) : Cell(); };
    const auto verdict = [](const D& d) { return verdict_cell(d, words_of, "launches a side"); };
    const std::vector<ColumnOf<D>> columns = {
        {"case", "case", text, [&](const D& d) { return name_of(d.key, keys); }},
        {"app", "", text, [](const D& d) { return d.key.app; }},
        {"variant", "", text, [](const D& d) { return d.key.variant; }},
        {"ranks", "", figure, [](const D& d) { return d.key.ranks; }},
        {"threads", "", figure, [](const D& d) { return d.key.threads; }},
        {"parameters", "", text, [](const D& d) { return json_of(d.key.parameters); }, face::json},
        {"base_launches", "", figure, [](const D& d) { return d.reference.launches; }},
        {"new_launches", "", figure, [](const D& d) { return d.subject.launches; }},
        {"", "launches", figure, launches, face::people, "baseline + new"},
        {"base_seconds", "baseline", seconds, [](const D& d) { return d.reference.seconds; }},
        {"new_seconds", "new", seconds, [](const D& d) { return d.subject.seconds; }},
        {"ratio", "ratio", ratio, &D::ratio, face::all, "new / baseline, Hodges-Lehmann; above 1 is slower"},
        {"low", "", ratio, &D::low},
        {"high", "", ratio, &D::high},
        {"", "95 % interval", figure, ratio_interval, face::people,
         "of the ratio; it takes 4 launches a side"},
        {"", "faster · slower", text, [&](const D& d) { return strip(d, scale); }, face::page,
         "the ratio and its interval; the band is the margin"},
        {"basis", "compared", text, basis, have_several_bases(cases) ? face::all : face::programs,
         "single launches, pairs of neighbours in time, or the median of each set of hosts"},
        {"units", "", figure, units},
        {"p", "p", figure, p, not_text, hint_of_p(cases)},
        {"probability_slower", "P(slower)", percent, slower, not_text,
         "of a new launch against a baseline one"},
        {"margin", "margin", percent, margin_cell, face::all, "smaller changes do not count"},
        {"margin_from", "", text, &D::margin_from},
        {"verdict", "verdict", text, verdict},
        {"launches_needed", "", figure, needed},
        {"note", "", text, &D::note},
    };
    return pacer::table_of(columns, cases);
}

Document document_of(const Comparison& comparison) {
    Document document("timings compare");
    document.list("other_tests", "NOT THE SAME TESTS", comparison.other_tests);
    document.list("disturbed", "disturbed", comparison.disturbed);
    document.list("outliers", "outlier", comparison.outliers);
    document.list("environment", "differs", comparison.environment);
    document.list("compared", "compared", comparison.compared);
    document.list("expected", "expected", comparison.expected);
    document.list("untested", "untested", comparison.untested);
    document.table("cases", table_of(comparison.cases));
    document.sentence("sentence", comparison.sentence);
    document.value("status", static_cast<int>(comparison.status));
    return document;
}

}  // namespace pacer::timings
