// timings nodes: is one of the nodes slower than its peers?
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "apps/timings/commands/commands.hpp"
#include "apps/timings/compare/comparison_text.hpp"
#include "apps/timings/compare/node_comparison.hpp"
#include "apps/timings/output.hpp"
#include "common/base/json.hpp"
#include "common/base/units.hpp"

namespace pacer::timings {

namespace {

using Rows = std::vector<NodeRow>;

struct Settings {
    std::vector<std::string> files, only;
    double margin = 0.03;
    bool dedupe = false, all = false;
    std::string format = "table";
};

std::string_view verdict_of(const NodeRow& row) {
    switch (row.comparison.verdict) {
        case Finding::regressed:
            return "SLOWER";
        case Finding::improved:
            return "faster";
        case Finding::equivalent:
            return "as fast";
        case Finding::changed_within_margin:
            return "differs within margin";
        default:
            return words_of(row.comparison.verdict);
    }
}

bool unremarkable(const NodeRow& row) {
    return row.comparison.verdict == Finding::equivalent ||
           row.comparison.verdict == Finding::changed_within_margin;
}

std::vector<CaseKey> keys_of(const Rows& rows) {
    std::vector<CaseKey> keys;
    for (const auto& row : rows) keys.push_back(row.comparison.key);
    return keys;
}

std::string interval_of(const CaseComparison& one) {
    return one.low ? fmt::format("{:.3f} .. {:.3f}", *one.low, *one.high) : "-";
}

// "1.214 (1.190 .. 1.240)"
std::string effect_of(const CaseComparison& one) {
    return fmt::format("{:.3f} ({})", one.ratio, interval_of(one));
}

std::string verdict_text(const NodeRow& row) {
    const auto& one = row.comparison;
    std::string text(verdict_of(row));
    if (!one.note.empty()) text += ": " + one.note;
    if (one.launches_needed > 0) text += fmt::format("; needs {} launches", one.launches_needed);
    return text;
}

constexpr std::array headings = {"case",  "node",          "launches", "median", "of peers",
                                 "ratio", "95 % interval", "margin",   "verdict"};
using Cells = std::array<std::string, headings.size()>;

Cells cells_of(const NodeRow& row, const std::vector<CaseKey>& keys) {
    const auto& one = row.comparison;
    const bool judged = one.ratio > 0;
    const auto seconds = [&](double value) { return judged ? format_seconds(value) : "-"; };
    return {name_of(one.key, keys),
            row.node,
            fmt::format("{} + {}", one.new_launches, one.base_launches),
            seconds(one.new_seconds),
            seconds(one.base_seconds),
            judged ? fmt::format("{:.3f}", one.ratio) : "-",
            interval_of(one),
            judged ? fmt::format("{:.1f} %", 100 * one.margin) : "-",
            verdict_text(row)};
}

std::string rows_text(const Rows& rows, const std::vector<CaseKey>& keys) {
    std::vector<Cells> lines(1);
    std::copy(headings.begin(), headings.end(), lines.front().begin());
    for (const auto& row : rows) lines.push_back(cells_of(row, keys));
    std::array<std::size_t, headings.size()> widths{};
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
    }
    std::string text;
    for (const auto& line : lines) {
        for (std::size_t i = 0; i + 1 < line.size(); ++i) {
            text += i < 2 ? fmt::format("{:<{}}  ", line[i], widths[i])
                          : fmt::format("{:>{}}  ", line[i], widths[i]);
        }
        text += line.back() + "\n";
    }
    return text;
}

// Every node that is slower or failed, with what shows it.
std::string sentences_of(const Rows& rows) {
    const auto keys = keys_of(rows);
    std::set<std::string> nodes, told;
    for (const auto& row : rows) nodes.insert(row.node);
    std::string text;
    for (const auto& node : nodes) {
        std::vector<std::string> slower, wrong;
        for (const auto& row : rows) {
            if (row.node != node || !counts_as_wrong(row.comparison.verdict)) continue;
            const auto name = name_of(row.comparison.key, keys);
            const bool slow = row.comparison.verdict == Finding::regressed;
            (slow ? slower : wrong)
                .push_back(slow ? name + ": " + effect_of(row.comparison)
                                : fmt::format("{}: {}", name, verdict_text(row)));
        }
        if (!slower.empty())
            text += fmt::format("{} is SLOWER than its peers: {}.\n", node, fmt::join(slower, "; "));
        if (!wrong.empty()) text += fmt::format("{}: {}.\n", node, fmt::join(wrong, "; "));
        if (!slower.empty() || !wrong.empty()) told.insert(node);
    }
    const auto unsure = std::count_if(rows.begin(), rows.end(), [](const NodeRow& row) {
        return row.comparison.verdict == Finding::inconclusive;
    });
    text += fmt::format("{} nodes: {} slower or wrong", nodes.size(),
                        told.empty() ? "none" : std::to_string(told.size()));
    if (unsure > 0) text += fmt::format(", {} of {} comparisons inconclusive", unsure, rows.size());
    return text + ".\n";
}

std::string table_of(const Rows& rows, bool all) {
    const auto keys = keys_of(rows);
    Rows shown = rows;
    if (!all) std::erase_if(shown, unremarkable);
    std::string text = shown.empty() ? "" : rows_text(shown, keys);
    if (const auto hidden = rows.size() - shown.size(); hidden > 0) {
        text += fmt::format("{}as fast as the peers, within the margin: {} of {} (--all shows them)\n",
                            text.empty() ? "" : "\n", hidden, rows.size());
    }
    return text + "\n" + sentences_of(rows);
}

Json object(const NodeRow& row, const std::vector<CaseKey>& keys) {
    const auto& one = row.comparison;
    const auto known = [&](double value, bool is_known) { return is_known ? Json(value) : Json(nullptr); };
    const bool judged = one.ratio > 0;
    return {{"case", name_of(one.key, keys)},
            {"node", row.node},
            {"launches", one.new_launches},
            {"peers_launches", one.base_launches},
            {"seconds", known(one.new_seconds, judged)},
            {"peers_seconds", known(one.base_seconds, judged)},
            {"ratio", known(one.ratio, judged)},
            {"low", known(one.low.value_or(0), one.low.has_value())},
            {"high", known(one.high.value_or(0), one.high.has_value())},
            {"p", known(one.p, judged)},
            {"margin", one.margin},
            {"verdict", std::string(verdict_of(row))},
            {"note", one.note}};
}

std::string text_of(const Rows& rows, const Settings& settings) {
    if (settings.format == "table") return table_of(rows, settings.all);
    const auto keys = keys_of(rows);
    std::vector<Json> objects;
    for (const auto& row : rows) objects.push_back(object(row, keys));
    if (settings.format == "csv") return csv_of(objects);
    return Json{{"rows", objects}, {"sentences", sentences_of(rows)}}.text(2) + "\n";
}

ExitStatus report(const Settings& settings) {
    const auto launches = read_launches(settings.files, settings.dedupe);
    const auto rows = compare_nodes(launches, settings.margin, settings.only);
    print(text_of(rows, settings));
    const auto any = [&](auto has) {
        return std::any_of(rows.begin(), rows.end(),
                           [&](const NodeRow& row) { return has(row.comparison.verdict); });
    };
    if (any(counts_as_wrong)) return ExitStatus::wrong;
    return any([](Finding verdict) { return verdict == Finding::inconclusive; }) ? ExitStatus::inconclusive
                                                                                 : ExitStatus::right;
}

}  // namespace

Run add_nodes(Arguments& command) {
    const auto settings = std::make_shared<Settings>();
    command.add_words("FILE", settings->files, "Timing dumps of launches that ran on one node each")
        .required();
    command.add_number("--margin", settings->margin, 1,
                       "A node may be so much slower; or more, where most of 8 or more nodes differ by more");
    command.add_list("--only", settings->only,
                     "Only these, separated by commas: APP/VARIANT, APP or /VARIANT");
    command.add_flag("--all", settings->all, "Show the nodes that are as fast as their peers, too");
    command.add_flag("--dedupe", settings->dedupe, "Take a launch once that is in several files");
    command.add_text("--format", settings->format, "What to print").one_of({"table", "json", "csv"});
    command.set_footer(
        "Exit status: 0 no node is slower; 1 a node is slower, or its answers are wrong or missing; 2 a file "
        "cannot be "
        "read, or there is one node only; 3 inconclusive: take more launches, 8 or more on each node.");
    return [settings] { return report(*settings); };
}

}  // namespace pacer::timings
