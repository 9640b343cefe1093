#include "apps/timings/compare/comparison.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>

#include "apps/timings/compare/comparison_text.hpp"
#include "apps/timings/compare/launch_statistics.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

constexpr std::size_t fewest_for_holm = 8;
constexpr double significant = 0.05;

// One case on both sides and among the fresh launches; null where a side does not have it.
struct Sides {
    const Case *base = nullptr, *candidate = nullptr, *fresh = nullptr;
};

const Case* find(const std::vector<Case>& cases, const CaseKey& key) {
    const auto found =
        std::find_if(cases.begin(), cases.end(), [&](const Case& one) { return one.key == key; });
    return found == cases.end() ? nullptr : &*found;
}

bool was_run(const Case* one) {
    return one != nullptr && !one->launches.empty();
}

int launches_of(const Case* one) {
    return one == nullptr ? 0 : static_cast<int>(one->launches.size());
}

std::string why_not_run(const Case* one) {
    return one == nullptr || one->not_run.empty() ? "" : "not run: " + one->not_run.front();
}

std::string failure_note(const Sides& sides) {
    const auto of = [](const Case* one, std::string_view side) {
        return one == nullptr || one->failed == 0
                   ? std::string()
                   : fmt::format("answers wrong or never checked in {} of {} {} launches", one->failed,
                                 one->launches.size() + one->not_run.size(), side);
    };
    const auto base = of(sides.base, "baseline"), candidate = of(sides.candidate, "new");
    return base + (base.empty() || candidate.empty() ? "" : ", ") + candidate;
}

// The largest share of a repeat that is no more than ten steps of the clock.
double clock_margin(const Case& one) {
    double largest = 0;
    for (const auto& launch : one.launches) {
        for (const auto& [name, value] : launch.launch->circumstances) {
            const auto* resolution = std::get_if<double>(&value);
            if (name != "clock_resolution_seconds" || resolution == nullptr) continue;
            // A batch is timed as one.
            const double timed = launch.median_seconds * static_cast<double>(launch.record->batch);
            largest = std::max(largest, 10 * *resolution / timed);
        }
    }
    return largest;
}

// Launches whose time budget ended before the repeats that an interval takes.
std::int64_t launches_in_want_of_time(const Case& one) {
    return std::count_if(one.launches.begin(), one.launches.end(), [](const CaseLaunch& launch) {
        const auto repeats = static_cast<std::int64_t>(launch.record->repeats());
        for (const auto& [name, value] : launch.launch->circumstances) {
            if (name != "repeats_asked") continue;  // older dumps do not have it
            const auto* const asked = std::get_if<std::int64_t>(&value);
            return repeats < fewest_for_interval && asked != nullptr && (*asked == 0 || repeats < *asked);
        }
        return false;
    });
}

void set_margin(CaseComparison& row, const Sides& sides, double asked_for, std::optional<double> noise) {
    row.margin = asked_for;
    row.margin_from = "asked for";
    const auto raise = [&](double margin, const char* from) {
        if (margin <= row.margin) return;
        row.margin = margin;
        row.margin_from = from;
    };
    raise(noise.value_or(0), "noise of the base");
    raise(std::max(clock_margin(*sides.base), clock_margin(*sides.candidate)), "clock");
}

Finding verdict_of(const RatioEstimate& estimate, double margin) {
    if (!estimate.within_95) return Finding::inconclusive;
    const auto [low, high] = *estimate.within_95;
    const double slower = 1 + margin, faster = 1 / slower;
    if (low > 1 && estimate.ratio >= slower) return Finding::regressed;
    if (high < 1 && estimate.ratio <= faster) return Finding::improved;
    if (estimate.within_90->low >= faster && estimate.within_90->high <= slower) return Finding::equivalent;
    return low > 1 || high < 1 ? Finding::changed_within_margin : Finding::inconclusive;
}

void doubt(CaseComparison& row, const std::vector<double>& base, const std::vector<double>& candidate) {
    const auto fewest = std::min(base.size(), candidate.size());
    if (fewest == 1) {
        row.note = "one launch cannot be compared";
    } else if (!row.low) {
        row.note = fmt::format("an interval needs {} launches a side", fewest_launches);
    }
    // Without a second launch on either side nothing is known of what launches differ by.
    if (base.size() + candidate.size() < 3) return;
    const auto formula = launches_needed(pooled_deviation(base, candidate), row.margin);
    // The ones there were did not do, whatever the formula expects of so many.
    row.launches_needed = std::max(formula, static_cast<int>(fewest) + 1);
}

// Both sides have run it.
void judge(CaseComparison& row, const Sides& sides, double asked_for, std::optional<double> noise) {
    const auto base = sides.base->medians(), candidate = sides.candidate->medians();
    const auto estimate = compare_launches(base, candidate);
    row.base_seconds = median(base);
    row.new_seconds = median(candidate);
    row.ratio = estimate.ratio;
    row.p = estimate.p;
    row.probability_slower = estimate.probability_slower;
    if (estimate.within_95) {
        row.low = estimate.within_95->low;
        row.high = estimate.within_95->high;
    }
    set_margin(row, sides, asked_for, noise);
    row.verdict = verdict_of(estimate, row.margin);
    const auto hurried = launches_in_want_of_time(*sides.base) + launches_in_want_of_time(*sides.candidate);
    if (hurried > 0) row.verdict = Finding::inconclusive;
    if (row.verdict == Finding::inconclusive) doubt(row, base, candidate);
    if (hurried > 0)
        row.note = fmt::format("{} launch{} had fewer than {} repeats", hurried, hurried == 1 ? "" : "es",
                               fewest_for_interval);
}

