#include "apps/timings/compare/difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "apps/timings/compare/launch_statistics.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

constexpr std::size_t fewest_for_holm = 8;
constexpr double significant = 0.05;

bool was_run(const Case* one) {
    return one != nullptr && !one->launches.empty();
}

int launches_of(const Case* one) {
    return one == nullptr ? 0 : static_cast<int>(one->launches.size());
}

std::string why_not_run(const Case* one) {
    return one == nullptr || one->not_run.empty() ? "" : "not run: " + one->not_run.front();
}

std::string failures_of(const Case* one, const std::string& side) {
    if (one == nullptr || one->failed == 0) return {};
    return fmt::format("answers wrong or never checked in {} of {} {}", one->failed,
                       one->launches.size() + one->not_run.size(), side);
}

// The largest share of a repeat that is no more than ten steps of the clock; a batch is timed as one.
double clock_margin(const Case& one) {
    double largest = 0;
    for (const auto& [launch, record, seconds] : one.launches) {
        const auto step = number_in(launch->environment, "clock_resolution_seconds").value_or(0);
        largest = std::max(largest, 10 * step / (seconds * static_cast<double>(record->batch)));
    }
    return largest;
}

// Launches whose time budget ended before the repeats that an interval takes.
std::int64_t launches_in_want_of_time(const Case& one) {
    return std::count_if(one.launches.begin(), one.launches.end(), [](const CaseLaunch& launch) {
        const auto repeats = static_cast<std::int64_t>(launch.record->repeats());
        const auto asked = number_in(launch.launch->environment, "repeats_asked");  // not in older dumps
        return repeats < fewest_for_interval && asked &&
               (*asked == 0 || static_cast<double>(repeats) < *asked);
    });
}

void set_margin(Difference& row, double clock, double asked_for, std::optional<double> noise) {
    row.margin = asked_for;
    row.margin_from = "asked for";
    const auto raise = [&](double margin, const char* from) {
        if (margin <= row.margin) return;
        row.margin = margin;
        row.margin_from = from;
    };
    raise(noise.value_or(0), "noise of the base");
    raise(clock, "clock");
}

Finding finding_of(const RatioEstimate& estimate, double margin) {
    if (!estimate.within_95) return Finding::inconclusive;
    const auto [low, high] = *estimate.within_95;
    const double slower = 1 + margin, faster = 1 / slower;
    if (low > 1 && estimate.ratio >= slower) return Finding::slower;
    if (high < 1 && estimate.ratio <= faster) return Finding::faster;
    if (estimate.within_90->low >= faster && estimate.within_90->high <= slower) return Finding::equivalent;
    return low > 1 || high < 1 ? Finding::within_margin : Finding::inconclusive;
}

void doubt(Difference& row, const std::vector<double>& base, const std::vector<double>& candidate) {
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
void judge(Difference& row, const Case& reference, const Case& subject, double asked_for,
           std::optional<double> noise) {
    const auto base = reference.medians(), candidate = subject.medians();
    const auto estimate = compare_launches(base, candidate);
    row.reference.seconds = median(base);
    row.subject.seconds = median(candidate);
    row.ratio = estimate.ratio;
    row.p = estimate.p;
    row.probability_slower = estimate.probability_slower;
    if (estimate.within_95) {
        row.low = estimate.within_95->low;
        row.high = estimate.within_95->high;
    }
    set_margin(row, std::max(clock_margin(reference), clock_margin(subject)), asked_for, noise);
    row.finding = finding_of(estimate, row.margin);
    const auto hurried = launches_in_want_of_time(reference) + launches_in_want_of_time(subject);
    if (hurried > 0) row.finding = Finding::inconclusive;
    if (row.finding == Finding::inconclusive) doubt(row, base, candidate);
    if (hurried > 0)
        row.note = fmt::format("{} had fewer than {} repeats", counted(hurried, "launch", "launches"),
                               fewest_for_interval);
}

}  // namespace

bool counts_as_wrong(Finding finding) {
    return finding == Finding::slower || finding == Finding::failed || finding == Finding::missing;
}

std::string_view mark_of(Finding finding) {
    if (counts_as_wrong(finding)) return "bad";
    if (finding == Finding::faster) return "good";
    return finding == Finding::inconclusive ? "doubt" : "";
}

Difference compare_case(const CaseKey& key, const Case* reference, const Case* subject,
                        const DifferenceOptions& options, std::optional<double> noise) {
    Difference row;
    row.key = key;
    row.reference.launches = launches_of(reference);
    row.subject.launches = launches_of(subject);
    row.margin = options.margin;
    row.margin_from = "asked for";
    const auto before = failures_of(reference, options.reference),
               after = failures_of(subject, options.subject);
    row.note = before + (before.empty() || after.empty() ? "" : ", ") + after;
    if (!row.note.empty()) {
        row.finding = Finding::failed;
    } else if (!was_run(reference)) {
        row.finding = Finding::not_compared;
        row.note = was_run(subject) ? "only in the " + options.subject : why_not_run(reference);
        if (row.note.empty()) row.note = why_not_run(subject);
    } else if (!was_run(subject)) {
        row.finding = options.allow_missing ? Finding::not_compared : Finding::missing;
        row.note = why_not_run(subject);
        if (row.note.empty()) row.note = "not in the " + options.subject;
    } else {
        judge(row, *reference, *subject, options.margin, noise);
    }
    return row;
}

void settle_by_holm(const std::vector<Difference*>& differences) {
    std::vector<Difference*> compared;
    std::vector<double> p;
    for (auto* one : differences) {
        if (!one->low) continue;
        compared.push_back(one);
        p.push_back(one->p);
    }
    if (compared.size() < 2) return;
    const auto adjusted = holm(p);
    for (std::size_t i = 0; i < compared.size(); ++i) {
        auto& row = *compared[i];
        const auto fewest = static_cast<std::size_t>(std::min(row.reference.launches, row.subject.launches));
        if (row.finding != Finding::slower) continue;
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
        row.finding = Finding::inconclusive;
    }
}

std::vector<CaseKey> keys_of(const std::vector<Difference>& differences) {
    std::vector<CaseKey> keys;
    for (const auto& one : differences) keys.push_back(one.key);
    return keys;
}

Cell verdict_cell(const Difference& difference, std::string_view (*words)(Finding), std::string_view needed) {
    const std::string verdict(words(difference.finding));
    auto explained = difference.note;
    if (difference.launches_needed > 0) {
        explained +=
            fmt::format("{}needs {} {}", explained.empty() ? "" : "; ", difference.launches_needed, needed);
    }
    Cell cell(verdict, explained.empty() ? verdict : verdict + ": " + explained);
    cell.html = fmt::format("<span class=\"verdict {}\">{}</span>{}", mark_of(difference.finding), verdict,
                            explained.empty() ? "" : html_text(": " + explained));
    return std::move(cell).marked(mark_of(difference.finding));
}

Cell ratio_interval(const Difference& difference) {
    if (!difference.low) return {};
    return {*difference.low, fmt::format("{:.3f} .. {:.3f}", *difference.low, *difference.high)};
}

Cell margin_cell(const Difference& difference) {
    if (!difference.judged()) return {difference.margin, "-"};
    auto words = format_percent(difference.margin);
    if (difference.margin_from != "asked for") words += " (" + difference.margin_from + ")";
    return {difference.margin, words};
}

}  // namespace pacer::timings
