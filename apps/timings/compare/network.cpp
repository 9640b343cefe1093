#include "apps/timings/compare/network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "apps/timings/compare/link_times.hpp"
#include "common/base/status.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

using Names = std::set<std::string>;
using Switches = std::map<std::string, std::vector<std::string>>;  // above each node, the outermost first
using Links = std::map<Link, double>;                              // seconds

// A launch of a case, and what its links took.
struct LinkLaunch {
    CaseLaunch launch;
    Links links;
};

struct LinkCase {
    CaseKey key;
    std::vector<LinkLaunch> launches;
};

bool leads_to(const Link& link, const std::string& player) {
    return link.first == player || link.second == player;
}

bool is_below(const Switches& switches, const std::string& node, const std::string& name) {
    const auto above = switches.find(node);
    return above != switches.end() &&
           std::find(above->second.begin(), above->second.end(), name) != above->second.end();
}

bool crosses(const Switches& switches, const Link& link, const std::string& name) {
    return is_below(switches, link.first, name) != is_below(switches, link.second, name);
}

bool crosses_any(const Switches& switches, const Link& link, const Names& names) {
    return std::any_of(names.begin(), names.end(),
                       [&](const auto& name) { return crosses(switches, link, name); });
}

// How many switches two nodes share: links that share as many lead as far.
std::size_t shared(const Switches& switches, const Link& link) {
    const auto a = switches.find(link.first), b = switches.find(link.second);
    if (a == switches.end() || b == switches.end()) return 0;
    const auto &one = a->second, &other = b->second;
    const auto end = std::mismatch(one.begin(), one.end(), other.begin(), other.end());
    return static_cast<std::size_t>(end.first - one.begin());
}

// Divides each time by what links that lead as far take, and multiplies it by what all take.
void level(Links& links, const Switches& switches) {
    if (switches.empty()) return;
    constexpr double typical = 0.25;  // more links are right than wrong, but not of a small machine
    std::map<std::size_t, std::vector<double>> classes;
    std::vector<double> all;
    for (const auto& [link, seconds] : links) {
        classes[shared(switches, link)].push_back(seconds);
        all.push_back(seconds);
    }
    if (classes.size() < 2) return;
    const double usual = quantile(all, typical);
    for (auto& [link, seconds] : links) seconds *= usual / quantile(classes[shared(switches, link)], typical);
}

// The case of which the launches took so long; without those of which `seconds_of(links)` tells nothing.
template <class SecondsOf>
Case case_with(const LinkCase& all, const SecondsOf& seconds_of) {
    Case made{all.key, {}, {}, 0};
    for (const auto& [launch, links] : all.launches) {
        const auto seconds = seconds_of(links);
        if (seconds.empty()) continue;
        made.launches.push_back(launch);
        made.launches.back().median_seconds = seconds.front();
    }
    return made;
}

// The quantile over the links that are wanted, if there are any.
template <class IsWanted>
std::vector<double> over(const Links& links, double p, const IsWanted& is_wanted) {
    std::vector<double> seconds;
    for (const auto& [link, its] : links) {
        if (is_wanted(link)) seconds.push_back(its);
    }
    return seconds.empty() ? seconds : std::vector{quantile(seconds, p)};
}

// Compares the parts of one case, the largest first.
class Search {
  public:
    Search(const LinkCase& one, const Switches& switches, Part players, double margin)
        : case_(one), switches_(switches), part_of_players_(players), margin_(margin) {
        for (const auto& launch : one.launches) {
            for (const auto& [link, seconds] : launch.links) {
                links_.insert(link);
                players_.insert({link.first, link.second});
            }
        }
    }

    std::vector<PartRow> rows() {
        compare_switches();
        if (std::ssize(players_) >= fewest_players) compare_players();
        if (links_.size() > 1) compare_links();
        return std::move(rows_);
    }

  private:
    void add(Part part, std::vector<PeerRow> rows) {
        for (auto& row : rows) {
            if (row.from_peers.finding == Finding::not_compared) continue;  // all its links are explained
            rows_.push_back({part, std::move(row.name), std::move(row.from_peers)});
        }
    }

