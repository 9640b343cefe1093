// Whether all ranks were started alike: ranks with other options, or of another program, would wait for each
// other for ever.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "common/parallel/team.hpp"

namespace pacer {

// What a rank was started as.
struct Start {
    std::string program;  // name, version and commit
    std::string refusal;  // why its command line is refused; empty: it is not
    std::vector<std::pair<std::string, std::string>> options;  // by name, with the values as given
};

// The sentence that names what differs, and on which ranks. Empty if nothing does.
std::string disagreement(std::span<const Start> ranks);

// To be called before anything else that is collective. Throws UsageError on every rank if the ranks were not
// started alike, or if their command line is refused. Collective.
void agree(const Team& world, const Start& start);

}  // namespace pacer
