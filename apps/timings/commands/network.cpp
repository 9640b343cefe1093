// timings network: is a node, a link or a switch slower than its peers?
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "apps/timings/commands/commands.hpp"
#include "apps/timings/commands/options.hpp"
#include "apps/timings/compare/environments.hpp"
#include "apps/timings/compare/network.hpp"
#include "common/base/units.hpp"

namespace pacer::timings {

namespace {

using Rows = std::vector<PartRow>;

struct Settings {
    Input input;
    double margin = 0.1;
    bool all = false;
    Output output;
};

std::string name_of(const PartRow& row) {
    const bool is_named = row.part == Part::rank;  // "rank 3"
    return is_named ? row.name : fmt::format("{} {}", name_of(row.part), row.name);
}

Table table_of(const std::vector<NetworkFigure>& figures, const std::vector<CaseKey>& keys) {
    using namespace unit;
    using F = NetworkFigure;
    const auto rate = [](const F& f) {
        return f.bytes_per_second > 0 ? Cell(f.bytes_per_second, format_rate(f.bytes_per_second, "B/s"))
                                      : Cell();
    };
    const std::vector<ColumnOf<F>> columns = {
        {"case", "case", text, [&](const F& f) { return name_of(f.key, keys); }},
        {"seconds", "median", seconds, &F::seconds},
        {"bytes_per_second", "rate", figure, rate},
        {"slowest_seconds", "slowest", seconds, &F::slowest_seconds},
        {"slowest", "link", text, &F::slowest},
    };
    return pacer::table_of(columns, figures);
}

Table table_of(const Rows& rows, const std::vector<CaseKey>& keys, const ShortNames& names) {
    auto columns = peer_columns<PartRow>();
    columns.insert(
        columns.begin(),
        {{"case", "", unit::text, [&](const PartRow& r) { return name_of(r.from_peers.key, keys); }},
         {"", "case", unit::text, [&](const PartRow& r) { return names.of(r.from_peers.key); }},
         {"part", "", unit::text, [](const PartRow& r) { return std::string(name_of(r.part)); }},
         {"name", "", unit::text, &PartRow::name},
         {"", "part", unit::text, [](const PartRow& r) { return name_of(r); }}});
    return pacer::table_of(columns, rows);
}

// There may be thousands of links: those that are merely undecided are counted, not shown.
bool is_for_people(const PartRow& row) {
    if (unremarkable(row.from_peers)) return false;
    return row.part != Part::link || row.from_peers.finding != Finding::inconclusive;
}

std::string sentences_of(const Network& network, const std::vector<PeerRow>& rows, const ShortNames& names) {
    std::size_t bad = 0;
    auto text = sentences_of_bad(rows, names, bad);
    const auto who = network.of_ranks ? "ranks" : "nodes";
    if (network.links < network.of_links) {
        text += fmt::format("A sample: {} of {} links were tried, and of the others nothing is known.\n",
                            network.links, network.of_links);
    }
    if (network.players < fewest_players) {
        text += network.links < 2
                    ? fmt::format("Of 2 {} there is one link: nothing to compare it with.\n", who)
                    : fmt::format(
                          "With {} {} a slow one cannot be told from slow links to it: take {} or more.\n",
                          network.players, who, fewest_players);
    }
    const auto unsure = std::count_if(network.rows.begin(), network.rows.end(), [](const PartRow& row) {
        return row.from_peers.finding == Finding::inconclusive;
    });
    text += fmt::format("{} {}, {}: {} slower or wrong", network.players, who,
                        counted(static_cast<std::size_t>(network.links), "link"),
                        bad == 0 ? "none" : std::to_string(bad));
    if (unsure > 0) text += fmt::format(", {} of {} comparisons inconclusive", unsure, network.rows.size());
    return text + ".\n";
}

ExitStatus look_at_all(const Settings& settings) {
    const auto launches = read_launches(settings.input.files, settings.input.dedupe);
    const auto network = compare_network(launches, settings.margin, settings.input.only);
    std::vector<CaseKey> keys;
    for (const auto& figure : network.figures) keys.push_back(figure.key);
    const ShortNames names(keys);
    auto shown = network.rows;
    if (settings.output.for_people() && !settings.all)
        std::erase_if(shown, [](const PartRow& row) { return !is_for_people(row); });
    Document document("timings network");
    document.list("environment", "differs", mixtures(launches, "the launches"));
    if (settings.output.is(Format::csv)) {
        document.table("rows", table_of(shown, keys, names));
    } else {
        document.table("figures", table_of(network.figures, keys));
        if (!shown.empty() || !settings.output.for_people())
            document.table("rows", table_of(shown, keys, names));
    }
    if (const auto hidden = network.rows.size() - shown.size(); hidden > 0) {
        document.text(
            fmt::format("as fast as their peers, or links of which nothing is certain: {} of {} "
                        "comparisons (--all shows them)",
                        hidden, network.rows.size()));
    }
    std::vector<PeerRow> rows;
    for (const auto& row : network.rows) rows.push_back({name_of(row), row.from_peers});
    const auto sentences = sentences_of(network, rows, names);
    document.sentence("sentences", sentences);
    auto status = network.links < 2 ? ExitStatus::inconclusive : ExitStatus::right;
    for (const auto& row : network.rows) status = graver(status, status_of(row.from_peers.finding));
    document.value("status", static_cast<int>(status));
    deliver(document, {"network", "part", rows, sentences, status, latest_start(launches)}, settings.output,
            settings.input.files);
    return status;
}

}  // namespace

Run add_network(Arguments& command) {
    const auto settings = std::make_shared<Settings>();
    add_input(command, settings->input, "Timing dumps of launches of overhead --pairs on the same nodes");
    command.add_number("--margin", settings->margin, 100,
                       "How much slower a part may be; more where most of 8 or more parts differ by more");
    command.add_flag("--all", settings->all, "Also show the parts that are as fast as their peers");
    add_output(command, settings->output, monitoring_formats);
    command.set_footer(
        "Exit status: 0 nothing is slower; 1 a node, link or switch is slower, or what arrived was wrong; 2 "
        "a "
        "file cannot be read, or no launch is of pairs; 3 inconclusive: make more launches, at least 8, or "
        "there are only two nodes.");
    return [settings] { return look_at_all(*settings); };
}

}  // namespace pacer::timings
