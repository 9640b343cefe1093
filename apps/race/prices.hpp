// What a launch says of the price of each cure, and of races that did not take place.
#pragma once

#include <string>
#include <vector>

#include "common/measure/record.hpp"

namespace pacer::race {

// A table a problem: nanoseconds per increment of every variant that was run, as a multiple of those of the
// baseline and of the racy variant, and the updates lost. Dearest first.
std::string prices(const Launch& launch);

// A doubt of each racy variant of several workers that lost nothing in any repeat: luck, since nothing
// kept it from losing. None if there was nothing to lose: one increment alone meets no other.
std::vector<Doubt> lucky_races(const Launch& launch);

}  // namespace pacer::race
