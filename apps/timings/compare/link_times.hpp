// What a launch of the problem pairs of overhead tells of each link: whose exchanges its times are.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/measure/record.hpp"

namespace pacer::timings {

using Link = std::pair<std::string, std::string>;  // two nodes, or two ranks; the first name sorts first

std::string name_of(const Link& link);  // "node1 - node2"

// Whether the record is of exchanges in pairs, or of all players of a tournament together.
bool is_of_pairs(const Record& record);
bool is_of_all_players(const Record& record);

// "nodes" or "ranks".
std::string who_plays(const Record& record);

// The name of the node of each player, or "rank 3", in the order of their numbers. Throws UsageError if the
// launch does not know them.
std::vector<std::string> players_of(const Launch& launch, const Record& record);

// The seconds of an exchange of each pair that met, in its slower direction; the median of the repeats.
// Throws UsageError, naming the launch, for a record of pairs that does not tell its rounds apart.
std::map<Link, double> link_seconds(const Launch& launch, const Record& record);

// The players at which elements arrived wrong, if the record says where.
std::vector<std::string> wrong_at(const Launch& launch, const Record& record);

// The switches above each node of the launch, the outermost first: "s0.s3.node7" in SLURM_TOPOLOGY_ADDR
// is a node below s3 below s0. Empty unless all nodes know, each of itself.
std::map<std::string, std::vector<std::string>> switches_of(const Launch& launch);

}  // namespace pacer::timings
