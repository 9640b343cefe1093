#include "common/measure/disturbance.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace pacer {

namespace {

// The cores that the widest case keeps busy on that host. A case of one rank runs on that of rank 0.
double cores_of(const Launch& launch, std::string_view host) {
    const auto& places = launch.placement;
    const bool unknown = places.empty();
    const auto there = static_cast<int>(
        std::count_if(places.begin(), places.end(), [&](const Place& place) { return place.host == host; }));
    double cores = 1;
    for (const auto& record : launch.records) {
        const int most = record.ranks == 1 && !unknown && places.front().host != host ? 0 : there;
        cores =
            std::max(cores, 1.0 * (unknown ? record.ranks : std::min(record.ranks, most)) * record.threads);
    }
    return cores;
}

double disturbance_of(const Launch& launch, std::string_view host, const Facts& facts) {
    const auto number = [&](const char* name) { return number_in(facts, name).value_or(0); };
    const double all = number("cpu_seconds"), cpus = number("hardware_threads");
    const double lost = number("others_cpu_seconds") + number("steal_seconds");
    if (!(all > 0) || !(lost > 0)) return 0;
    return lost / all * std::max(1.0, cpus / cores_of(launch, host));
}

}  // namespace

double disturbance(const Launch& launch) {
    if (launch.hosts.empty()) {
        const auto host = launch.placement.empty() ? std::string() : launch.placement.front().host;
        return disturbance_of(launch, host, launch.environment);
    }
    double worst = 0;
    for (const auto& [host, facts] : launch.hosts)
        worst = std::max(worst, disturbance_of(launch, host, facts));
    return worst;
}

}  // namespace pacer
