#include "apps/timings/compare/comparison_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/json.hpp"
#include "common/base/units.hpp"

namespace pacer::timings {

namespace {

// In the order in which the sentence names them.
constexpr std::array findings = {Finding::regressed,
                                 Finding::failed,
                                 Finding::missing,
                                 Finding::improved,
                                 Finding::changed_within_margin,
                                 Finding::equivalent,
                                 Finding::inconclusive,
                                 Finding::not_compared};

std::vector<CaseKey> keys_of(const std::vector<CaseComparison>& rows) {
    std::vector<CaseKey> keys;
    for (const auto& row : rows) keys.push_back(row.key);
    return keys;
}

bool judged(const CaseComparison& row) {
    return row.ratio > 0;
}

std::string interval_text(const CaseComparison& row) {
    return row.low && row.high ? fmt::format("{:.3f} .. {:.3f}", *row.low, *row.high) : "-";
}

std::string seconds_text(double seconds) {
    return seconds > 0 ? format_seconds(seconds) : "-";
}

// Where the margin is not the one asked for, why.
std::string margin_text(const CaseComparison& row) {
    if (!judged(row)) return "-";
    const auto percent = fmt::format("{:.1f} %", 100 * row.margin);
    return row.margin_from == "asked for" ? percent : fmt::format("{} ({})", percent, row.margin_from);
}

// What the verdict wants explained; empty if nothing.
std::string remark(const CaseComparison& row) {
    auto text = row.note;
    if (row.launches_needed > 0) {
        text += fmt::format("{}needs {} launches a side", text.empty() ? "" : "; ", row.launches_needed);
    }
    return text;
}

constexpr std::array headings = {"case",  "launches",      "baseline", "new",
                                 "ratio", "95 % interval", "margin",   "verdict"};
using Cells = std::array<std::string, headings.size()>;

Cells cells_of(const CaseComparison& row, const std::vector<CaseKey>& keys) {
    const auto explained = remark(row);
    return {name_of(row.key, keys),
            fmt::format("{} + {}", row.base_launches, row.new_launches),
            seconds_text(row.base_seconds),
            seconds_text(row.new_seconds),
            judged(row) ? fmt::format("{:.3f}", row.ratio) : "-",
            interval_text(row),
            margin_text(row),
            std::string(words_of(row.verdict)) + (explained.empty() ? "" : ": " + explained)};
}

// Of a terminal: red, green, yellow, or none.
std::string_view colour_of(Finding verdict) {
    if (counts_as_wrong(verdict)) return "\x1b[31m";
    if (verdict == Finding::improved) return "\x1b[32m";
    return verdict == Finding::inconclusive ? "\x1b[33m" : "";
}

std::string line_of(const Cells& cells, const std::array<std::size_t, headings.size()>& widths) {
    std::string line;
    for (std::size_t i = 0; i + 1 < cells.size(); ++i) {
        const bool is_text = i == 0;
        line += is_text ? fmt::format("{:<{}}  ", cells[i], widths[i])
                        : fmt::format("{:>{}}  ", cells[i], widths[i]);
    }
    return line;
}

std::string rows_text(const std::vector<CaseComparison>& rows, bool colours) {
    const auto keys = keys_of(rows);
    std::vector<Cells> lines(1);
    std::copy(headings.begin(), headings.end(), lines.front().begin());
    for (const auto& row : rows) lines.push_back(cells_of(row, keys));
    std::array<std::size_t, headings.size()> widths{};
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
    }
    std::string text;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto colour = colours && i > 0 ? colour_of(rows[i - 1].verdict) : "";
        text += fmt::format("{}{}{}{}\n", line_of(lines[i], widths), colour, lines[i].back(),
                            colour.empty() ? "" : "\x1b[0m");
    }
    return text;
}

// Text that Markdown shows as it is, within one cell.
std::string markdown_text(std::string_view text) {
    std::string safe;
    for (const char letter : text) {
        if (std::string_view("\\|*_`<[]").find(letter) != std::string_view::npos) safe += '\\';
        safe += letter == '\n' || letter == '\r' ? ' ' : letter;
    }
    return safe;
}

Json known(double value, bool is_known) {
    return is_known ? Json(value) : Json(nullptr);
}

