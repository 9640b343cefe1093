#include "common/measure/disturbance.hpp"

#include <algorithm>
#include <cmath>

namespace pacer {

namespace {

// The cores that its widest case keeps busy on the watched host, which is rank 0's in older dumps.
double cores_of(const Launch& launch) {
    int ranks_there = 0;
    for (const auto& place : launch.placement) {
        const auto watched = fact(launch.environment, "watched_host", launch.placement.front().host);
        ranks_there += place.host == watched ? 1 : 0;
    }
    double cores = 1;
    for (const auto& record : launch.records) {
        const int ranks = ranks_there > 0 ? std::min(record.ranks, ranks_there) : record.ranks;
        cores = std::max(cores, 1.0 * ranks * record.threads);
    }
    return cores;
}

}  // namespace

double disturbance(const Launch& launch) {
    const auto number = [&](const char* name) { return number_in(launch.environment, name).value_or(0); };
    const double all = number("cpu_seconds"), cpus = number("hardware_threads");
    const double lost = number("others_cpu_seconds") + number("steal_seconds");
    if (!(all > 0) || !(lost > 0)) return 0;
    return lost / all * std::max(1.0, cpus / cores_of(launch));
}

}  // namespace pacer
