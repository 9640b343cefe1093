// Comparing the nodes of a machine: the launches that each made by itself, with those of its peers.
#pragma once

#include <string>
#include <vector>

#include "apps/timings/compare/difference.hpp"

namespace pacer::timings {

// One case on one node, and how it differs there from the case on the node's peers.
struct NodeRow {
    std::string node;
    Difference from_peers;
};

// A row a case and node: the cases in the order of their first appearance, in each the nodes by name. The
// peers of a node are all other nodes but those that are slower than theirs: nobody is fast for having a slow
// neighbour. The margin is `margin`, or more where the launches of a typical node differ by more, or where
// most of 8 or more nodes do; Holm's correction is for all rows. Throws UsageError for a launch on several
// nodes, and if there is one node only.
std::vector<NodeRow> compare_nodes(const std::vector<Launch>& launches, double margin,
                                   const std::vector<std::string>& only);

}  // namespace pacer::timings
