// Which problems and variants of an app a launch runs: what --list, --problems and --variants are about.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/measure/variant.hpp"

namespace pacer {

// A group as it is listed and chosen from, whatever the types of its problem and answer.
struct ListedGroup {
    struct Row {
        std::string_view name, summary;
        Uses uses;
    };
    std::string_view problem = {};
    std::vector<Row> variants = {};

    template <class Problem, class Answer>
    ListedGroup(const Group<Problem, Answer>& group) : problem(group.problem) {
        for (const auto& variant : group.variants)
            variants.push_back({variant.name, variant.summary, variant.uses});
    }
};

// What --list prints: a row a variant with its name, what it occupies and one line of summary; the variants
// of each problem below its name if there are several problems.
std::string list(std::span<const ListedGroup> groups);

// Those of `groups` and of their variants that are named, in the order they have there; no names are all. A
// group is left out if others that are chosen have all its chosen variants and more: a baseline that several
// groups share makes up none by itself. Throws UsageError for a name that is unknown, and if nothing is left.
std::vector<ListedGroup> select(std::span<const ListedGroup> groups, const std::vector<std::string>& problems,
                                const std::vector<std::string>& variants);

}  // namespace pacer
