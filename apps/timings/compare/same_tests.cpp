#include "apps/timings/compare/same_tests.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "apps/timings/compare/cases.hpp"
#include "apps/timings/compare/environments.hpp"
#include "common/base/split.hpp"
#include "common/base/status.hpp"
#include "common/base/units.hpp"

namespace pacer::timings {

namespace {

constexpr std::array hardware = {"cpu_model", "cores", "hardware_threads", "memory_bytes", "numa_nodes"};

using Values = std::set<std::string>;

void add(Values& values, const Facts& facts, std::string_view name) {
    const auto value = fact(facts, name);
    if (!value.empty() && value != "unknown") values.insert(value);
}

// The values on all nodes that are known.
Values values_of(const std::vector<Launch>& launches, std::string_view name) {
    Values values;
    for (const auto& launch : launches) {
        add(values, launch.environment, name);
        for (const auto& node : launch.hosts) add(values, node.facts, name);
    }
    return values;
}

// The kernel takes a little more or less of the memory after an update.
bool are_alike(std::string_view name, const std::string& a, const std::string& b) {
    constexpr double negligible = 0.01;
    if (name != "memory_bytes") return a == b;
    const double x = std::stod(a), y = std::stod(b);
    return std::abs(x - y) <= negligible * std::max(x, y);
}

bool has_all(const Values& values, const Values& others, std::string_view name) {
    return std::all_of(others.begin(), others.end(), [&](const auto& other) {
        return std::any_of(values.begin(), values.end(),
                           [&](const auto& value) { return are_alike(name, value, other); });
    });
}

std::string words_of(const Values& values, std::string_view name) {
    std::vector<std::string> words;
    for (const auto& value : values)
        words.push_back(name == "memory_bytes" ? format_bytes(std::stod(value)) : value);
    return fmt::format("{}", fmt::join(words, ", "));
}

// How many ranks, or nodes, the launches of each program had.
using Counts = std::map<std::string, std::set<std::size_t>>;

Counts ranks_of(const std::vector<Launch>& launches) {
    Counts counts;
    for (const auto& launch : launches) {
        const auto ranks = number_in(launch.environment, "ranks").value_or(0);
        if (ranks > 0) counts[fact(launch.environment, "program")].insert(static_cast<std::size_t>(ranks));
    }
    return counts;
}

Counts nodes_of(const std::vector<Launch>& launches) {
    Counts counts;
    for (const auto& launch : launches) {
        const auto nodes = hosts_of(launch);
        if (!nodes.empty()) counts[fact(launch.environment, "program")].insert(split(nodes, ',').size());
    }
    return counts;
}

// What only the baseline has of a program, programs that lack the same in one line.
void add_counts(std::vector<std::string>& lines, const char* what, const Counts& base,
                const Counts& candidate) {
    std::map<std::string, std::vector<std::string>> programs;
    for (const auto& [program, before] : base) {
        const auto found = candidate.find(program);
        if (found == candidate.end()) continue;
        const auto& now = found->second;
        if (std::includes(now.begin(), now.end(), before.begin(), before.end())) continue;
        programs[fmt::format("{} -> {}", fmt::join(before, ", "), fmt::join(now, ", "))].push_back(program);
    }
    for (const auto& [change, names] : programs)
        lines.push_back(fmt::format("other number of {}: {} ({})", what, change, fmt::join(names, ", ")));
}

}  // namespace

std::vector<std::string> other_nodes(const std::vector<Launch>& launches) {
    std::vector<std::string> lines;
    for (const auto* name : hardware) {
        std::map<std::string, std::set<std::string>> nodes;  // by the value, of which alike ones are one
        for (const auto& launch : launches) {
            for (const auto& value : values_of({launch}, name)) {
                const auto known = std::find_if(nodes.begin(), nodes.end(), [&](const auto& one) {
                    return are_alike(name, one.first, value);
                });
                (known == nodes.end() ? nodes[value] : known->second).insert(hosts_of(launch));
            }
        }
        if (nodes.size() < 2) continue;
        std::vector<std::string> words;
        for (const auto& [value, its] : nodes)
            words.push_back(fmt::format("{} on {}", words_of({value}, name), fmt::join(its, ", ")));
        lines.push_back(fmt::format("{}: {}", name, fmt::join(words, "; ")));
    }
    return lines;
}

std::vector<std::string> other_tests(const std::vector<Launch>& base, const std::vector<Launch>& candidate) {
    std::vector<std::string> lines;
    for (const auto* name : hardware) {
        const auto before = values_of(base, name), now = values_of(candidate, name);
        if (before.empty() || now.empty()) continue;
        if (has_all(before, now, name) && has_all(now, before, name)) continue;
        lines.push_back(
            fmt::format("other hardware: {}: {} -> {}", name, words_of(before, name), words_of(now, name)));
    }
    add_counts(lines, "ranks", ranks_of(base), ranks_of(candidate));
    add_counts(lines, "nodes", nodes_of(base), nodes_of(candidate));
    if (const bool quick = are_quick(base); quick != are_quick(candidate))
        lines.emplace_back(quick ? "a quick baseline against full launches"
                                 : "quick launches against a full baseline");
    return lines;
}

}  // namespace pacer::timings
