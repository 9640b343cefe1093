#include "apps/timings/compare/renaming.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "common/base/status.hpp"

namespace pacer::timings {

namespace {

struct Name {
    std::string app, variant;  // no app: any
};

Name name_in(const std::string& word, const std::string& pair) {
    const auto slash = word.find('/');
    if (slash == std::string::npos || slash + 1 == word.size() ||
        word.find('/', slash + 1) != std::string::npos)
        throw UsageError(
            fmt::format("--pair {}: give OLD=NEW, such as reduce/simd=reduce/vector or /simd=/vector", pair));
    return {word.substr(0, slash), word.substr(slash + 1)};
}

bool rename_case(std::vector<Launch>& launches, const Name& before, const Name& after) {
    bool found = false;
    for (auto& launch : launches) {
        for (auto& record : launch.records) {
            if (record.variant != before.variant || (!before.app.empty() && record.app != before.app))
                continue;
            record.variant = after.variant;
            if (!after.app.empty()) record.app = after.app;
            found = true;
        }
    }
    return found;
}

std::set<std::string> cases_in(const std::vector<Launch>& launches) {
    std::set<std::string> names;
    for (const auto& launch : launches) {
        for (const auto& record : launch.records) names.insert(record.app + "/" + record.variant);
    }
    return names;
}

}  // namespace

void rename_cases(std::vector<Launch>& base, const std::vector<std::string>& pairs) {
    for (const auto& pair : pairs) {
        const auto sign = std::min(pair.find('='), pair.size());
        const auto before = name_in(pair.substr(0, sign), pair),
                   after = name_in(sign < pair.size() ? pair.substr(sign + 1) : "", pair);
        const auto known = cases_in(base);
        if (!rename_case(base, before, after))
            throw UsageError(fmt::format("unknown case '{}' in the baseline; choose from {}",
                                         pair.substr(0, sign), fmt::join(known, ", ")));
    }
}

void ignore_parameters(const std::vector<std::vector<Launch>*>& sides,
                       const std::vector<std::string>& parameters) {
    for (const auto& parameter : parameters) {
        if (parameter == method_parameter)
            throw UsageError(
                "--ignore method: cases that were timed by different methods are never compared");
        std::set<std::string> known;
        std::size_t found = 0;
        for (auto* launches : sides) {
            for (auto& launch : *launches) {
                for (auto& record : launch.records) {
                    for (const auto& [name, value] : record.parameters) known.insert(name);
                    found += std::erase_if(record.parameters,
                                           [&](const auto& one) { return one.first == parameter; });
                }
            }
        }
        if (found == 0)
            throw UsageError(
                fmt::format("unknown parameter '{}'; choose from {}", parameter, fmt::join(known, ", ")));
    }
}

}  // namespace pacer::timings
