#include "apps/timings/compare/case_row.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

double middle(const std::vector<Summary>& summaries, double Summary::*figure) {
    std::vector<double> values;
    for (const auto& summary : summaries) {
        if (summary.*figure > 0) values.push_back(summary.*figure);
    }
    return values.empty() ? 0 : median(values);
}

Cell answer_of(const Case& one) {
    const auto is_wrong = [](const CaseLaunch& launch) { return !launch.record->verdict.right(); };
    const auto wrong = std::count_if(one.launches.begin(), one.launches.end(), is_wrong);
    if (wrong == 0) return "verified";
    return Cell(fmt::format("{} in {} of {}", one.failed > 0 ? "WRONG or unchecked" : "wrong, as promised",
                            wrong, counted(one.launches.size(), "launch", "launches")))
        .marked(one.failed > 0 ? "bad" : "");
}

}  // namespace

std::vector<double> limits_of(const Case& one) {
    std::vector<double> limits;
    for (const auto& launch : one.launches) {
        if (launch.record->limit.seconds > 0) limits.push_back(launch.record->limit.seconds);
    }
    return limits;
}

CaseRow row_of(const Case& one) {
    std::vector<Summary> each;
    for (const auto& its : one.launches) each.push_back(summarise(*its.record, *its.launch));
    const auto& first = one.launches.front();
    CaseRow row{first.launch, first.record, each.front(), each.size(), answer_of(one)};
    auto& all = row.summary;
    all.median_seconds = median(one.medians());
    all.speedup = middle(each, &Summary::speedup);
    all.efficiency = middle(each, &Summary::efficiency);
    all.efficiency_loaded = middle(each, &Summary::efficiency_loaded);
    const auto limits = limits_of(one);
    all.fraction_of_limit = limits.empty() ? 0 : quantile(limits, 0) / all.median_seconds;
    all.rate *= each.front().median_seconds / all.median_seconds;  // of the median time, no mean of rates
    if (each.size() == 1) return row;
    all.repeats = 0;
    for (const auto& summary : each) all.repeats += summary.repeats;
    const auto interval = median_interval(one.medians());
    all.has_interval = interval.has_value();
    if (interval) std::tie(all.low_seconds, all.high_seconds) = std::pair(interval->low, interval->high);
    return row;
}

}  // namespace pacer::timings
