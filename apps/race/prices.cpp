#include "apps/race/prices.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/machine/limits.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::race {

namespace {

using Records = std::vector<const Record*>;

double increments(const Record& record) {
    return static_cast<double>(record.work.items);
}

double price_ns(const Record& record) {
    return 1e9 * median(record.repeat_seconds()) / increments(record);
}

// The updates lost in each repeat; none of a variant that promises to lose none.
const std::vector<double>* lost_updates(const Record& record) {
    for (const auto& series : record.observed) {
        if (series.name == "lost_updates") return &series.values;
    }
    return nullptr;
}

std::vector<Records> problems_of(const Launch& launch) {
    std::vector<Records> problems;
    for (const auto& record : launch.records) {
        if (record.repeats() == 0 || record.work.items == 0) continue;
        if (problems.empty() || problems.back().front()->parameters != record.parameters)
            problems.push_back({});
        problems.back().push_back(&record);
    }
    return problems;
}

template <class Is>
const Record* first_that(const Records& problem, Is is) {
    const auto found =
        std::find_if(problem.begin(), problem.end(), [&](auto* record) { return is(*record); });
    return found == problem.end() ? nullptr : *found;
}

std::string lost_words(const Record& record) {
    const auto* lost = lost_updates(record);
    if (!lost) return record.verdict.right() ? "none" : "WRONG";
    return fmt::format("{:.0f}  {:.1f} %", median(*lost), 100 * median(*lost) / increments(record));
}

std::string table_of(Records problem) {
    const auto* base = first_that(problem, [](auto& r) { return r.variant == r.baseline; });
    const auto* racy = first_that(problem, [](auto& r) { return r.promise == Promise::racy; });
    const auto multiple = [](const Record& record, const Record* of) {
        return of ? fmt::format("{:.3g}x", price_ns(record) / price_ns(*of)) : std::string("-");
    };
    std::stable_sort(problem.begin(), problem.end(),
                     [](auto* a, auto* b) { return price_ns(*a) > price_ns(*b); });
    const auto& first = *problem.front();
    auto text = fmt::format("\nprice of an increment, {}: {} of them\n", fact(first.parameters, "place"),
                            first.work.items);
    text += fmt::format("{:<18} {:>10} {:>12} {:>14}  {}\n", "variant", "ns", "x serial",
                        racy ? "x " + racy->variant : "x racy", "updates lost");
    for (const auto* record : problem) {
        text += fmt::format("{:<18} {:>10.4g} {:>12} {:>14}  {}\n", record->variant, price_ns(*record),
                            multiple(*record, base), multiple(*record, racy), lost_words(*record));
    }
    return text;
}

}  // namespace

std::string prices(const Launch& launch) {
    std::string text;
    for (const auto& problem : problems_of(launch)) text += table_of(problem);
    return text;
}

std::vector<Doubt> lucky_races(const Launch& launch) {
    std::vector<Doubt> lucky;
    for (std::size_t i = 0; i < launch.records.size(); ++i) {
        const auto& record = launch.records[i];
        const auto* lost = lost_updates(record);
        const auto workers = record.ranks * record.threads;
        if (!lost || workers < 2 || record.work.items < 2) continue;
        if (std::any_of(lost->begin(), lost->end(), [](double updates) { return updates > 0; })) continue;
        lucky.push_back({"lucky_race", static_cast<int>(i), "", 1.0 * workers});
    }
    return lucky;
}

}  // namespace pacer::race
