// timings nodes: is one of the nodes slower than its peers?
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "apps/timings/commands/commands.hpp"
#include "apps/timings/commands/options.hpp"
#include "apps/timings/compare/environments.hpp"
#include "apps/timings/compare/node_comparison.hpp"
#include "apps/timings/compare/same_tests.hpp"

namespace pacer::timings {

namespace {

using Rows = std::vector<PeerRow>;

struct Settings {
    Input input;
    double margin = 0.03;
    bool all = false;
    Output output;
};

std::vector<CaseKey> keys_of(const Rows& rows) {
    std::vector<CaseKey> keys;
    for (const auto& row : rows) keys.push_back(row.from_peers.key);
    return keys;
}

Table table_of(const Rows& rows, const std::vector<CaseKey>& keys, const ShortNames& names) {
    auto columns = peer_columns<PeerRow>();
    columns.insert(
        columns.begin(),
        {{"case", "", unit::text, [&](const PeerRow& r) { return name_of(r.from_peers.key, keys); }},
         {"", "case", unit::text, [&](const PeerRow& r) { return names.of(r.from_peers.key); }},
         {"node", "node", unit::text, &PeerRow::name}});
    return pacer::table_of(columns, rows);
}

// Every node that is slower or failed, with the evidence.
std::string sentences_of(const Rows& rows, const ShortNames& names) {
    std::set<std::string> nodes;
    for (const auto& row : rows) nodes.insert(row.name);
    std::size_t bad = 0;
    auto text = sentences_of_bad(rows, names, bad);
    const auto unsure = std::count_if(rows.begin(), rows.end(), [](const PeerRow& row) {
        return row.from_peers.finding == Finding::inconclusive;
    });
    text +=
        fmt::format("{} nodes: {} slower or wrong", nodes.size(), bad == 0 ? "none" : std::to_string(bad));
    if (unsure > 0) text += fmt::format(", {} of {} comparisons inconclusive", unsure, rows.size());
    return text + ".\n";
}

ExitStatus compare_all(const Settings& settings) {
    const auto launches = read_launches(settings.input.files, settings.input.dedupe);
    const auto rows = compare_nodes(launches, settings.margin, settings.input.only);
    const auto keys = keys_of(rows);
    const ShortNames names(keys);
    auto shown = rows;
    if (settings.output.for_people() && !settings.all)
        std::erase_if(shown, [](const PeerRow& row) { return unremarkable(row.from_peers); });
    Document document("timings nodes");
    document.list("environment", "differs", mixtures(launches, "the launches", false));
    const auto hardware = other_nodes(launches),
               untested = untested_among(select(cases_of(launches), settings.input.only));
    document.list("hardware", "other hardware", hardware);
    document.list("untested", "untested", untested);
    if (!shown.empty() || !settings.output.for_people()) document.table("rows", table_of(shown, keys, names));
    if (const auto hidden = rows.size() - shown.size(); hidden > 0) {
        document.text(fmt::format("as fast as the peers, within the margin: {} of {} (--all shows them)",
                                  hidden, rows.size()));
    }
    const auto sentences = sentences_of(rows, names);
    document.sentence("sentences", sentences);
    auto status = untested.empty() ? ExitStatus::right : ExitStatus::inconclusive;
    if (!hardware.empty()) status = ExitStatus::other_tests;
    for (const auto& row : rows) status = graver(status, status_of(row.from_peers.finding));
    document.value("status", static_cast<int>(status));
    deliver(document, {"nodes", "node", rows, sentences, status, latest_start(launches)}, settings.output,
            settings.input.files);
    return status;
}

}  // namespace

Run add_nodes(Arguments& command) {
    const auto settings = std::make_shared<Settings>();
    add_input(command, settings->input, "Timing dumps of launches that ran on one node each");
    command.add_number("--margin", settings->margin, 1,
                       "How much slower a node may be; more where most of 8 or more nodes differ by more");
    command.add_flag("--all", settings->all, "Also show the nodes that are as fast as their peers");
    add_output(command, settings->output, monitoring_formats);
    command.set_footer(
        "Exit status: 0 no node is slower; 1 a node is slower, or its answers are wrong; 2 a file cannot be "
        "read, or there is only one node; 3 inconclusive: make more launches, at least 8 on each node, or a "
        "case ran on no node; 4 a node lacks cases that others ran, or they are of other hardware.");
    return [settings] { return compare_all(*settings); };
}

}  // namespace pacer::timings
