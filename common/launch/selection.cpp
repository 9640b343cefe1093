#include "common/launch/selection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace pacer {

namespace {

std::string_view occupation_of(Uses uses) {
    switch (uses) {
        case Uses::core:
            return "1 core";
        case Uses::threads:
            return "threads of 1 process";
        case Uses::ranks:
            return "all ranks";
        case Uses::both:
            return "all ranks x threads";
    }
    return "";
}

bool has(const auto& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

void refuse_unknown(std::string_view what, const std::vector<std::string>& names,
                    const std::vector<std::string_view>& known) {
    for (const auto& name : names) {
        if (!has(known, name))
            throw UsageError(
                fmt::format("unknown {} '{}'; choose from {}", what, name, fmt::join(known, ", ")));
    }
}

// Whether `other` has all variants of `group`, and more.
bool covers(const ListedGroup& other, const ListedGroup& group) {
    return other.variants.size() > group.variants.size() &&
           std::all_of(group.variants.begin(), group.variants.end(), [&](const auto& row) {
               return std::any_of(other.variants.begin(), other.variants.end(),
                                  [&](const auto& its) { return its.name == row.name; });
           });
}

}  // namespace

std::string list(std::span<const ListedGroup> groups) {
    std::string text;
    for (const auto& group : groups) {
        if (groups.size() > 1) text += fmt::format("{}{}:\n", text.empty() ? "" : "\n", group.problem);
        for (const auto& row : group.variants)
            text += fmt::format("{:<20} {:<22} {}\n", row.name, occupation_of(row.uses), row.summary);
    }
    return text;
}

std::vector<ListedGroup> select(std::span<const ListedGroup> groups, const std::vector<std::string>& problems,
                                const std::vector<std::string>& variants) {
    std::vector<std::string_view> problem_names, variant_names, names_there;
    for (const auto& group : groups) {
        problem_names.push_back(group.problem);
        const bool there = problems.empty() || has(problems, group.problem);
        for (const auto& row : group.variants) {
            if (!has(variant_names, row.name)) variant_names.push_back(row.name);
            if (there) names_there.push_back(row.name);
        }
    }
    refuse_unknown("problem", problems, problem_names);
    refuse_unknown("variant", variants, variant_names);
    std::vector<ListedGroup> chosen;
    for (auto group : groups) {
        if (!problems.empty() && !has(problems, group.problem)) continue;
        std::erase_if(group.variants,
                      [&](const auto& row) { return !variants.empty() && !has(variants, row.name); });
        if (!group.variants.empty()) chosen.push_back(std::move(group));
    }
    if (chosen.empty()) {
        throw UsageError(fmt::format("none of these variants belongs to {}; choose from {}",
                                     fmt::join(problems, ", "), fmt::join(names_there, ", ")));
    }
    if (variants.empty()) return chosen;
    const auto all = chosen;
    std::erase_if(chosen, [&](const auto& group) {
        return std::any_of(all.begin(), all.end(), [&](const auto& other) { return covers(other, group); });
    });
    return chosen;
}

}  // namespace pacer
