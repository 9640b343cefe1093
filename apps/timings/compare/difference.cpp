#include "apps/timings/compare/difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>
#include <vector>

#include "apps/timings/compare/launch_statistics.hpp"
#include "apps/timings/compare/robust.hpp"
#include "common/base/units.hpp"
#include "common/measure/disturbance.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

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

// How many executions, or calls, are timed as one. Those of several ranks are each clocked by itself: what
// the clock cannot tell of one it cannot tell of a batch.
double timed_as_one(const Record& record) {
    const std::vector<double> calls(record.calls.calls.begin(), record.calls.calls.end());
    if (!calls.empty()) return median(calls);
    return record.ranks > 1 ? 1 : static_cast<double>(record.batch);
}

// The largest share of what is timed as one that is no more than ten steps of the clock.
double clock_margin(const Case& one) {
    double largest = 0;
    for (const auto& its : one.launches) {
        const auto step = number_in(its.launch->environment, "clock_resolution_seconds").value_or(0);
        largest = std::max(largest, 10 * step / (its.median_seconds * timed_as_one(*its.record)));
    }
    return largest;
}

// Whether the time budget ended before the repeats that an interval takes.
bool short_of_time(const CaseLaunch& launch) {
    const auto repeats = static_cast<std::int64_t>(launch.record->repeats());
    const auto asked = number_in(launch.launch->environment, "repeats_asked");  // not in older dumps
    return repeats < fewest_for_interval && asked && (*asked == 0 || static_cast<double>(repeats) < *asked);
}

std::int64_t launches_short_of_time(const Case& one) {
    return std::count_if(one.launches.begin(), one.launches.end(), short_of_time);
}

// Whether one of them has so few repeats that all may have been out of the ordinary.
bool has_hardly_any_repeats(const Case& one) {
    constexpr std::size_t fewest = 3;
    return std::any_of(one.launches.begin(), one.launches.end(), [](const CaseLaunch& launch) {
        return short_of_time(launch) && launch.record->repeats() < fewest;
    });
}

// The same, but of launches short of time the fastest or the slowest repeat in place of the median.
Case at_best_or_worst(Case one, bool best) {
    for (auto& launch : one.launches) {
        if (!short_of_time(launch)) continue;
        const auto seconds = launch.record->repeat_seconds();
        const auto [least, most] = std::minmax_element(seconds.begin(), seconds.end());
        launch.median_seconds = best ? *least : *most;
    }
    return one;
}

bool disturbed(const CaseLaunch& launch) {
    return launch.disturbance > disturbed_share;
}

double mean_disturbance(const Case& one) {
    double sum = 0;
    for (const auto& launch : one.launches) sum += launch.disturbance;
    return sum / static_cast<double>(one.launches.size());
}

Case without_disturbed(Case one) {
    std::erase_if(one.launches, disturbed);
    return one;
}

std::vector<double> ratios_of(const Compared& pairs) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < pairs.base.size(); ++i) ratios.push_back(pairs.candidate[i] / pairs.base[i]);
    return ratios;
}

// What two sets of such launches differ by, by chance. The ratio of a pair varies by the noise of both.
std::optional<double> noise_of(const Compared& compared) {
    if (compared.basis != Basis::pair) return noise_floor(compared.base);
    const auto noise = noise_floor(ratios_of(compared));
    return noise ? std::optional(std::expm1(std::log1p(*noise) / std::numbers::sqrt2)) : std::nullopt;
}

// From launch to launch; of pairs without what both launches of one have in common.
std::optional<double> deviation_of(const Compared& compared) {
    if (compared.basis != Basis::pair) return deviation_of_logarithms(compared.base, compared.candidate);
    const auto deviation = deviation_of_logarithms(ratios_of(compared));
    return deviation ? std::optional(*deviation / std::numbers::sqrt2) : std::nullopt;
}

// One case that both sides have run.
class Judge {
  public:
    Judge(const Case& reference, const Case& subject, const DifferenceOptions& options)
        : reference_(reference),
          subject_(subject),
          options_(options),
          compared_(options.across_nodes ? by_launch(reference, subject) : by_nature(reference, subject)),
          estimate_(estimate(compared_)),
          clock_(std::max(clock_margin(reference), clock_margin(subject))),
          noise_((options.across_nodes ? options.noise : noise_of(compared_)).value_or(0)) {}

    void fill(Difference& row) const {
        row.reference.seconds = median(reference_.medians());
        row.subject.seconds = median(subject_.medians());
        row.basis = compared_.basis;
        row.units = fewest();
        row.ratio = estimate_.ratio;
        row.p = estimate_.p;
        row.smallest_p = estimate_.smallest_p;
        row.probability_slower = estimate_.probability_slower;
        if (estimate_.within_95)
            std::tie(row.low, row.high) = std::pair(estimate_.within_95->low, estimate_.within_95->high);
        set_margin(row);
        row.too_noisy = too_noisy();
        row.finding = finding();
        if (row.finding == Finding::inconclusive) {
            explain(row);
        } else if (!stands_without_disturbed()) {
            row.finding = Finding::inconclusive;
            row.add_note(fmt::format("rests upon disturbed launches, {} of {} {} and {} of {} {}",
                                     disturbed_in(reference_), reference_.launches.size(), options_.reference,
                                     disturbed_in(subject_), subject_.launches.size(), options_.subject));
        }
        add_groups(row, reference_, options_.reference);
        add_groups(row, subject_, options_.subject);
    }

  private:
    static std::ptrdiff_t disturbed_in(const Case& one) {
        return std::count_if(one.launches.begin(), one.launches.end(), disturbed);
    }

    std::ptrdiff_t short_of_time() const {
        return launches_short_of_time(reference_) + launches_short_of_time(subject_);
    }

