#include "apps/timings/warning_groups.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>
#include <set>
#include <string_view>

namespace pacer::timings {

namespace {

bool is_digit(char letter) {
    return std::isdigit(static_cast<unsigned char>(letter)) != 0;
}

// A sentence cut at its numbers: words[0] numbers[0] words[1] ... A number within a name, as in "node12", is
// part of the word.
struct Sentence {
    std::vector<std::string> words{""}, numbers;
};

Sentence cut(std::string_view text) {
    Sentence sentence;
    for (std::size_t at = 0; at < text.size();) {
        const bool in_word = at > 0 && !std::isspace(static_cast<unsigned char>(text[at - 1])) &&
                             text[at - 1] != '(' && text[at - 1] != '+' && text[at - 1] != '-';
        auto end = at;
        while (end < text.size() && (is_digit(text[end]) || (text[end] == '.' && end + 1 < text.size() &&
                                                             is_digit(text[end + 1])))) {
            ++end;
        }
        if (end == at || in_word) {
            sentence.words.back() += text.substr(at, std::max<std::size_t>(end - at, 1));
            at += std::max<std::size_t>(end - at, 1);
        } else {
            sentence.numbers.emplace_back(text.substr(at, end - at));
            sentence.words.emplace_back();
            at = end;
        }
    }
    return sentence;
}

double value_of(const std::string& number) {
    return std::strtod(number.c_str(), nullptr);
}

// The same words with, of each number, the smallest and the largest that occurred.
struct Gathered {
    std::vector<std::string> words, low, high;
    std::set<const Launch*> launches;
    std::vector<std::pair<std::string, std::set<const Launch*>>> variants;

    void add(const Sentence& sentence) {
        for (std::size_t i = 0; i < sentence.numbers.size(); ++i) {
            const auto& number = sentence.numbers[i];
            if (value_of(number) < value_of(low[i])) low[i] = number;
            if (value_of(number) > value_of(high[i])) high[i] = number;
        }
    }

    std::string text() const {
        auto all = words.front();
        for (std::size_t i = 0; i < low.size(); ++i) {
            all += (low[i] == high[i] ? low[i] : low[i] + "\u2013" + high[i]) + words[i + 1];
        }
        return all;
    }
};

// The first item of a list, taken off it. A comma in parentheses ends none.
std::string_view next_item(std::string_view& list) {
    std::size_t at = 0;
    for (int depth = 0; at < list.size() && (depth > 0 || !list.substr(at).starts_with(", ")); ++at) {
        depth += list[at] == '(' ? 1 : list[at] == ')' ? -1 : 0;
    }
    const auto item = list.substr(0, at);
    list.remove_prefix(std::min(at + 2, list.size()));
    return item;
}

// "sentence: mpi (1.7x), read (bytes 8) (cold), and 2 more" is about those variants, if that is what the
// launch's variants are called.
std::vector<std::string> variants_named(std::string_view list, const Launch& launch) {
    std::vector<std::string> names;
    while (!list.empty()) {
        const auto item = next_item(list);
        if (!names.empty() && item.starts_with("and ") && item.ends_with(" more")) break;
        const std::string name(item.substr(0, item.find(" (")));
        const auto is_it = [&](const Record& record) { return record.variant == name; };
        if (std::none_of(launch.records.begin(), launch.records.end(), is_it)) return {};
        names.push_back(name);
    }
    return names;
}

void add(Gathered& group, const std::vector<std::string>& variants, const Launch& launch) {
    group.launches.insert(&launch);
    for (const auto& name : variants) {
        auto found = std::find_if(group.variants.begin(), group.variants.end(),
                                  [&](const auto& known) { return known.first == name; });
        if (found == group.variants.end()) {
            group.variants.push_back({name, {}});
            found = group.variants.end() - 1;
        }
        found->second.insert(&launch);
    }
}

}  // namespace

std::vector<WarningGroup> warning_groups(const std::vector<Launch>& launches) {
    std::map<std::vector<std::string>, std::size_t> index;  // by words
    std::vector<Gathered> gathered;
    for (const auto& launch : launches) {
        for (const std::string_view warning : launch.warnings) {
            if (warning.empty()) continue;
            const auto colon = warning.rfind(": ");
            const auto variants = colon == std::string_view::npos
                                      ? std::vector<std::string>()
                                      : variants_named(warning.substr(colon + 2), launch);
            const auto sentence = cut(variants.empty() ? warning : warning.substr(0, colon));
            const auto [found, is_new] = index.try_emplace(sentence.words, gathered.size());
            if (is_new) gathered.push_back({sentence.words, sentence.numbers, sentence.numbers, {}, {}});
            gathered[found->second].add(sentence);
            add(gathered[found->second], variants, launch);
        }
    }
    std::vector<WarningGroup> groups;
    for (const auto& one : gathered) {
        groups.push_back({one.text(), one.launches.size(), {}});
        for (const auto& [name, where] : one.variants)
            groups.back().variants.emplace_back(name, where.size());
    }
    std::stable_sort(groups.begin(), groups.end(), [](auto& a, auto& b) { return a.launches > b.launches; });
    return groups;
}

}  // namespace pacer::timings
