#include "apps/timings/compare/comparison.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "apps/timings/builds.hpp"
#include "apps/timings/compare/environments.hpp"
#include "apps/timings/compare/launch_statistics.hpp"
#include "apps/timings/compare/outliers.hpp"
#include "apps/timings/compare/same_tests.hpp"
#include "common/base/units.hpp"
#include "common/measure/disturbance.hpp"

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
    DifferenceOptions of_case;
    of_case.margin = options.margin;
    of_case.allow_missing = options.allow_missing;
    of_case.accept_disturbed = options.accept_disturbed;
    of_case.reference = "baseline launches";
    of_case.subject = "new launches";
    return compare_case(key, base, candidate, of_case);
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

void check_builds(const std::vector<Launch>& candidate, const std::vector<Launch>& confirm) {
    if (const auto foreign = foreign_builds(confirm, candidate))
        throw UsageError(
            fmt::format("--confirm wants fresh launches of the same build as the new ones ({})", *foreign));
}

void check_sides(const std::vector<Launch>& base, const std::vector<Launch>& candidate) {
    const auto shared = shared_ids(base, candidate);
    if (shared.empty()) return;
    throw UsageError(fmt::format("{} on both sides, such as {}: the same launches compare nothing",
                                 counted(shared.size(), "launch is", "launches are"), shared.front()));
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

void settle_all(std::vector<Difference>& rows, int fewest) {
    std::vector<Difference*> differences;
    for (auto& row : rows) differences.push_back(&row);
    settle_by_holm(differences, fewest);
}

std::string figures(const Difference& row) {
    if (!row.low) return fmt::format("{:.3f}", row.ratio);
    return fmt::format("{:.3f} ({:.3f} .. {:.3f})", row.ratio, *row.low, *row.high);
}

bool is_change(Finding finding) {
    return finding == Finding::slower || finding == Finding::faster;
}

// What a change comes to with the fresh launches: `again` is their comparison with the baseline. The figures
// shown are those that the finding follows from.
void confirm_by(const Difference& again, Difference& row) {
    const auto fresh = counted(again.subject.launches, "fresh launch", "fresh launches");
    if (again.finding == row.finding) {
        row.note = fmt::format("confirmed by {}: {}", fresh, figures(again));
        return;
    }
    const auto first = figures(row);
    row = again;
    if (is_change(again.finding)) {
        row.finding = Finding::inconclusive;
        row.note = fmt::format("{} and the new launches contradict each other: {}", fresh, first);
    } else {
        row.note = fmt::format("not confirmed by {}; the new launches: {}{}{}", fresh, first,
                               again.note.empty() ? "" : ", ", again.note);
    }
}

// The new launches and the fresh ones, as one side.
Case together(const Case& candidate, const Case& fresh) {
    auto all = candidate;
    all.launches.insert(all.launches.end(), fresh.launches.begin(), fresh.launches.end());
    all.failed += fresh.failed;
    return all;
}

// A change counts if fresh launches by themselves show it: they were not chosen for it. What was undecided is
// judged by all launches.
void settle_afresh(std::vector<Difference>& rows, const std::vector<Sides>& sides,
                   const ComparisonOptions& options) {
    auto again = rows;
    std::vector<bool> is_tried(rows.size(), false);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& [base, candidate, fresh] = sides[i];
        const bool in_doubt = is_change(rows[i].finding) || rows[i].finding == Finding::inconclusive;
        const bool has_failed = fresh != nullptr && fresh->failed > 0;
        is_tried[i] = has_failed || (in_doubt && fresh != nullptr && !fresh->launches.empty());
        if (!is_tried[i]) continue;
        if (has_failed || is_change(rows[i].finding)) {
            again[i] = compare_sides(rows[i].key, base, fresh, options);
        } else {
            const auto all = together(*candidate, *fresh);
            again[i] = compare_sides(rows[i].key, base, &all, options);
        }
    }
    settle_all(again, fewest_launches);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto& row = rows[i];
        if (is_tried[i] && again[i].finding == Finding::failed) {
            row.finding = Finding::failed;
            row.note = "fresh launches: " + again[i].note;
        } else if (is_tried[i] && is_change(row.finding)) {
            confirm_by(again[i], row);
        } else if (is_change(row.finding)) {
            const auto* word = row.finding == Finding::slower ? "slower" : "faster";
            row.finding = Finding::inconclusive;
            row.note = fmt::format("{}, but the fresh launches lack this case", word);
        } else if (is_tried[i]) {
            row = again[i];
            row.add_note("judged with " +
                         counted(sides[i].fresh->launches.size(), "fresh launch", "fresh launches"));
            if (is_change(row.finding) && rows.size() > 1 && row.units < fewest_for_holm) {
                row.finding = Finding::inconclusive;
                row.launches_needed = fewest_for_holm;
            }
        }
    }
}

