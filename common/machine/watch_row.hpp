// A node at one time of a launch.
#pragma once

#include <limits>
#include <string>

namespace pacer {

struct WatchRow {
    std::string host;
    double at_seconds = 0;  // since the launch began to watch
    double others_cpu = 0,
           steal = 0;  // what others and the hypervisor took of its CPU time since the row before, 0 to 1
    double frequency =
        std::numeric_limits<double>::quiet_NaN();  // Hz of the core that its leader was on; NaN: unknown
    double load = 0;                               // mean over a minute
};

}  // namespace pacer
