#include "common/base/clock.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <stdexcept>

namespace pacer {

namespace {

const double start_seconds = now_seconds();

}  // namespace

double seconds_since_launch() {
    return now_seconds() - start_seconds;
}

ClockQuality measure_clock() {
    constexpr std::int64_t fewest_readings = 2000, most_readings = std::int64_t{1} << 30;
    constexpr int fewest_steps = 3, enough_steps = 5;
    constexpr double long_seconds = 0.02;
    double smallest = std::numeric_limits<double>::infinity();
    const double start = now_seconds();
    double before = start;
    std::int64_t readings = 0;
    // Some clocks stand still for thousands of readings; a step during which this process had no core is
    // none.
    for (int steps = 0; readings < fewest_readings || steps < fewest_steps ||
                        (steps < enough_steps && before - start < long_seconds);
         ++readings) {
        if (readings == most_readings)
            throw std::runtime_error("this host's clock (CLOCK_MONOTONIC) does not advance");
        const double now = now_seconds();
        if (now > before) {
            smallest = std::min(smallest, now - before);
            ++steps;
        }
        before = now;
    }
    return {smallest, (before - start) / static_cast<double>(readings)};
}

double shortest_told_seconds() {
    static const double seconds = 100 * measure_clock().resolution_seconds;
    return seconds;
}

}  // namespace pacer
