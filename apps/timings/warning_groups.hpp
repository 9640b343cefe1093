// The warnings of several launches, each told once.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "common/measure/record.hpp"

namespace pacer::timings {

// A warning of several launches, each mention of it in other words only as far as numbers and variants go.
struct WarningGroup {
    std::string sentence;  // numbers that differ as ranges: "others took 12..35 % of this host's CPU time"
    std::size_t launches = 0;
    std::vector<std::pair<std::string, std::size_t>> variants;  // concerned, and in how many launches
};

// The most frequent first.
std::vector<WarningGroup> warning_groups(const std::vector<Launch>& launches);

}  // namespace pacer::timings
