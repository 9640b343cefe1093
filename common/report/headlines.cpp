#include "common/report/headlines.hpp"

#include <algorithm>

#include "common/report/report.hpp"

namespace pacer {

namespace {

bool fits(const HeadlineRule& rule, const Record& record) {
    const bool one_core = record.ranks * record.threads == 1;
    return record.repeats() > 0 && !record.failed() &&
           (rule.variant.empty() || rule.variant == record.variant) &&
           fact(record.parameters, rule.parameter) == rule.value &&
           fact(record.parameters, rule.second_parameter) == rule.second_value &&
           (rule.cores == Cores::any || (rule.cores == Cores::one) == one_core);
}

double value_of(const HeadlineRule& rule, const Record& record, const Summary& summary) {
    if (rule.quantity == Quantity::rate) return summary.rate;
    if (rule.quantity == Quantity::seconds) return summary.median_seconds;
    return summary.median_seconds / static_cast<double>(std::max<std::int64_t>(record.work.items, 1));
}

}  // namespace

std::vector<Headline> headlines_of(const Launch& launch, const std::vector<HeadlineRule>& rules) {
    std::vector<Headline> headlines;
    for (const auto& rule : rules) {
        Headline best;
        int most_cores = 0;
        for (std::size_t i = 0; i < launch.records.size(); ++i) {
            const auto& record = launch.records[i];
            if (!fits(rule, record)) continue;
            const auto summary = summarise(record, launch);
            const double value = value_of(rule, record, summary);
            const int cores = rule.cores == Cores::all && rule.quantity == Quantity::seconds
                                  ? record.ranks * record.threads
                                  : 1;
            const bool is_better = rule.quantity == Quantity::rate ? value > best.value : value < best.value;
            if (cores < most_cores || (cores == most_cores && !is_better)) continue;
            most_cores = cores;
            const std::string_view unit = rule.quantity == Quantity::rate ? summary.rate_unit : "s";
            best = {static_cast<int>(i), std::string(rule.key), std::string(rule.label), std::string(unit),
                    value};
        }
        if (best.record >= 0) headlines.push_back(std::move(best));
    }
    return headlines;
}

}  // namespace pacer
