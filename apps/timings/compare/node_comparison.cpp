#include "apps/timings/compare/node_comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "apps/timings/compare/launch_statistics.hpp"
#include "apps/timings/compare/robust.hpp"
#include "common/base/status.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

using Nodes = std::map<std::string, Case>;  // one case, by node

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
Nodes split(const Case& all, const std::set<std::string>& names) {
    Nodes nodes;
    for (const auto& name : names) nodes[name] = {all.key, {}, {}, 0};
    for (const auto& launch : all.launches) {
        auto& node = nodes.at(node_of(*launch.launch));
        node.launches.push_back(launch);
        node.failed += launch.record->failed() ? 1 : 0;
    }
    return nodes;
}

// All launches of the other nodes, without those of `slow` ones if any others are left.
Case peers_of(const std::string& name, const Nodes& nodes, const std::set<std::string>& slow) {
    Case peers{nodes.at(name).key, {}, {}, 0};
    for (const bool without_slow : {true, false}) {
        for (const auto& [other, one] : nodes) {
            if (other == name || (without_slow && slow.contains(other))) continue;
            peers.launches.insert(peers.launches.end(), one.launches.begin(), one.launches.end());
        }
        if (!peers.launches.empty()) break;
    }
    return peers;
}

// What the launches of a typical node differ by.
std::optional<double> noise_of(const Nodes& nodes) {
    std::vector<double> noises;
    for (const auto& [name, one] : nodes) {
        if (one.launches.empty()) continue;
        if (const auto noise = noise_floor(one.medians())) noises.push_back(*noise);
    }
    return noises.empty() ? std::nullopt : std::optional(median(noises));
}

// What healthy nodes differ by: no two are quite alike.
std::optional<double> spread_of(const Nodes& nodes) {
    std::vector<double> medians;
    for (const auto& [name, one] : nodes) {
        if (!one.launches.empty()) medians.push_back(median(one.medians()));
    }
    return spread_of_most(medians);
}

std::vector<NodeRow> rows_of(const Nodes& nodes, const std::set<std::string>& slow, double margin) {
    DifferenceOptions options;
    options.margin = std::max(margin, spread_of(nodes).value_or(0));
    options.across_nodes = true;
    options.noise = noise_of(nodes);
    options.accept_disturbed = true;  // who is slow for what others do there is slow
    std::vector<NodeRow> rows;
    for (const auto& [name, one] : nodes) {
        const auto peers = peers_of(name, nodes, slow);
        auto row = compare_case(one.key, &peers, &one, options);
        if (row.margin_from == "asked for" && row.margin > margin) row.margin_from = "spread of the nodes";
        rows.push_back({name, std::move(row)});
    }
    return rows;
}

// The slowest node is told first, then the slowest among the others, and so on.
std::vector<NodeRow> compare_case_on(const Nodes& nodes, double margin) {
    std::set<std::string> slow;
    while (true) {
        auto rows = rows_of(nodes, slow, margin);
        const NodeRow* slowest = nullptr;
        for (const auto& row : rows) {
            if (row.from_peers.finding != Finding::slower || slow.contains(row.node)) continue;
            if (slowest == nullptr || row.from_peers.ratio > slowest->from_peers.ratio) slowest = &row;
        }
        if (slowest == nullptr) return rows;
        slow.insert(slowest->node);
    }
}

}  // namespace

std::vector<NodeRow> compare_nodes(const std::vector<Launch>& launches, double margin,
                                   const std::vector<std::string>& only) {
    std::set<std::string> names;
    for (const auto& launch : launches) names.insert(node_of(launch));
    if (names.size() < 2) {
        throw UsageError(fmt::format("all launches ran on {}: there is no other node to compare it with",
                                     names.empty() ? "no node" : *names.begin()));
    }
    std::vector<NodeRow> rows;
    for (const auto& one : select(cases_of(launches), only)) {
        if (one.launches.empty()) continue;
        for (auto& row : compare_case_on(split(one, names), margin)) rows.push_back(std::move(row));
    }
    if (rows.empty()) throw UsageError("nothing was run in these launches");
    std::vector<Difference*> differences;
    for (auto& row : rows) differences.push_back(&row.from_peers);
    settle_by_holm(differences);
    return rows;
}

}  // namespace pacer::timings
