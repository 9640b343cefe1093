// A delivering run by segments: every rank but 0 reads the input itself, and writes its share of the results.
#pragma once

#include "apps/fileio/delivery/deliver.hpp"

namespace pacer::fileio {

// Like deliver(), with the same results, byte for byte. What is done is kept in a log of each rank
// (segment_log.hpp); rank 0's own journal says only which run they are of, and that it is under way.
ExitStatus deliver_segments(const Team& world, const Threads& threads, const Settings& settings,
                            const Delivery& delivery, Watch& watch);

}  // namespace pacer::fileio
