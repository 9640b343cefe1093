// Comparing the nodes of a machine: the launches that each made by itself, with those of its peers.
#pragma once

#include <string>
#include <vector>

#include "apps/timings/compare/peers.hpp"

namespace pacer::timings {

// A row a case and node: the cases in the order of their first appearance, in each the nodes by name,
// compared with their peers, which are all other nodes. Holm's correction is for all rows. Throws UsageError
// for a launch on several nodes, and if there is one node only.
std::vector<PeerRow> compare_nodes(const std::vector<Launch>& launches, double margin,
                                   const std::vector<std::string>& only);

}  // namespace pacer::timings
