// How the environments of launches differ: between two sides, and within one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/timings/compare/launch_facts.hpp"
#include "common/measure/record.hpp"

namespace pacer::timings {

// The hosts of all launches, each set once, by name: "node1; node2,node3".
std::string hosts_of(const std::vector<Launch>& launches);

// What the launches of each side have in common and the two sides do not: "compiler: a -> b"; of one program
// among several, "reduce: program_hash: a -> b". What varies from launch to launch anyway (times, load, ids,
// ...) is left out, but the clock rate of busy cores, by its medians. More than a few facts that one side
// alone has are named in one line: it was made by another version.
std::vector<std::string> differences(const std::vector<Launch>& base, const std::vector<Launch>& candidate);

// What launches of one program on one side do not have in common though they should: "commit within the
// baseline: a (6 launches), b (4 launches)". `side` is "the baseline". Without `hosts` these may differ.
std::vector<std::string> mixtures(const std::vector<Launch>& launches, std::string_view side,
                                  bool hosts = true);

}  // namespace pacer::timings
