#include "apps/timings/compare/node_comparison.hpp"

#include <fmt/format.h>

#include <set>

#include "common/base/status.hpp"

namespace pacer::timings {

namespace {

// "node1:4" is four ranks on node1.
std::string node_of(const Launch& launch) {
    const auto hosts = fact(launch.environment, "hosts");
    if (hosts.empty() || hosts.find(',') != std::string::npos) {
        throw UsageError(fmt::format("launch {} ran on {}: nodes are compared by launches on one node each",
                                     launch.id, hosts.empty() ? "an unknown host" : hosts));
    }
    return hosts.substr(0, hosts.rfind(':'));
}

// The case on every node there is, launched there or not.
Alike split(const Case& all, const std::set<std::string>& names) {
    Alike nodes;
    for (const auto& name : names) nodes[name] = {all.key, {}, {}, 0};
    for (const auto& launch : all.launches) {
        auto& node = nodes.at(node_of(*launch.launch));
        node.launches.push_back(launch);
        node.failed += launch.record->failed() ? 1 : 0;
    }
    return nodes;
}

}  // namespace

std::vector<PeerRow> compare_nodes(const std::vector<Launch>& launches, double margin,
                                   const std::vector<std::string>& only) {
    std::set<std::string> names;
    for (const auto& launch : launches) names.insert(node_of(launch));
    if (names.size() < 2) {
        throw UsageError(fmt::format("all launches ran on {}: there is no other node to compare it with",
                                     names.empty() ? "no node" : *names.begin()));
    }
    std::vector<PeerRow> rows;
    for (const auto& one : select(cases_of(launches), only)) {
        if (one.launches.empty()) continue;
        const auto nodes = split(one, names);
        std::set<std::string> slow;
        const auto given = [&](const auto& known) { return compare_with_peers(nodes, known, margin); };
        for (auto& row : slowest_first(slow, given)) rows.push_back(std::move(row));
    }
    if (rows.empty()) throw UsageError("nothing was run in these launches");
    std::vector<Difference*> differences;
    for (auto& row : rows) differences.push_back(&row.from_peers);
    settle_by_holm(differences);
    return rows;
}

}  // namespace pacer::timings
