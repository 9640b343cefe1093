#include "apps/timings/compare/launch_facts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "common/base/split.hpp"

namespace pacer::timings {

namespace {

// What stands between the parts of a fact that is a list; 0: it is none.
char separator_of(std::string_view name) {
    if (name == "kernel_modules" || name == "kernel_command_line") return ' ';
    return name == "environment LOADEDMODULES" ? ':' : '\0';
}

// What the nodes have of that name, if they do not have the same; else empty. Numbers, of memory for example,
// differ for no reason.
std::string spread_of(const Launch& launch, const std::string& name) {
    std::map<std::string, std::vector<std::string>> hosts;  // by value
    for (const auto& [host, facts] : launch.hosts) {
        if (!number_in(facts, name)) hosts[fact(facts, name, "(none)")].push_back(host);
    }
    if (hosts.size() < 2 || separator_of(name) != '\0') return {};
    std::vector<std::string> parts;
    for (const auto& [value, its] : hosts)
        parts.push_back(fmt::format("{} on {}", value, fmt::join(its, ", ")));
    return fmt::format("{}", fmt::join(parts, "; "));
}

// In the order of the one list, what the other one does not have.
std::string only_in(std::string_view one, std::string_view other, char separator) {
    const auto all = split(other, separator);
    const std::set<std::string_view> known(all.begin(), all.end());
    auto words = split(one, separator);
    std::erase_if(words, [&](auto word) { return known.contains(word); });
    return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace

std::string hosts_of(const Launch& launch) {
    const auto text = fact(launch.environment, "hosts");
    std::set<std::string> names;
    for (const auto one : split(text, ',')) names.emplace(one.substr(0, one.rfind(':')));
    return fmt::format("{}", fmt::join(names, ","));
}

Facts told_apart(const Launch& launch) {
    Facts facts;
    for (const auto& [name, value] : launch.environment) {
        const auto text = name == "hosts" ? hosts_of(launch) : to_string(value);
        if (name != "environment") {
            const auto spread = spread_of(launch, name);
            facts.emplace_back(name, spread.empty() ? text : spread);
            continue;
        }
        for (const auto setting : split(text, '\n')) {
            const auto sign = std::min(setting.find('='), setting.size());
            const auto value_of = setting.substr(std::min(sign + 1, setting.size()));
            facts.emplace_back(fmt::format("environment {}", setting.substr(0, sign)), std::string(value_of));
        }
    }
    return facts;
}

std::string change_of(std::string_view name, std::string_view before, std::string_view after) {
    const char separator = separator_of(name);
    const bool are_lists = separator != '\0' && before != "(none)" && after != "(none)";
    const auto gone = are_lists ? only_in(before, after, separator) : "",
               come = are_lists ? only_in(after, before, separator) : "";
    if (gone.empty() && come.empty()) return fmt::format("{}: {} -> {}", name, before, after);
    auto text = std::string(name) + ": ";
    if (!gone.empty()) text += "without " + gone;
    if (!come.empty()) text += (gone.empty() ? "with " : "; with ") + come;
    return text;
}

}  // namespace pacer::timings