// The gravest of what the cases come to. Other hardware explains whatever is slower, but no wrong answer.
ExitStatus status_of(const Comparison& made, const ComparisonOptions& options) {
    const auto any = [&](auto has) { return std::any_of(made.cases.begin(), made.cases.end(), has); };
    const bool any_failed = any([](const auto& row) { return row.finding == Finding::failed; });
    if (!any_failed && !made.other_tests.empty() && !options.allow_other_hardware)
        return ExitStatus::other_tests;
    auto status = ExitStatus::right;
    for (const auto& row : made.cases) status = graver(status, status_of(row.finding));
    if (options.every_case && !made.untested.empty()) status = graver(status, ExitStatus::inconclusive);
    if (status == ExitStatus::right && !any([](const auto& row) { return row.judged(); }))
        throw UsageError("nothing can be compared: no case was run on both sides");
    return status;
}

// Cases that no launch of either side ran, each with what it would take.
std::vector<std::string> untested_among(const std::vector<Difference>& rows) {
    const auto keys = keys_of(rows);
    std::vector<std::string> lines;
    for (const auto& row : rows) {
        if (row.finding == Finding::not_compared && row.reference.launches + row.subject.launches == 0)
            lines.push_back(fmt::format("{}: {}", name_of(row.key, keys), row.note));
    }
    return lines;
}

// What the launches of a side were told to leave out is no case that they lack.
bool is_left_out(const Case& one, const std::vector<Launch>& candidate) {
    if (one.launches.empty()) return false;
    const auto& record = *one.launches.front().record;
    bool by_variant = true, by_problem = true, has_variant = false, has_problem = false, has_app = false;
    for (const auto& launch : candidate) {
        const auto is_ours = [&](const Record& other) { return other.app == record.app; };
        if (std::none_of(launch.records.begin(), launch.records.end(), is_ours)) continue;
        has_app = true;
        const auto command = fact(launch.environment, "command_line");
        by_variant = by_variant && command.find(" --variants") != command.npos;
        by_problem = by_problem && command.find(" --problems") != command.npos;
        for (const auto& other : launch.records) {
            has_variant = has_variant || other.variant == record.variant;
            has_problem = has_problem || other.problem == record.problem;
        }
    }
    return has_app && ((by_variant && !has_variant) || (by_problem && !has_problem));
}

void excuse_left_out(std::vector<Difference>& rows, const std::vector<Sides>& sides,
                     const std::vector<Launch>& candidate) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].finding != Finding::missing || sides[i].candidate != nullptr) continue;
        if (!is_left_out(*sides[i].base, candidate)) continue;
        rows[i].finding = Finding::not_compared;
        rows[i].note = "left out of the new launches by --variants or --problems";
    }
}

// A line for each side that has disturbed launches, and what is to be done.
std::vector<std::string> disturbances(const std::vector<Launch>& base, const std::vector<Launch>& candidate,
                                      const std::vector<Launch>& confirm, const ComparisonOptions& options) {
    std::vector<std::string> lines;
    const auto add = [&](const std::vector<Launch>& launches, std::string_view side) {
        const auto count = std::count_if(launches.begin(), launches.end(), is_disturbed);
        if (count == 0) return;
        double most = 0;
        for (const auto& launch : launches) most = std::max(most, std::min(1.0, disturbance(launch)));
        lines.push_back(fmt::format("{} of {} {}: others took up to {} of their cores", count,
                                    launches.size(), side, format_percent(most)));
    };
    add(base, "baseline launches");
    add(candidate, "new launches");
    add(confirm, "fresh launches");
    if (!lines.empty() && !options.accept_disturbed)
        lines.emplace_back(
            "what rests upon them is inconclusive, unless both sides took turns: jobs/compare.sh does that; "
            "or --accept-disturbed");
    return lines;
}