Json object(const CaseComparison& row, const std::vector<CaseKey>& keys) {
    Json parameters = Json::object();
    for (const auto& [name, value] : row.key.parameters) {
        std::visit([&, key = name](const auto& held) { parameters.add(key, held); }, value);
    }
    return {{"case", name_of(row.key, keys)},
            {"app", row.key.app},
            {"variant", row.key.variant},
            {"ranks", row.key.ranks},
            {"threads", row.key.threads},
            {"parameters", parameters},
            {"base_launches", row.base_launches},
            {"new_launches", row.new_launches},
            {"base_seconds", known(row.base_seconds, judged(row))},
            {"new_seconds", known(row.new_seconds, judged(row))},
            {"ratio", known(row.ratio, judged(row))},
            {"low", known(row.low.value_or(0), row.low.has_value())},
            {"high", known(row.high.value_or(0), row.high.has_value())},
            {"p", known(row.p, judged(row))},
            {"probability_slower", known(row.probability_slower, judged(row))},
            {"margin", row.margin},
            {"margin_from", row.margin_from},
            {"verdict", std::string(words_of(row.verdict))},
            {"launches_needed", row.launches_needed > 0 ? Json(row.launches_needed) : Json(nullptr)},
            {"note", row.note}};
}

}  // namespace

std::string_view words_of(Finding verdict) {
    constexpr std::array words = {"REGRESSED",    "IMPROVED", "equivalent", "changed within margin",
                                  "inconclusive", "MISSING",  "FAILED",     "not compared"};
    return words.at(static_cast<std::size_t>(verdict));
}

bool counts_as_wrong(Finding verdict) {
    return verdict == Finding::regressed || verdict == Finding::failed || verdict == Finding::missing;
}

std::string sentence_of(const std::vector<CaseComparison>& rows) {
    constexpr std::size_t most_named = 3;
    const auto keys = keys_of(rows);
    auto text = fmt::format("{} case{}", rows.size(), rows.size() == 1 ? "" : "s");
    std::string_view before = ": ";
    for (const auto verdict : findings) {
        std::vector<std::string> names;
        for (const auto& row : rows) {
            if (row.verdict != verdict) continue;
            names.push_back(name_of(row.key, keys) + (judged(row) ? fmt::format(": {:.3f}", row.ratio) : ""));
        }
        if (names.empty()) continue;
        text += fmt::format("{}{} {}", std::exchange(before, ", "), names.size(), words_of(verdict));
        if (!counts_as_wrong(verdict) && verdict != Finding::improved) continue;
        const bool all_named = names.size() <= most_named;
        names.resize(std::min(names.size(), most_named));
        text += fmt::format(" ({}{})", fmt::join(names, "; "), all_named ? "" : "; ...");
    }
    return text;
}

std::string comparison_table(const Comparison& comparison, bool colours) {
    std::string text;
    for (const auto& line : comparison.environment) text += fmt::format("differs  {}\n", line);
    if (!text.empty()) text += "\n";
    return text + rows_text(comparison.cases, colours) + "\n" + comparison.sentence + "\n";
}

std::string comparison_markdown(const Comparison& comparison) {
    const auto keys = keys_of(comparison.cases);
    auto text = fmt::format("**{}**\n\n| {} |\n|:--|--:|--:|--:|--:|--:|--:|:--|\n",
                            markdown_text(comparison.sentence), fmt::join(headings, " | "));
    for (const auto& row : comparison.cases) {
        auto cells = cells_of(row, keys);
        for (auto& cell : cells) cell = markdown_text(cell);
        if (counts_as_wrong(row.verdict)) cells.back() = "**" + cells.back() + "**";
        text += fmt::format("| {} |\n", fmt::join(cells, " | "));
    }
    if (comparison.environment.empty()) return text;
    text += "\nWhat differs between the two sides:\n\n";
    for (const auto& line : comparison.environment) text += fmt::format("* {}\n", markdown_text(line));
    return text;
}

std::string comparison_json(const Comparison& comparison) {
    const auto keys = keys_of(comparison.cases);
    Json cases = Json::list();
    for (const auto& row : comparison.cases) cases.push_back(object(row, keys));
    const Json all = {{"environment", comparison.environment},
                      {"cases", cases},
                      {"sentence", comparison.sentence},
                      {"status", static_cast<int>(comparison.status)}};
    return all.text(2) + "\n";
}

std::string comparison_csv(const Comparison& comparison) {
    const auto keys = keys_of(comparison.cases);
    std::vector<Json> rows;
    for (const auto& row : comparison.cases) {
        rows.push_back(object(row, keys));
        rows.back().remove("parameters");  // the case's name has those that differ
    }
    return csv_of(rows);
}

}  // namespace pacer::timings
