// Which node, link or switch of a network is slower than its peers, in one case: the times of all pairs.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "apps/timings/compare/link_times.hpp"
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

using Links = std::map<Link, double>;  // seconds

// A launch of a case, and what its links took.
struct LinkLaunch {
    CaseLaunch launch;
    Links links;
};

struct LinkCase {
    CaseKey key;
    std::vector<LinkLaunch> launches;
};

// Above each node, the outermost first; none is known of ranks.
using Switches = std::map<std::string, std::vector<std::string>>;

// The fewest whose links tell a slow node from a slow link: of three, two slow links may be either.
inline constexpr std::int64_t fewest_players = 4;

// The largest parts first: a switch whose links are slow explains these, and they are not held against the
// nodes at their ends; the links of a slow node are not held against their other ends; and only what is left
// is compared link by link, with those that share an end. Links that lead as far, by the switches above their
// ends, are held against each other. Switches need two others of their level. `players`: nodes or ranks.
std::vector<PartRow> slow_parts(const LinkCase& one, const Switches& switches, Part players, double margin);

}  // namespace pacer::timings