    // Level by level, the outermost first.
    void compare_switches() {
        std::map<std::size_t, std::map<std::string, int>> levels;
        for (const auto& player : players_) {
            const auto above = switches_.find(player);
            if (above == switches_.end()) continue;
            for (std::size_t depth = 0; depth < above->second.size(); ++depth)
                ++levels[depth][above->second[depth]];
        }
        constexpr std::size_t fewest_switches = 3;
        for (const auto& [depth, switches] : levels) {
            if (switches.size() < fewest_switches) continue;
            Alike alike;
            for (const auto& [name, nodes] : switches) {
                if (nodes < 2) continue;  // it cannot be told from its node
                alike[name] = case_with(case_, [&, switch_name = name](const Links& links) {
                    return over(links, 0.25,
                                [&](const Link& link) { return crosses(switches_, link, switch_name); });
                });
            }
            if (alike.size() < 2) continue;
            const auto given = [&](const Names& slow) { return compare_with_peers(alike, slow, margin_); };
            add(Part::network_switch, slowest_first(slow_switches_, given));
        }
    }

    // The links of a slow player are left out of what others take, as far as these have others.
    void compare_players() {
        const auto rows_given = [&](const Names& slow) {
            Alike alike;
            for (const auto& player : players_) {
                alike[player] = case_with(case_, [&](const Links& links) {
                    const auto its = [&](const Link& link) {
                        return leads_to(link, player) && !crosses_any(switches_, link, slow_switches_);
                    };
                    auto seconds = over(links, 0.5, [&](const Link& link) {
                        return its(link) && !slow.contains(link.first == player ? link.second : link.first);
                    });
                    return seconds.empty() ? over(links, 0.5, its) : seconds;
                });
            }
            std::erase_if(alike, [](const auto& one) { return one.second.launches.empty(); });
            return compare_with_peers(alike, slow, margin_);
        };
        add(part_of_players_, slowest_first(slow_players_, rows_given));
    }

    void compare_links() {
        Alike alike;
        std::map<std::string, Link> by_name;
        for (const auto& link : links_) {
            if (slow_players_.contains(link.first) || slow_players_.contains(link.second)) continue;
            if (crosses_any(switches_, link, slow_switches_)) continue;
            by_name[name_of(link)] = link;
            alike[name_of(link)] = case_with(case_, [&, wanted = link](const Links& links) {
                const auto found = links.find(wanted);
                return found == links.end() ? std::vector<double>{} : std::vector{found->second};
            });
        }
        const auto share_an_end = [&](const std::string& a, const std::string& b) {
            const auto& [first, second] = by_name.at(b);
            return leads_to(by_name.at(a), first) || leads_to(by_name.at(a), second);
        };
        Names slow;
        const auto given = [&](const Names& known) {
            return compare_with_peers(alike, known, margin_, share_an_end);
        };
        add(Part::link, slowest_first(slow, given));
    }

    const LinkCase& case_;
    const Switches& switches_;
    Part part_of_players_;
    double margin_;
    std::set<Link> links_;
    Names players_, slow_switches_, slow_players_;
    std::vector<PartRow> rows_;
};

// The launches of a case that were right, with the times of their links.
LinkCase read_links(const Case& one, const Switches& switches) {
    LinkCase made{one.key, {}};
    for (const auto& launch : one.launches) {
        if (launch.record->failed()) continue;
        auto links = link_seconds(*launch.launch, *launch.record);
        level(links, switches);
        made.launches.push_back({launch, std::move(links)});
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

std::string_view name_of(Part part) {
    constexpr std::array<std::string_view, 4> names = {"link", "node", "rank", "switch"};
    return names.at(static_cast<std::size_t>(part));
}

Network compare_network(const std::vector<Launch>& launches, double margin,
                        const std::vector<std::string>& only) {
    const auto switches = all_switches(launches);
    Network network;
    std::vector<LinkCase> of_pairs;
    for (const auto& one : select(cases_of(launches), only)) {
        if (one.launches.empty()) continue;
        const auto& record = *one.launches.front().record;
        if (!is_of_pairs(record) && !is_of_all_players(record)) continue;
        network.figures.push_back(figure_of(one));
        add_failures(network.rows, one);
        if (!is_of_pairs(record)) continue;
        of_pairs.push_back(read_links(one, switches));
        Search search(of_pairs.back(), switches, part_played_by(record), margin);
        for (auto& row : search.rows()) network.rows.push_back(std::move(row));
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
