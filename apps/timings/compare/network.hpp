// Which node, link or switch of a network is slower than its peers, by the exchanges of all pairs of nodes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apps/timings/compare/peers.hpp"

namespace pacer::timings {

enum class Part { link, node, rank, network_switch };

std::string_view name_of(Part part);  // "link", "node", "rank", "switch"

// One case in one part of the network. Its time is that of its links: of a link its own, of a node their
// median, of a switch the lower quartile of those with one end below it, which is slow only if nearly all
// are.
struct PartRow {
    Part part = Part::link;
    std::string name;
    Difference from_peers;
};

// What a case is like over all.
struct NetworkFigure {
    CaseKey key;
    double seconds = 0;           // of the median link, or of a call of all players together
    double bytes_per_second = 0;  // of one end
    std::string slowest;          // link; empty of calls of all
    double slowest_seconds = 0;
};

struct Network {
    std::vector<NetworkFigure> figures;
    std::vector<PartRow> rows;
    std::int64_t players = 0, links = 0, of_links = 0;  // links that were tried, of so many
};

// The fewest whose links tell a slow node from a slow link: of three, two slow links may be either.
inline constexpr std::int64_t fewest_players = 4;

// The suspects by size: a switch whose links are slow explains these, and they are not held against the nodes
// at their ends; the remaining links of a slow node not against their other ends; only then are links
// compared with those they share an end with. The times of links that lead as far, by the switches above
// their ends, are relative to those of each other. Switches need two others of their level. Holm's correction
// is for all rows. Where answers were wrong, the players at which they arrived have FAILED. Throws UsageError
// if no launch is of pairs.
Network compare_network(const std::vector<Launch>& launches, double margin,
                        const std::vector<std::string>& only);

}  // namespace pacer::timings
