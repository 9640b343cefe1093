// What launches of overhead --pairs tell of a network: what it does, and which part of it is slower or wrong.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "apps/timings/compare/network_parts.hpp"

namespace pacer::timings {

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
    bool of_ranks = false;                              // or of nodes
    std::int64_t players = 0, links = 0, of_links = 0;  // links that were tried, of so many
};

// The parts of the network in every case of pairs, see slow_parts(); Holm's correction is for all rows. Where
// answers were wrong, the players at which they arrived have FAILED, and the times of such launches do not
// count. Throws UsageError if no launch is of pairs.
Network compare_network(const std::vector<Launch>& launches, double margin,
                        const std::vector<std::string>& only);

}  // namespace pacer::timings
