#include "apps/timings/scaling/series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>
#include <set>

#include "apps/timings/compare/launch_statistics.hpp"
#include "common/base/groups.hpp"
#include "common/base/units.hpp"
#include "common/measure/statistics.hpp"
#include "common/report/report.hpp"

namespace pacer::timings {

namespace {

using Cases = std::vector<const Case*>;

int cores_of(const Case& all) {
    return all.key.ranks * all.key.threads;
}

// Whether a and b are in proportion to their cores, nearly: sizes do not always divide, least of all bytes of
// text.
bool in_proportion(const Value& a, int a_cores, const Value& b, int b_cores) {
    constexpr double tolerance = 0.02;
    const auto first = number_of(a), second = number_of(b);
    if (!first || !second || *first <= 0 || *second <= 0) return false;
    return std::abs(*first * b_cores / (*second * a_cores) - 1) <= tolerance;
}

// Whether b has the problem of a except for parameters that grow in proportion to the cores, and at least one
// does.
bool grows(const Case& a, const Case& b) {
    const auto &before = a.key.parameters, &after = b.key.parameters;
    if (cores_of(a) == cores_of(b) || before.size() != after.size()) return before == after;
    bool grown = false;
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (before[i].first != after[i].first) return false;
        if (before[i].second == after[i].second) continue;
        if (!in_proportion(before[i].second, cores_of(a), after[i].second, cores_of(b))) return false;
        grown = true;
    }
    return grown;
}

std::size_t counts_of_cores(const Cases& cases) {
    std::set<int> counts;
    for (const auto* one : cases) counts.insert(cores_of(*one));
    return counts.size();
}

bool same_variant(const Case& a, const Case& b) {
    return a.key.app == b.key.app && a.key.variant == b.key.variant;
}

Estimate estimate(const std::vector<double>& medians) {
    Estimate result;
    result.value = result.low = result.high = median(medians);
    if (const auto interval = median_interval(medians)) {
        result.low = interval->low;
        result.high = interval->high;
        result.has_interval = true;
    }
    return result;
}

Estimate ratio(const std::vector<double>& above, const std::vector<double>& below) {
    const auto found = compare_launches(below, above);
    const auto within = found.within_95.value_or(Interval{found.ratio, found.ratio});
    return {found.ratio, within.low, within.high, found.within_95.has_value()};
}

Estimate scaled(const Estimate& by_one, double factor) {
    return {by_one.value * factor, by_one.low * factor, by_one.high * factor, by_one.has_interval};
}

double imbalance(const Case& all) {
    std::vector<double> ratios;
    for (const auto& launch : all.launches) {
        const auto& record = *launch.record;
        const auto ranks = static_cast<std::ptrdiff_t>(record.ranks);
        for (const auto& one : record.of_ranks) ratios.push_back(one.max / one.median);  // no mean is known
        for (auto row = record.seconds.begin(); row != record.seconds.end(); row += ranks) {
            const double mean = std::accumulate(row, row + ranks, 0.0) / static_cast<double>(ranks);
            ratios.push_back(*std::max_element(row, row + ranks) / mean);
        }
    }
    return median(ratios);
}

double efficiency_loaded(const Case& all) {
    std::vector<double> known;
    for (const auto& launch : all.launches) {
        const double one = summarise(*launch.record, *launch.launch).efficiency_loaded;
        if (one > 0) known.push_back(one);
    }
    return known.empty() ? 0 : median(known);
}

// A wrong answer is no base, nor one that may be wrong by promise.
bool can_be_base(const Case& all) {
    return cores_of(all) == 1 && all.failed == 0 && all.launches.front().record->promise == Promise::right;
}

// The fastest case on one core of the problem that `first`, the first case of the series, would have there.
const Case* serial_base(const std::vector<Case>& cases, const Case& first, ScalingKind kind) {
    const Case* best = nullptr;
    double least = 0;
    for (const auto& one : cases) {
        if (one.launches.empty() || one.key.app != first.key.app || !can_be_base(one)) continue;
        const bool same = kind == ScalingKind::strong || cores_of(first) == 1
                              ? one.key.parameters == first.key.parameters
                              : grows(one, first);
        const double seconds = same ? median(one.medians()) : 0;
        if (!same || (best != nullptr && seconds >= least)) continue;
        best = &one;
        least = seconds;
    }
    return best;
}

void refer_to(ScalingSeries& series, const Case& base) {
    const auto medians = base.medians();
    series.base_seconds = median(medians);
    series.base_cores = cores_of(base);
    series.base = fmt::format("{} on {}, {}", base.key.variant,
                              counted(static_cast<std::size_t>(series.base_cores), "core"),
                              format_seconds(series.base_seconds));
}

// The hosts had too few hardware threads in one of its launches.
bool crowded(const Case& one) {
    return std::any_of(one.launches.begin(), one.launches.end(), [&](const auto& launch) {
        std::set<std::string> hosts;
        for (const auto& place : launch.launch->placement) hosts.insert(place.host);
        const auto& facts = launch.launch->environment;
        const double each = std::strtod(fact(facts, "hardware_threads", "0").c_str(), nullptr);
        const double there = one.key.ranks > 1 ? each * static_cast<double>(hosts.size()) : each;
        return there > 0 && cores_of(one) > there;
    });
}

ScalingPoint point_of(const Case& all, const Case& base, ScalingKind kind) {
    ScalingPoint point;
    point.ranks = all.key.ranks;
    point.threads = all.key.threads;
    point.launches = static_cast<int>(all.launches.size());
    point.medians = all.medians();
    point.seconds = estimate(point.medians);
    point.imbalance = imbalance(all);
    point.efficiency_loaded = efficiency_loaded(all);
    point.crowded = crowded(all);
    const double more = static_cast<double>(cores_of(all)) / cores_of(base);
    const auto faster = &all == &base ? Estimate{1, 1, 1, true} : ratio(base.medians(), point.medians);
    point.speedup = scaled(faster, kind == ScalingKind::weak ? more : 1);
    point.efficiency = scaled(point.speedup, 1 / more);
    return point;
}

std::string doubts(const Cases& cases) {
    std::string note;
    const auto first = std::find_if(cases.begin(), cases.end(), [](auto* one) { return crowded(*one); });
    if (first != cases.end()) {  // a knee there would come from the machine, not from the program
        note += fmt::format(
            "from {} on there were more ranks and threads than hardware threads: they took turns, and the "
            "laws "
            "leave them out",
            cores_of(**first));
    }
    std::int64_t failed = 0;
    for (const auto* one : cases) failed += one->failed;
    if (failed > 0) {
        note += fmt::format("{}answers were wrong or never checked in {} launch{}", note.empty() ? "" : "; ",
                            failed, failed == 1 ? "" : "es");
    }
    return note;
}

// The members by cores, ascending.
ScalingSeries series_of(const Cases& members, const std::vector<Case>& cases, ScalingKind kind) {
    const auto& first = *members.front();
    ScalingSeries series;
    series.app = first.key.app;
    series.variant = first.key.variant;
    series.kind = kind;
    for (std::size_t i = 0; i < first.key.parameters.size(); ++i) {
        const auto& [name, value] = first.key.parameters[i];
        const bool same = std::all_of(members.begin(), members.end(), [&, &held = value](auto* one) {
            return one->key.parameters[i].second == held;
        });
        if (same) {
            series.parameters.emplace_back(name, value);
        } else {
            series.grown.emplace_back(name, *number_of(value) / cores_of(first));
        }
    }
    const auto* serial = serial_base(cases, first, kind);
    const auto& base = serial != nullptr ? *serial : first;
    refer_to(series, base);
    for (const auto* one : members) series.points.push_back(point_of(*one, base, kind));
    series.note = doubts(members);
    fit_laws(series);
    return series;
}

std::vector<ScalingSeries> series_of_variant(const Cases& variant, const std::vector<Case>& cases) {
    std::vector<ScalingSeries> all;
    std::set<const Case*> taken;
    const auto same_problem = [](const Case& a, const Case& b) {
        return a.key.parameters == b.key.parameters;
    };
    for (const auto& strong : groups_of(variant, same_problem)) {
        if (counts_of_cores(strong) < 2) continue;
        all.push_back(series_of(strong, cases, ScalingKind::strong));
        taken.insert(strong.begin(), strong.end());
    }
    // Strong scaling at two sizes also has a diagonal of two points, which nobody meant as weak scaling.
    for (const auto& weak : groups_of(variant, grows)) {
        const bool meant =
            std::any_of(weak.begin(), weak.end(), [&](auto* one) { return !taken.contains(one); });
        const auto counts = counts_of_cores(weak);
        if (counts >= 3 || (counts == 2 && meant)) {
            all.push_back(series_of(weak, cases, ScalingKind::weak));
        }
    }
    return all;
}

}  // namespace

std::string_view name_of(ScalingKind kind) {
    return kind == ScalingKind::strong ? "strong" : "weak";
}

std::vector<ScalingSeries> scaling_of(const std::vector<Case>& cases,
                                      const std::vector<std::string>& wanted) {
    const auto chosen = select(cases, wanted);
    Cases run;
    for (const auto& one : cases) {
        const bool asked_for = std::any_of(chosen.begin(), chosen.end(),
                                           [&](const Case& other) { return same_variant(one, other); });
        if (asked_for && !one.launches.empty()) run.push_back(&one);
    }
    std::stable_sort(run.begin(), run.end(), [](auto* a, auto* b) { return cores_of(*a) < cores_of(*b); });
    std::vector<ScalingSeries> all;
    for (const auto& variant : groups_of(run, same_variant)) {
        for (auto& series : series_of_variant(variant, cases)) all.push_back(std::move(series));
    }
    return all;
}

}  // namespace pacer::timings
