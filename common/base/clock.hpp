// The clock: how it is read, and what it can tell.
#pragma once

#include <chrono>

namespace pacer {

// Monotonic seconds since an arbitrary start.
inline double now_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Seconds since this process began.
double seconds_since_launch();

struct ClockQuality {
    double resolution_seconds = 0;  // smallest step seen between two readings
    double overhead_seconds = 0;    // cost of one reading
};
// Waits for steps of the clock. Throws std::runtime_error if it stands still.
ClockQuality measure_clock();

// What this host's clock can tell to 1 %: a rate that is probed in less time is none.
double shortest_told_seconds();

}  // namespace pacer
