// What tables can be those of launches: facts, ranks, limits, and what was seen of the nodes.
#include <cmath>
#include <set>
#include <string>
#include <utility>

#include "io/dump/check.hpp"

namespace pacer::dump {

namespace {

void check_ids(const std::vector<LaunchRow>& launches) {
    std::string_view before;
    for (const auto& launch : launches) {
        if (launch.id.empty() || launch.id <= before)
            refuse("launch '{}' is there twice, or out of order", launch.id);
        before = launch.id;
    }
}

// The facts of the launch first, then those of each of its nodes.
void check_hosts(const std::vector<FactRow>& facts) {
    std::set<std::pair<std::int64_t, std::string>> seen;
    const FactRow* before = nullptr;
    for (const auto& row : facts) {
        const bool new_host = before == nullptr || row.launch != before->launch || row.host != before->host;
        if (new_host &&
            ((before != nullptr && before->kind == "s+") || !seen.insert({row.launch, row.host}).second ||
             (row.host.empty() && before != nullptr && before->launch == row.launch)))
            refuse("table facts has the facts of {} in several places",
                   row.host.empty() ? std::string("a launch") : row.host);
        before = &row;
    }
}

void check_limits(const Tables& tables) {
    keys("limits", tables.limits, &LimitRow::launch, tables.launches.size());
    for (const auto& row : tables.limits) {
        range("limits", "number of ranks", row.ranks, 1, most_small);
        range("limits", "number of threads", row.threads, 1, most_small);
        range("limits", "number of bytes", row.bytes, 0);
        if (!std::isfinite(row.rate) || row.rate <= 0)
            refuse("table limits has a rate of {}, which is impossible", row.rate);
    }
}

void check_watch(const Tables& tables) {
    keys("watch", tables.watch, &SeenRow::launch, tables.launches.size());
    for (const auto& row : tables.watch) {
        if (!std::isfinite(row.at_seconds) || row.at_seconds < 0)
            refuse("table watch has {} at {} seconds, which is not a time", row.host, row.at_seconds);
        for (const double part : {row.others_cpu, row.steal}) {
            if (!(part >= 0 && part <= 1))
                refuse("table watch has a part of {}, which is not from 0 to 1", part);
        }
        if (row.frequency <= 0 || std::isinf(row.frequency) || !std::isfinite(row.load) || row.load < 0)
            refuse("table watch has a frequency of {} and a load of {}, which is impossible", row.frequency,
                   row.load);
    }
}

}  // namespace

void check_launches(const Tables& tables) {
    check_ids(tables.launches);
    keys("facts", tables.facts, &FactRow::launch, tables.launches.size());
    check_values("facts", tables.facts, &FactRow::launch);
    check_hosts(tables.facts);
    keys("placement", tables.placement, &PlaceRow::launch, tables.launches.size());
    for (const auto& place : tables.placement) {
        range("placement", "rank", place.rank, 0, most_small);
        range("placement", "number of threads", place.threads, 0, most_small);
    }
    check_limits(tables);
    check_watch(tables);
}

}  // namespace pacer::dump
