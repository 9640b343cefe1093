#include "apps/timings/compare/network_parts.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

using Names = std::set<std::string>;

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

// Divides each time by what links that lead as far take, and multiplies it by what all take. Those whose
// times are explained do not say what is typical, if there are others.
template <class IsExplained>
Links leveled(Links links, const Switches& switches, const IsExplained& is_explained) {
    constexpr double typical = 0.25;  // more links are right than wrong, but not of a small machine
    std::map<std::size_t, std::vector<double>> classes, explained;
    std::vector<double> all;
    for (const auto& [link, seconds] : links) {
        (is_explained(link) ? explained : classes)[shared(switches, link)].push_back(seconds);
        all.push_back(seconds);
    }
    classes.merge(explained);
    if (classes.size() < 2) return links;
    const double usual = quantile(all, typical);
    for (auto& [link, seconds] : links) seconds *= usual / quantile(classes[shared(switches, link)], typical);
    return links;
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
    // With times that do not depend on how far the links lead; those of slow parts are explained.
    LinkCase leveled_case(const Names& slow_players) const {
        auto made = case_;
        for (auto& launch : made.launches) {
            launch.links = leveled(std::move(launch.links), switches_, [&](const Link& link) {
                return slow_players.contains(link.first) || slow_players.contains(link.second) ||
                       crosses_any(switches_, link, slow_switches_);
            });
        }
        return made;
    }

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
        const auto all = leveled_case({});
        for (const auto& [depth, switches] : levels) {
            if (switches.size() < fewest_switches) continue;
            Alike alike;
            for (const auto& [name, nodes] : switches) {
                if (nodes < 2) continue;  // it cannot be told from its node
                alike[name] = case_with(all, [&, switch_name = name](const Links& links) {
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
            const auto all = leveled_case(slow);
            Alike alike;
            for (const auto& player : players_) {
                alike[player] = case_with(all, [&](const Links& links) {
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
        const auto all = leveled_case(slow_players_);
        Alike alike;
        std::map<std::string, Link> by_name;
        for (const auto& link : links_) {
            if (slow_players_.contains(link.first) || slow_players_.contains(link.second)) continue;
            if (crosses_any(switches_, link, slow_switches_)) continue;
            by_name[name_of(link)] = link;
            alike[name_of(link)] = case_with(all, [&, wanted = link](const Links& links) {
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

}  // namespace

std::string_view name_of(Part part) {
    constexpr std::array<std::string_view, 4> names = {"link", "node", "rank", "switch"};
    return names.at(static_cast<std::size_t>(part));
}

std::vector<PartRow> slow_parts(const LinkCase& one, const Switches& switches, Part players, double margin) {
    return Search(one, switches, players, margin).rows();
}

}  // namespace pacer::timings
