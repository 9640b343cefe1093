// Whether two sides are the same tests at all, whatever their times.
#pragma once

#include <string>
#include <vector>

#include "common/measure/record.hpp"

namespace pacer::timings {

// Why they are not, a line each: other hardware (processor, cores, memory by more than a hundredth), a number
// of ranks or nodes that only the baseline has, quick launches against full ones. What is not known of a side
// tells nothing.
std::vector<std::string> other_tests(const std::vector<Launch>& base, const std::vector<Launch>& candidate);

// What the nodes of these launches, one each, have of different hardware: "memory_bytes: 256.0 GiB on node1,
// node2; 128.0 GiB on node3".
std::vector<std::string> other_nodes(const std::vector<Launch>& launches);

}  // namespace pacer::timings