CaseComparison compare_sides(const CaseKey& key, const Sides& sides, const ComparisonOptions& options,
                             std::optional<double> noise) {
    CaseComparison row;
    row.key = key;
    row.base_launches = launches_of(sides.base);
    row.new_launches = launches_of(sides.candidate);
    row.margin = options.margin;
    row.margin_from = "asked for";
    row.note = failure_note(sides);
    if (!row.note.empty()) {
        row.verdict = Finding::failed;
    } else if (!was_run(sides.base)) {
        row.verdict = Finding::not_compared;
        row.note = was_run(sides.candidate) ? "only in the new launches" : why_not_run(sides.base);
        if (row.note.empty()) row.note = why_not_run(sides.candidate);
    } else if (!was_run(sides.candidate)) {
        row.verdict = options.allow_missing ? Finding::not_compared : Finding::missing;
        row.note = why_not_run(sides.candidate);
        if (row.note.empty()) row.note = "not in the new launches";
    } else {
        judge(row, sides, options.margin, noise);
    }
    return row;
}

std::optional<double> noise_of(const Sides& sides) {
    return was_run(sides.base) ? noise_floor(sides.base->medians()) : std::nullopt;
}

std::string figures(const CaseComparison& row) {
    if (!row.low) return fmt::format("{:.3f}", row.ratio);
    return fmt::format("{:.3f} ({:.3f} .. {:.3f})", row.ratio, *row.low, *row.high);
}

// What the fresh launches say is what counts: they were not chosen for being slow. The figures shown remain
// those of the launches that raised the alarm.
void confirm_regression(CaseComparison& row, Sides sides, const ComparisonOptions& options) {
    const bool known = sides.fresh != nullptr && (was_run(sides.fresh) || sides.fresh->failed > 0);
    sides.candidate = sides.fresh;
    if (!known) {
        row.verdict = Finding::inconclusive;
        row.note = "slower, but not among the fresh launches";
        return;
    }
    const auto fresh = compare_sides(row.key, sides, options, noise_of(sides));
    row.verdict = fresh.verdict;
    row.launches_needed = fresh.launches_needed;
    if (fresh.verdict == Finding::failed) {
        row.note = "fresh launches: " + fresh.note;
        return;
    }
    row.note = fmt::format("{} {} fresh launch{}: {}{}{}",
                           fresh.verdict == Finding::regressed ? "confirmed by" : "not confirmed by",
                           fresh.new_launches, fresh.new_launches == 1 ? "" : "es", figures(fresh),
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
ExitStatus status_of(const std::vector<CaseComparison>& rows) {
    const auto any = [&](auto has) { return std::any_of(rows.begin(), rows.end(), has); };
    if (any([](const auto& row) { return counts_as_wrong(row.verdict); })) return ExitStatus::wrong;
    if (any([](const auto& row) { return row.verdict == Finding::inconclusive; })) {
        return ExitStatus::inconclusive;
    }
    if (any([](const auto& row) { return row.ratio > 0; })) return ExitStatus::right;
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

CaseComparison compare_case(const Case& base, const Case& candidate, double margin,
                            std::optional<double> noise) {
    return compare_sides(candidate.key, {&base, &candidate, nullptr}, {margin, false, {}}, noise);
}

void settle_by_holm(std::vector<CaseComparison>& rows) {
    std::vector<std::size_t> compared;
    std::vector<double> p;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!rows[i].low) continue;
        compared.push_back(i);
        p.push_back(rows[i].p);
    }
    if (compared.size() < 2) return;
    const auto adjusted = holm(p);
    for (std::size_t i = 0; i < compared.size(); ++i) {
        auto& row = rows[compared[i]];
        const auto fewest = static_cast<std::size_t>(std::min(row.base_launches, row.new_launches));
        if (row.verdict != Finding::regressed) continue;
        if (fewest < fewest_for_holm) {
            row.note =
                fmt::format("slower, but one of {} cases: confirm it by fresh launches", compared.size());
            row.launches_needed = static_cast<int>(fewest_for_holm);
        } else if (adjusted[i] > significant) {
            row.note = fmt::format("slower, but of {} cases one may look so by chance (Holm: p = {:.2g})",
                                   compared.size(), adjusted[i]);
            row.launches_needed = static_cast<int>(fewest) + 1;
        } else {
            continue;
        }
        row.verdict = Finding::inconclusive;
    }
}

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
        comparison.cases.push_back(compare_sides(one.key, all.back(), options, noise_of(all.back())));
    }
    if (confirm.empty()) settle_by_holm(comparison.cases);
    for (std::size_t i = 0; i < all.size() && !confirm.empty(); ++i) {
        auto& row = comparison.cases[i];
        if (row.verdict == Finding::regressed) confirm_regression(row, all[i], options);
    }
    comparison.status = status_of(comparison.cases);
    comparison.sentence = sentence_of(comparison.cases) + caution(base, candidate) + ".";
    return comparison;
}

}  // namespace pacer::timings
