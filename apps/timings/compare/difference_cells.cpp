// What tables say of a difference.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "apps/timings/compare/difference.hpp"
#include "common/base/units.hpp"

namespace pacer::timings {

bool is_bad(Finding finding) {
    return finding == Finding::slower || finding == Finding::failed || finding == Finding::missing;
}

ExitStatus status_of(Finding finding) {
    if (finding == Finding::slower || finding == Finding::failed) return ExitStatus::wrong;
    if (finding == Finding::missing) return ExitStatus::other_tests;
    return finding == Finding::inconclusive ? ExitStatus::inconclusive : ExitStatus::right;
}

ExitStatus graver(ExitStatus a, ExitStatus b) {
    constexpr std::array by_gravity = {ExitStatus::right, ExitStatus::inconclusive, ExitStatus::other_tests,
                                       ExitStatus::wrong};
    return *std::max(std::find(by_gravity.begin(), by_gravity.end(), a),
                     std::find(by_gravity.begin(), by_gravity.end(), b));
}

std::string_view name_of(Basis basis) {
    if (basis == Basis::pair) return "in pairs";
    return basis == Basis::hosts ? "sets of hosts" : "launch by launch";
}

std::string_view mark_of(Finding finding) {
    if (is_bad(finding)) return "bad";
    if (finding == Finding::faster) return "good";
    return finding == Finding::inconclusive ? "doubt" : "";
}

std::vector<CaseKey> keys_of(const std::vector<Difference>& differences) {
    std::vector<CaseKey> keys;
    for (const auto& one : differences) keys.push_back(one.key);
    return keys;
}

Cell verdict_cell(const Difference& difference, std::string_view (*words)(Finding), std::string_view needed) {
    const std::string verdict(words(difference.finding));
    auto explained = difference.note;
    if (difference.launches_needed > 0) {
        explained +=
            fmt::format("{}needs {} {}", explained.empty() ? "" : "; ", difference.launches_needed, needed);
    }
    Cell cell(verdict, explained.empty() ? verdict : verdict + ": " + explained);
    cell.html = fmt::format("<span class=\"verdict {}\">{}</span>{}", mark_of(difference.finding), verdict,
                            explained.empty() ? "" : html_text(": " + explained));
    return std::move(cell).marked(mark_of(difference.finding));
}

Cell ratio_interval(const Difference& difference) {
    if (!difference.low) return {};
    return {*difference.low, fmt::format("{:.3f} .. {:.3f}", *difference.low, *difference.high)};
}

Cell margin_cell(const Difference& difference) {
    if (!difference.judged()) return {difference.margin, "-"};
    auto words = format_percent(difference.margin);
    if (difference.margin_from != "asked for") words += " (" + difference.margin_from + ")";
    return {difference.margin, words};
}

}  // namespace pacer::timings
