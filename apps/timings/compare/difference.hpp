// How the launches of one case differ from others of the same case: those of an older program, or those of
// other nodes. The method: statistics of launches, not of repeats, see README.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/timings/compare/cases.hpp"
#include "apps/timings/compare/pairing.hpp"
#include "common/base/status.hpp"
#include "common/report/table.hpp"

namespace pacer::timings {

// Noise of more margins than these is too much to tell anything.
inline constexpr double too_many_margins = 3;

enum class Finding {
    slower,
    faster,
    equivalent,
    within_margin,
    inconclusive,
    missing,
    failed,
    not_compared,
    expected  // slower, missing or inconclusive, as somebody said beforehand
};

// Whether the finding is bad news, to be named: slower, failed, missing.
bool is_bad(Finding finding);

// What the finding makes of the exit status, and of two of them the one that counts: a failure before other
// tests, these before a doubt.
ExitStatus status_of(Finding finding);
ExitStatus graver(ExitStatus a, ExitStatus b);

std::string_view mark_of(Finding finding);  // of its cell: "bad", "good", "doubt", or none

struct Side {
    int launches = 0;
    double seconds = 0;  // median of launch medians; 0: the case was not run on both sides
};

// How a subject differs from its reference.
struct Difference {
    CaseKey key;
    Side reference, subject;
    Basis basis = Basis::launch;             // what was compared with what
    int units = 0;                           // launches, pairs or sets of hosts, on the smaller side
    double ratio = 0;                        // subject / reference, Hodges-Lehmann; 0: see seconds
    std::optional<double> low, high;         // 95 % interval of the ratio; none of too few launches
    double p = 1, probability_slower = 0.5;  // exact, two-sided; P(a launch of subject is slower)
    double smallest_p = 1;                   // that so many launches can have
    double margin = 0.03;                    // delta, the largest of its three sources
    std::string margin_from;                 // "asked for", "noise of the base", "clock", ...
    Finding finding = Finding::inconclusive;
    bool too_noisy = false;   // the noise exceeds three times the margin that was asked for
    int launches_needed = 0;  // on each side, where inconclusive, to find such a change in 80 %; 0: unknown
    std::string note;         // "one launch cannot be compared", why it failed, ...

    bool judged() const { return ratio > 0; }
    void add_note(std::string_view text);
};

struct DifferenceOptions {
    double margin = 0.03;           // asked for: what is smaller does not count
    bool allow_missing = false;     // a subject that was not run is left out by choice
    bool accept_disturbed = false;  // launches that others disturbed are like others
    std::string reference = "launches", subject = "launches";  // what notes call the two sides
    // For two sides that ran on different nodes to be compared with each other, launch by launch: what
    // launches of one node differ by, if it is known.
    bool across_nodes = false;
    std::optional<double> noise = {};
};

// As if there were no other cases. Null: the side has no such case.
//
// REGRESSED (slower): the 95 % interval lies above 1, and the ratio beyond the margin or the noise, whichever
// is larger. Changed within the margin: the interval excludes 1 and lies within the margin that was asked
// for. Equivalent: the 90 % interval lies within it. Noise may hold back an alarm, but grants nothing. What
// rests upon disturbed launches is inconclusive, unless both sides took turns and so met the same.
Difference compare_case(const CaseKey& key, const Case* reference, const Case* subject,
                        const DifferenceOptions& options);

// Among many cases some look slower or faster by chance: one that does not survive Holm's adjustment for all
// of them becomes inconclusive, and so does any of fewer than `fewest` launches. Ranks say nothing of how far
// launches lie apart: where those of one side differ wildly, all of a few are slower by chance more often
// than p tells, all of 8 in 1 of 256 cases.
inline constexpr int fewest_for_holm = 8;
void settle_by_holm(const std::vector<Difference*>& differences, int fewest = fewest_for_holm);

std::vector<CaseKey> keys_of(const std::vector<Difference>& differences);

// "launch by launch", "in pairs", "sets of hosts".
std::string_view name_of(Basis basis);

// What tables say of a difference: the finding in the words of who compares, with whatever explains it
// ("needs 8" of what is `needed`); the interval of the ratio; the margin and, if not asked for, its source.
Cell verdict_cell(const Difference& difference, std::string_view (*words)(Finding), std::string_view needed);
Cell ratio_interval(const Difference& difference);
Cell margin_cell(const Difference& difference);

}  // namespace pacer::timings
