// Different builds of a program are different programs, whose times nobody wants pooled.
#pragma once

#include <string>
#include <vector>

#include "common/measure/record.hpp"

namespace pacer::timings {

// Where launches are of several builds of their program (version, commit, modified tree, hash of the
// executable), each of their cases gets a parameter more, "build", which makes different cases of them.
// Returns a line for each such program: "reduce: 7b8711c6d6, 7b8711c6d6 modified".
std::vector<std::string> separate_builds(std::vector<Launch>& launches);

}  // namespace pacer::timings
