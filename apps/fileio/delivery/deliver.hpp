// A delivering run: every record once, the results in files, nothing lost when it is cut.
#pragma once

#include "apps/fileio/delivery/results.hpp"
#include "apps/fileio/flow/watch.hpp"
#include "apps/fileio/input.hpp"
#include "common/parallel/team.hpp"
#include "common/placement/placement.hpp"

namespace pacer::fileio {

struct Delivery {
    ResultsTarget target;
    bool resume = false;
    bool segments = false;        // ranks read the input themselves: see deliver_segments()
    double deadline_seconds = 0;  // after which it stops in good order; 0: none
    bool quiet = false, progress = false;
};

// What to do after a launch that did not come to a good end, to be said behind the reason.
std::string advice_after_death(const Delivery& delivery);

// Collective; throws UsageError.
ExitStatus deliver(const Team& world, const Threads& threads, const Settings& settings,
                   const Delivery& delivery, Watch& watch);

}  // namespace pacer::fileio
