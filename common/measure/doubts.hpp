// What makes a launch's own times doubtful, said aloud.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/measure/record.hpp"
#include "common/measure/run.hpp"

namespace pacer {

inline constexpr std::int64_t fewest_repeats = 10;  // unless the time is used up

// The median is known to 2 %: what repeats are made for.
bool known_well(const Record& record);

// One sentence a kind of doubt, naming the variants it concerns: a cold first execution, drift, correlation
// between neighbouring repeats, two modes, a time below the limit, a median not yet known, few repeats,
// batches. `stopped`: the run was cut by a signal.
std::vector<std::string> doubts(const std::vector<Record>& records, const RunOptions& options,
                                bool stopped = false);

}  // namespace pacer
