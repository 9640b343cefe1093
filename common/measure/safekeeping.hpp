// A recent copy of the launch, for a thread that has to save it while the main thread is busy.
#pragma once

#include <optional>

#include "common/measure/record.hpp"

namespace pacer::safekeeping {

// Keeps a copy with these records. Does nothing if the last copy is too recent: keeping copies takes at most
// 2 % of the time. Thread-safe.
void keep(const Launch& launch, const std::vector<const Record*>& records);

// The latest copy, in which cases without a repeat say that a signal came before; none if nothing was kept.
std::optional<Launch> latest();

}  // namespace pacer::safekeeping