// What was compared with what: a line for each kind.
std::vector<std::string> bases_of(const std::vector<Difference>& rows, const std::string& before,
                                  const std::string& after) {
    const auto any = [&](Basis basis) {
        return std::any_of(rows.begin(), rows.end(),
                           [&](const Difference& row) { return row.judged() && row.basis == basis; });
    };
    std::vector<std::string> lines;
    if (any(Basis::launch))
        lines.push_back(before.empty() ? "launch by launch" : "launch by launch, all on " + before);
    if (any(Basis::pair)) lines.emplace_back("launches in pairs, one of each side, as they took turns");
    if (any(Basis::hosts))
        lines.push_back(
            fmt::format("one set of hosts with another, as the sides ran on different hosts: {} -> {}",
                        before.empty() ? "unknown" : before, after.empty() ? "unknown" : after));
    return lines;
}

// What has to be known of the launches as a whole; empty if nothing.
std::string caution(const std::vector<Launch>& base, const std::vector<Launch>& candidate,
                    const std::vector<Difference>& rows, const std::vector<std::string>& other) {
    std::string text;
    if (!other.empty()) text += fmt::format("; not the same tests: {}", fmt::join(other, "; "));
    if (std::min(base.size(), candidate.size()) == 1)
        text += fmt::format("; one launch cannot be compared: take at least {} a side", fewest_launches);
    const auto noisy = [](const Difference& row) {
        return row.too_noisy && row.finding == Finding::inconclusive;
    };
    if (const auto one = std::find_if(rows.begin(), rows.end(), noisy); one != rows.end())
        text += fmt::format("; too noisy: fix the placement, use an idle machine, {}or take more launches",
                            one->basis == Basis::pair ? "" : "run both sides in turns (jobs/compare.sh), ");
    return text;
}

}  // namespace

Comparison compare(const std::vector<Launch>& base, const std::vector<Launch>& candidate,
                   const std::vector<Launch>& confirm, const ComparisonOptions& options) {
    check_related(base, candidate);
    check_sides(base, candidate);
    check_fresh(base, confirm);
    check_fresh(candidate, confirm);
    check_builds(candidate, confirm);
    const auto a = cases_of(base), b = cases_of(candidate), fresh = cases_of(confirm);
    Comparison comparison;
    comparison.other_tests = other_tests(base, candidate);
    for (auto& line : other_tests(candidate, confirm))
        comparison.other_tests.push_back("fresh launches: " + line);
    comparison.disturbed = disturbances(base, candidate, confirm, options);
    for (const auto& [side, its] :
         {std::pair("baseline", &a), std::pair("new", &b), std::pair("fresh", &fresh)}) {
        for (const auto& line : sentences_of_outliers(*its))
            comparison.outliers.push_back(fmt::format("{}: {}", side, line));
    }
    comparison.environment = differences(base, candidate);
    for (auto& line : mixtures(base, "the baseline")) comparison.environment.push_back(std::move(line));
    for (auto& line : mixtures(candidate, "the new launches"))
        comparison.environment.push_back(std::move(line));
    if (!confirm.empty()) {
        for (const auto& line : differences(candidate, confirm))
            comparison.environment.push_back("fresh launches: " + line);
        for (auto& line : mixtures(confirm, "the fresh launches"))
            comparison.environment.push_back(std::move(line));
    }
    std::vector<Sides> all;
    for (const auto& one : chosen(a, b, options.only)) {
        all.push_back({find(a, one.key), find(b, one.key), find(fresh, one.key)});
        comparison.cases.push_back(compare_sides(one.key, all.back().base, all.back().candidate, options));
    }
    auto& rows = comparison.cases;
    confirm.empty() ? settle_all(rows, fewest_for_holm) : settle_afresh(rows, all, options);
    excuse_left_out(rows, all, candidate);
    comparison.compared = bases_of(rows, hosts_of(base), hosts_of(candidate));
    if (!options.only.empty())
        comparison.compared.push_back(fmt::format(
            "only {} (--only), for which alone Holm's correction is: choose before you have seen the others",
            counted(rows.size(), "case")));
    comparison.expected = apply(options.expected, options.today, rows);
    comparison.untested = untested_among(rows);
    comparison.status = status_of(comparison, options);
    if (comparison.status == ExitStatus::right && std::min(base.size(), candidate.size()) == 1)
        comparison.status = ExitStatus::inconclusive;
    comparison.sentence = sentence_of(rows) + caution(base, candidate, rows, comparison.other_tests) + ".";
    return comparison;
}

}  // namespace pacer::timings
