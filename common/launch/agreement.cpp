#include "common/launch/agreement.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <string_view>

#include "common/base/range_list.hpp"
#include "common/base/split.hpp"

namespace pacer {

namespace {

constexpr char separator = '\0';  // no argument holds one

std::string packed(const Start& start) {
    std::string text = start.program + separator + start.refusal + separator;
    for (const auto& [name, value] : start.options) text += name + separator + value + separator;
    return text;
}

Start unpacked(std::string_view text) {
    const auto words = split(text, separator);
    Start start{std::string(words.at(0)), std::string(words.at(1)), {}};
    for (std::size_t i = 2; i + 1 < words.size(); i += 2) start.options.emplace_back(words[i], words[i + 1]);
    return start;
}

// FNV-1a.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325;
    for (const unsigned char byte : text) hash = (hash ^ byte) * 0x100000001b3;
    return hash;
}

// "1 on rank 0, 2 on ranks 1-3": the words that ranks have, the same together. Empty if all have the same.
std::string words_by_rank(std::span<const Start> ranks,
                          const std::function<std::string(const Start&)>& word_of) {
    std::vector<std::pair<std::string, std::vector<int>>> groups;
    for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
        const auto word = word_of(ranks[rank]);
        auto group =
            std::find_if(groups.begin(), groups.end(), [&](const auto& one) { return one.first == word; });
        if (group == groups.end()) group = groups.insert(groups.end(), {word, {}});
        group->second.push_back(static_cast<int>(rank));
    }
    if (groups.size() < 2) return {};
    constexpr std::size_t most = 4;
    std::vector<std::string> words;
    for (const auto& [word, its] : groups) {
        if (words.size() == most) break;
        if (word.empty()) continue;
        words.push_back(fmt::format("{} on rank{} {}", word, its.size() == 1 ? "" : "s", range_list(its)));
    }
    return fmt::format("{}{}", fmt::join(words, ", "), groups.size() > most ? ", and others elsewhere" : "");
}

std::string value_of(const Start& start, const std::string& name) {
    for (const auto& [own, value] : start.options) {
        if (own == name) return value.empty() ? "''" : value == "true" ? "given" : value;
    }
    return "not given";
}

std::vector<std::string> all_options(std::span<const Start> ranks) {
    std::vector<std::string> names;
    for (const auto& start : ranks) {
        for (const auto& option : start.options) names.push_back(option.first);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

}  // namespace

std::string disagreement(std::span<const Start> ranks) {
    constexpr std::string_view advice = "; start the same program with the same options on every rank";
    const auto programs = words_by_rank(ranks, [](const Start& start) { return start.program; });
    if (!programs.empty()) return fmt::format("the ranks run different programs: {}{}", programs, advice);
    std::vector<std::string> differences;
    for (const auto& name : all_options(ranks)) {
        const auto values = words_by_rank(ranks, [&](const Start& start) { return value_of(start, name); });
        if (!values.empty()) differences.push_back(fmt::format("{} is {}", name, values));
    }
    const auto refusals = words_by_rank(ranks, [](const Start& start) { return start.refusal; });
    if (!refusals.empty()) differences.insert(differences.begin(), refusals);
    if (differences.empty()) return {};
    constexpr std::size_t most = 3;
    if (differences.size() > most) {
        differences.resize(most);
        differences.emplace_back("and more");
    }
    return fmt::format("the ranks were given different options: {}{}", fmt::join(differences, "; "), advice);
}

void agree(const Team& world, const Start& start) {
    const auto mine = packed(start);
    std::array<std::uint64_t, 2> extremes = {hash_of(mine), ~hash_of(mine)};
    MPI_Allreduce(MPI_IN_PLACE, extremes.data(), 2, MPI_UINT64_T, MPI_MIN, world.comm);
    if (extremes[0] == ~extremes[1]) {
        if (!start.refusal.empty()) throw UsageError(start.refusal);
        return;
    }
    std::vector<Start> ranks;
    for (const auto& text : gather_text(world, mine)) ranks.push_back(unpacked(text));
    throw UsageError(text_of_rank(world, 0, disagreement(ranks)));
}

}  // namespace pacer
