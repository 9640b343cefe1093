// Different builds of a program are different programs, whose times nobody wants pooled.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/measure/record.hpp"

namespace pacer::timings {

// Where launches are of several builds of their program (version, commit, modified tree, hash of the
// executable), each of their cases gets a parameter more, "build", which makes different cases of them.
// Returns a line for each such program: "reduce: 7b8711c6d6, 7b8711c6d6 modified".
std::vector<std::string> separate_builds(std::vector<Launch>& launches);

// Builds among `launches` that `known` lacks though it has their program: "reduce: bbbb, not aaaa".
std::optional<std::string> foreign_builds(const std::vector<Launch>& launches,
                                          const std::vector<Launch>& known);

}  // namespace pacer::timings
