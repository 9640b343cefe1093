#include "apps/timings/compare/network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "common/base/status.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

using Names = std::set<std::string>;

// The launches of a case that were right, with the times of their links.
LinkCase read_links(const Case& one) {
    LinkCase made{one.key, {}};
    for (const auto& launch : one.launches) {
        if (launch.record->failed()) continue;
        made.launches.push_back({launch, link_seconds(*launch.launch, *launch.record)});
    }
    return made;
}

// Ranks, whose names no switch is above, or nodes.
Part part_played_by(const Record& record) {
    return who_plays(record) == "ranks" ? Part::rank : Part::node;
}

void add_failures(std::vector<PartRow>& rows, const Case& one) {
    std::map<std::string, int> launches_by_player;
    for (const auto& launch : one.launches) {
        if (!launch.record->failed()) continue;
        auto players = wrong_at(*launch.launch, *launch.record);
        if (players.empty()) players = {"(unknown)"};
        for (const auto& player : players) ++launches_by_player[player];
    }
    for (const auto& [player, launches] : launches_by_player) {
        PartRow row{part_played_by(*one.launches.front().record), player, {}};
        row.from_peers.key = one.key;
        row.from_peers.finding = Finding::failed;
        row.from_peers.note =
            fmt::format("what arrived there was wrong in {} of {} launches", launches, one.launches.size());
        rows.push_back(std::move(row));
    }
}

double median_over(const Case& one, double (*value)(const CaseLaunch&)) {
    std::vector<double> values;
    for (const auto& launch : one.launches) values.push_back(value(launch));
    return median(values);
}

NetworkFigure figure_of(const Case& one) {
    NetworkFigure figure{one.key, 0, 0, "", 0};
    const double bytes =
        median_over(one, [](const CaseLaunch& its) { return static_cast<double>(its.record->work.bytes); });
    if (is_of_pairs(*one.launches.front().record)) {
        std::map<Link, std::vector<double>> by_link;
        for (const auto& launch : one.launches) {
            for (const auto& [link, seconds] : link_seconds(*launch.launch, *launch.record))
                by_link[link].push_back(seconds);
        }
        std::vector<double> medians;
        for (const auto& [link, seconds] : by_link) {
            medians.push_back(median(seconds));
            if (medians.back() <= figure.slowest_seconds) continue;
            figure.slowest = name_of(link);
            figure.slowest_seconds = medians.back();
        }
        figure.seconds = median(medians);
    } else {
        figure.seconds = median(one.medians());
    }
    figure.bytes_per_second = one.key.variant == "latency" ? 0 : bytes / figure.seconds;
    return figure;
}

Switches all_switches(const std::vector<Launch>& launches) {
    Switches all;
    for (const auto& launch : launches) all.merge(switches_of(launch));
    return all;
}

// How many links there are, and how many of them were tried.
void count_links(Network& network, const std::vector<LinkCase>& cases) {
    Names players;
    std::set<Link> links;
    for (const auto& one : cases) {
        for (const auto& launch : one.launches) {
            for (const auto& [link, seconds] : launch.links) {
                links.insert(link);
                players.insert({link.first, link.second});
            }
        }
    }
    network.players = std::ssize(players);
    network.links = std::ssize(links);
    network.of_links = network.players * (network.players - 1) / 2;
}

}  // namespace

Network compare_network(const std::vector<Launch>& launches, double margin,
                        const std::vector<std::string>& only) {
    const auto switches = all_switches(launches);
    Network network;
    std::vector<LinkCase> of_pairs;
    for (const auto& one : select(cases_of(launches), only)) {
        if (one.launches.empty()) continue;
        const auto& record = *one.launches.front().record;
        if (!is_of_pairs(record) && !is_of_all_players(record)) continue;
        const bool of_ranks = part_played_by(record) == Part::rank;
        if (!network.figures.empty() && of_ranks != network.of_ranks)
            throw UsageError("some launches paired nodes and some paired ranks: give those of one kind");
        network.of_ranks = of_ranks;
        network.figures.push_back(figure_of(one));
        add_failures(network.rows, one);
        if (!is_of_pairs(record)) continue;
        of_pairs.push_back(read_links(one));
        for (auto& row : slow_parts(of_pairs.back(), switches, part_played_by(record), margin))
            network.rows.push_back(std::move(row));
    }
    if (of_pairs.empty())
        throw UsageError("no launch has exchanges in pairs: they are measured by overhead --pairs");
    count_links(network, of_pairs);
    std::vector<Difference*> differences;
    for (auto& row : network.rows) differences.push_back(&row.from_peers);
    settle_by_holm(differences);
    return network;
}

}  // namespace pacer::timings
