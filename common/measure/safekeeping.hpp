// The launch as it was a moment ago, for whoever has to save it while the main thread is busy.
#pragma once

#include <optional>

#include "common/measure/record.hpp"

namespace pacer::safekeeping {

// Keeps a copy, whose records are taken from `records`. Does nothing if the last one is too young: keeping
// takes 2 % of the time at most. Thread-safe.
void keep(const Launch& launch, const std::vector<const Record*>& records);

// The latest copy, whose cases without a repeat say that a signal came before; none if nothing was kept.
std::optional<Launch> latest();

}  // namespace pacer::safekeeping
