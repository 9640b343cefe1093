// How the launches of one case differ from others of the same case: those of an older program, or those of
// other nodes. The method and its sources: statistics of launches, not of repeats, see README.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/timings/compare/cases.hpp"
#include "common/report/table.hpp"

namespace pacer::timings {

enum class Finding { slower, faster, equivalent, within_margin, inconclusive, missing, failed, not_compared };

// Whether the finding makes the exit status that of a failure.
bool counts_as_wrong(Finding finding);
std::string_view mark_of(Finding finding);  // of its cell: "bad", "good", "doubt", or none

struct Side {
    int launches = 0;
    double seconds = 0;  // median of launch medians; 0: the case was not run on both sides
};

// Of a subject from its reference.
struct Difference {
    CaseKey key;
    Side reference, subject;
    double ratio = 0;                        // subject / reference, Hodges-Lehmann; 0: see seconds
    std::optional<double> low, high;         // 95 % interval of the ratio; none below 4 launches a side
    double p = 1, probability_slower = 0.5;  // exact two-sided Mann-Whitney; P(a launch of subject is slower)
    double margin = 0.03;                    // delta, the largest of its three sources
    std::string margin_from;                 // "asked for", "noise of the base", "clock"
    Finding finding = Finding::inconclusive;
    int launches_needed = 0;  // on each side, where inconclusive; 0: unknown
    std::string note;         // "one launch cannot be compared", why it failed, ...

    bool judged() const { return ratio > 0; }
};

struct DifferenceOptions {
    double margin = 0.03;
    bool allow_missing = false;                                // a subject that was not run is no failure
    std::string reference = "launches", subject = "launches";  // what notes call the two sides
};

// As if there were no other cases. Null: the side has no such case. `noise`: how much two sets of launches
// differ by chance, see noise_floor(); none if it is not known.
Difference compare_case(const CaseKey& key, const Case* reference, const Case* subject,
                        const DifferenceOptions& options, std::optional<double> noise);

// Of many cases some look slower by chance: an alarm that does not survive Holm's adjustment for all of them
// becomes inconclusive, and so does any of fewer than 8 launches.
void settle_by_holm(const std::vector<Difference*>& differences);

std::vector<CaseKey> keys_of(const std::vector<Difference>& differences);

// What tables say of a difference: the finding in the words of who compares, with whatever explains it
// ("needs 8" of what is `needed`); the interval of the ratio; the margin and, if not asked for, its source.
Cell verdict_cell(const Difference& difference, std::string_view (*words)(Finding), std::string_view needed);
Cell ratio_interval(const Difference& difference);
Cell margin_cell(const Difference& difference);

}  // namespace pacer::timings