    void set_margin(Difference& row) const {
        row.margin = options_.margin;
        const auto raise = [&](double margin, const char* from) {
            if (margin <= row.margin) return;
            row.margin = margin;
            row.margin_from = from;
        };
        raise(noise_, compared_.basis == Basis::pair ? "noise of the pairs" : "noise of the base");
        raise(clock_, "clock");
    }

    Finding finding() const { return short_of_time() > 0 ? finding_short_of_time() : finding_by_medians(); }

    // A node that became slow has fewer repeats in the same time. It is slower if even its fastest ones are,
    // against the slowest ones of the other side; and where these are one or two, if they take over twice as
    // long, which single stalls do not do in launch after launch.
    Finding finding_short_of_time() const {
        const double least = has_hardly_any_repeats(reference_) || has_hardly_any_repeats(subject_) ? 2 : 1;
        for (const auto found : {Finding::slower, Finding::faster}) {
            const auto reference = at_best_or_worst(reference_, found == Finding::faster),
                       subject = at_best_or_worst(subject_, found == Finding::slower);
            const Judge judge(reference, subject, options_);
            if (judge.finding_by_medians() == found && judge.differs_by(least)) return found;
        }
        return Finding::inconclusive;
    }

    bool differs_by(double factor) const {
        const auto& within = estimate_.within_95;
        return within && (within->low > factor || within->high < 1 / factor);
    }

    Finding finding_by_medians() const {
        if (!estimate_.within_95) return Finding::inconclusive;
        const double asked = 1 + options_.margin, slower = std::max({asked, 1 + noise_, 1 + clock_});
        const auto within_asked = [&](const Interval& interval) {
            return clock_ <= options_.margin && !too_noisy() && interval.low >= 1 / asked &&
                   interval.high <= asked;
        };
        const auto [low, high] = *estimate_.within_95;
        const bool changed = low > 1 || high < 1;
        if (low > 1 && estimate_.ratio >= slower) return Finding::slower;
        if (high < 1 && estimate_.ratio <= 1 / slower) return Finding::faster;
        if (changed && within_asked(*estimate_.within_95)) return Finding::within_margin;
        return within_asked(*estimate_.within_90) ? Finding::equivalent : Finding::inconclusive;
    }

    // An interval is narrow by chance where launches fall in two groups, half of them in each.
    bool too_noisy() const { return noise_ > too_many_margins * options_.margin; }

    int fewest() const {
        return static_cast<int>(std::min(compared_.base.size(), compared_.candidate.size()));
    }

    static void add_groups(Difference& row, const Case& one, const std::string& side) {
        if (const auto groups = two_groups(one.medians()))
            row.add_note(fmt::format("the {} fall in two groups, near {} and {}", side,
                                     format_seconds(groups->first), format_seconds(groups->second)));
    }

    void explain(Difference& row) const {
        if (compared_.basis == Basis::hosts && fewest() < fewest_launches) {
            row.add_note(compared_.base.size() == 1 && compared_.candidate.size() == 1
                             ? "one node against one"
                             : fmt::format("{} sets of hosts against {}", compared_.base.size(),
                                           compared_.candidate.size()));
            row.add_note(fmt::format("on different hosts it takes {} sets of hosts a side", fewest_launches));
            return;
        }
        if (const auto hurried = short_of_time(); hurried > 0) {
            row.add_note(fmt::format("{} had fewer than {} repeats",
                                     counted(static_cast<std::size_t>(hurried), "launch", "launches"),
                                     fewest_for_interval));
            return;
        }
        if (fewest() == 1) {
            row.add_note("one launch cannot be compared");
        } else if (!row.low) {
            row.add_note(fmt::format("an interval needs {} launches a side", fewest_launches));
        } else if (row.too_noisy) {
            row.add_note(
                fmt::format("too noisy: {} differ by {}",
                            compared_.basis == Basis::pair ? "pairs of launches" : "launches of the base",
                            format_percent(noise_)));
        } else if (clock_ > options_.margin) {
            row.add_note(fmt::format("ten steps of the clock are {} of a repeat", format_percent(clock_)));
        }
        row.launches_needed = needed();
        if (row.launches_needed == 0 && fewest() > 1) row.add_note("launches needed: unknown");
    }

    // 0 where it is not known: of launches in two groups, and where so many as the formula asks for did not
    // do.
    int needed() const {
        if (two_groups(compared_.base) || two_groups(compared_.candidate)) return 0;
        const auto deviation = deviation_of(compared_);
        if (!deviation) return fewest() < fewest_launches ? fewest_launches : 0;
        const int formula = launches_needed(*deviation, options_.margin);
        return formula > fewest() ? formula : 0;
    }

    // Launches in turns met the same disturbances, as long as both sides lost about as much to others.
    bool stands_without_disturbed() const {
        if (options_.accept_disturbed || disturbed_in(reference_) + disturbed_in(subject_) == 0) return true;
        if (compared_.basis == Basis::pair &&
            std::abs(mean_disturbance(reference_) - mean_disturbance(subject_)) < disturbed_share)
            return true;
        const auto a = without_disturbed(reference_), b = without_disturbed(subject_);
        return !a.launches.empty() && !b.launches.empty() && Judge(a, b, options_).finding() == finding();
    }

    const Case &reference_, &subject_;
    const DifferenceOptions& options_;
    Compared compared_;
    RatioEstimate estimate_;
    double clock_, noise_;
};

}  // namespace

void Difference::add_note(std::string_view text) {
    note += fmt::format("{}{}", note.empty() ? "" : "; ", text);
}

Difference compare_case(const CaseKey& key, const Case* reference, const Case* subject,
                        const DifferenceOptions& options) {
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
        Judge(*reference, *subject, options).fill(row);
    }
    return row;
}

}  // namespace pacer::timings
