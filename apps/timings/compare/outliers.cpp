#include "apps/timings/compare/outliers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "common/base/units.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

constexpr std::size_t most_named = 3;  // cases of a launch

struct OutlyingCase {
    const CaseKey* key;
    double ratio;
};

// "took 100 times as long as": read after the case's name.
std::string words_of(double ratio) {
    if (ratio >= 2) return fmt::format("took {:.3g} times as long as", ratio);
    if (ratio > 1) return fmt::format("took {:.0f} % longer than", 100 * (ratio - 1));
    return fmt::format("took {:.0f} % less than", 100 * (1 - ratio));
}

}  // namespace

std::vector<OutlyingLaunch> outlying_launches(const Case& one) {
    const double least = std::log1p(0.03);
    const auto seconds = one.medians();
    std::vector<double> logarithms;
    for (const double value : seconds) logarithms.push_back(std::log(value));
    std::vector<OutlyingLaunch> found;
    for (const auto i : outlying(logarithms, least))
        found.push_back({one.launches[i].launch, seconds[i] / median(seconds)});
    return found;
}

std::vector<std::string> sentences_of_outliers(const std::vector<Case>& cases) {
    std::vector<CaseKey> keys;
    for (const auto& one : cases) keys.push_back(one.key);
    std::map<std::string, std::vector<OutlyingCase>> by_launch;
    std::map<std::string, std::size_t> cases_of_launch;
    for (const auto& one : cases) {
        for (const auto& its : one.launches) ++cases_of_launch[its.launch->id];
        for (const auto& [launch, ratio] : outlying_launches(one))
            by_launch[launch->id].push_back({&one.key, ratio});
    }
    std::vector<std::string> sentences;
    for (auto& [id, outliers] : by_launch) {
        std::stable_sort(outliers.begin(), outliers.end(), [](const auto& a, const auto& b) {
            return std::abs(std::log(a.ratio)) > std::abs(std::log(b.ratio));
        });
        std::vector<std::string> named;
        for (std::size_t i = 0; i < std::min(most_named, outliers.size()); ++i) {
            named.push_back(fmt::format("{} {} in the median launch", name_of(*outliers[i].key, keys),
                                        words_of(outliers[i].ratio)));
        }
        if (outliers.size() > most_named)
            named.push_back(fmt::format("and {} more", outliers.size() - most_named));
        sentences.push_back(fmt::format("launch {} stands out in {} of {}: {}", id, outliers.size(),
                                        counted(cases_of_launch[id], "case"), fmt::join(named, ", ")));
    }
    return sentences;
}

}  // namespace pacer::timings
