#include "apps/timings/compare/comparison.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "apps/timings/compare/launch_statistics.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

// One case on both sides and among the fresh launches; null where a side does not have it.
struct Sides {
    const Case *base = nullptr, *candidate = nullptr, *fresh = nullptr;
};

const Case* find(const std::vector<Case>& cases, const CaseKey& key) {
    const auto found =
        std::find_if(cases.begin(), cases.end(), [&](const Case& one) { return one.key == key; });
    return found == cases.end() ? nullptr : &*found;
}

Difference compare_sides(const CaseKey& key, const Case* base, const Case* candidate,
                         const ComparisonOptions& options) {
    const bool has_base = base != nullptr && !base->launches.empty();
    return compare_case(key, base, candidate,
                        {options.margin, options.allow_missing, "baseline launches", "new launches"},
                        has_base ? noise_floor(base->medians()) : std::nullopt);
}

std::string figures(const Difference& row) {
    if (!row.low) return fmt::format("{:.3f}", row.ratio);
    return fmt::format("{:.3f} ({:.3f} .. {:.3f})", row.ratio, *row.low, *row.high);
}

// What the fresh launches say is what counts: they were not chosen for being slow. The figures shown remain
// those of the launches that raised the alarm.
void confirm_regression(Difference& row, const Sides& sides, const ComparisonOptions& options) {
    if (sides.fresh == nullptr || (sides.fresh->launches.empty() && sides.fresh->failed == 0)) {
        row.finding = Finding::inconclusive;
        row.note = "slower, but not among the fresh launches";
        return;
    }
    const auto fresh = compare_sides(row.key, sides.base, sides.fresh, options);
    row.finding = fresh.finding;
    row.launches_needed = fresh.launches_needed;
    if (fresh.finding == Finding::failed) {
        row.note = "fresh launches: " + fresh.note;
        return;
    }
    row.note =
        fmt::format("{} {}: {}{}{}", fresh.finding == Finding::slower ? "confirmed by" : "not confirmed by",
                    counted(fresh.subject.launches, "fresh launch", "fresh launches"), figures(fresh),
                    fresh.note.empty() ? "" : ", ", fresh.note);
}

std::set<std::string> ids_of(const std::vector<Launch>& launches) {
    std::set<std::string> ids;
    for (const auto& launch : launches) ids.insert(launch.id);
    return ids;
}

std::vector<std::string> shared_ids(const std::vector<Launch>& a, const std::vector<Launch>& b) {
    const auto of_a = ids_of(a), of_b = ids_of(b);
    std::vector<std::string> shared;
    std::set_intersection(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(), std::back_inserter(shared));
    return shared;
}

void check_fresh(const std::vector<Launch>& used, const std::vector<Launch>& confirm) {
    const auto shared = shared_ids(used, confirm);
    if (shared.empty()) return;
    throw UsageError(fmt::format(
        "launch {} cannot confirm what it was compared for: --confirm wants fresh launches", shared.front()));
}

std::string apps_of(const std::vector<Launch>& launches, std::set<std::string>& apps) {
    for (const auto& launch : launches) {
        for (const auto& record : launch.records) apps.insert(record.app);
    }
    return apps.empty() ? "no app" : fmt::format("{}", fmt::join(apps, ", "));
}

void check_related(const std::vector<Launch>& base, const std::vector<Launch>& candidate) {
    std::set<std::string> a, b;
    const auto of_base = apps_of(base, a), of_candidate = apps_of(candidate, b);
    if (std::any_of(a.begin(), a.end(), [&](const auto& app) { return b.contains(app); })) return;
    throw UsageError(fmt::format("nothing can be compared: the baseline is of {}, the new launches are of {}",
                                 of_base, of_candidate));
}

// The cases of both sides that were asked for: in the order of the baseline, then what only the other has.
std::vector<Case> chosen(std::vector<Case> base, const std::vector<Case>& candidate,
                         const std::vector<std::string>& only) {
    for (const auto& one : candidate) {
        if (find(base, one.key) == nullptr) base.push_back(one);
    }
    return select(std::move(base), only);
}

// A failure is one however doubtful the other cases are; a doubt is none as long as nothing failed.
ExitStatus status_of(const std::vector<Difference>& rows) {
    const auto any = [&](auto has) { return std::any_of(rows.begin(), rows.end(), has); };
    if (any([](const auto& row) { return counts_as_wrong(row.finding); })) return ExitStatus::wrong;
    if (any([](const auto& row) { return row.finding == Finding::inconclusive; })) {
        return ExitStatus::inconclusive;
    }
    if (any([](const auto& row) { return row.judged(); })) return ExitStatus::right;
    throw UsageError("nothing can be compared: no case was run on both sides");
}

// What has to be known of the launches as a whole; empty if nothing.
std::string caution(const std::vector<Launch>& base, const std::vector<Launch>& candidate) {
    std::string text;
    if (std::min(base.size(), candidate.size()) == 1) {
        text += fmt::format("; one launch cannot be compared: take at least {} a side", fewest_launches);
    }
    const auto shared = shared_ids(base, candidate).size();
    if (shared > 0) {
        text += fmt::format("; {} launch{} on both sides, which hides differences", shared,
                            shared == 1 ? " is" : "es are");
    }
    return text;
}

}  // namespace

Comparison compare(const std::vector<Launch>& base, const std::vector<Launch>& candidate,
                   const std::vector<Launch>& confirm, const ComparisonOptions& options) {
    check_related(base, candidate);
    check_fresh(base, confirm);
    check_fresh(candidate, confirm);
    const auto a = cases_of(base), b = cases_of(candidate), fresh = cases_of(confirm);
    Comparison comparison;
    comparison.environment = differences(base, candidate);
    std::vector<Sides> all;
    for (const auto& one : chosen(a, b, options.only)) {
        all.push_back({find(a, one.key), find(b, one.key), find(fresh, one.key)});
        comparison.cases.push_back(compare_sides(one.key, all.back().base, all.back().candidate, options));
    }
    std::vector<Difference*> differences;
    for (auto& one : comparison.cases) differences.push_back(&one);
    if (confirm.empty()) settle_by_holm(differences);
    for (std::size_t i = 0; i < all.size() && !confirm.empty(); ++i) {
        auto& row = comparison.cases[i];
        if (row.finding == Finding::slower) confirm_regression(row, all[i], options);
    }
    comparison.status = status_of(comparison.cases);
    comparison.sentence = sentence_of(comparison.cases) + caution(base, candidate) + ".";
    return comparison;
}

}  // namespace pacer::timings
