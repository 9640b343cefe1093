#include "common/measure/stopping.hpp"

#include <algorithm>

#include "common/measure/statistics.hpp"

namespace pacer {

namespace {

constexpr double wanted_half_width = 0.02;  // of the interval of the median, relative to it
constexpr double sure_half_width = 0.01;
constexpr std::int64_t further_repeats = 2 * block_of_repeats;

// The half-width of the 95 % interval of the median, relative to the median; from 6 repeats.
double half_width(std::span<const double> seconds) {
    const auto interval = median_interval(seconds);
    return (interval->high - interval->low) / 2 / median(seconds);
}

}  // namespace

bool StoppingRule::is_enough(std::span<const double> seconds) {
    if (was_narrow_) return true;
    const auto repeats = std::ssize(seconds);
    const double width = half_width(seconds);
    if (width <= sure_half_width) return true;
    was_narrow_ = width <= wanted_half_width;
    // Sorting all of many repeats every 5 would take longer than short work.
    next_look_ = repeats + (was_narrow_ ? further_repeats
                                        : std::max(block_of_repeats,
                                                   repeats / 10 / block_of_repeats * block_of_repeats));
    return false;
}

bool known_well(const Record& record) {
    if (record.stopped_by == StoppedBy::converged) return true;
    if (static_cast<std::int64_t>(record.repeats()) < fewest_repeats) return false;
    return half_width(record.repeat_seconds()) <= wanted_half_width;
}

}  // namespace pacer
