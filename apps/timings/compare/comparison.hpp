// Comparing the launches of one case with those of another run, and what it comes to for all cases. The
// method and its sources: statistics of launches, not of repeats, see README.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/timings/compare/cases.hpp"
#include "common/base/status.hpp"

namespace pacer::timings {

enum class Finding {
    regressed,
    improved,
    equivalent,
    changed_within_margin,
    inconclusive,
    missing,
    failed,
    not_compared
};

struct CaseComparison {
    CaseKey key;
    int base_launches = 0, new_launches = 0;
    double base_seconds = 0, new_seconds = 0;  // medians of launch medians
    double ratio = 0;                          // new / base, Hodges-Lehmann
    std::optional<double> low, high;           // 95 % interval of the ratio; none below 4 launches a side
    double p = 1, probability_slower = 0.5;    // exact two-sided Mann-Whitney; P(new slower than base)
    double margin = 0.03;                      // delta, the largest of its three sources
    std::string margin_from;                   // "asked for", "noise of the base", "clock"
    Finding verdict = Finding::inconclusive;
    int launches_needed = 0;  // on each side, where inconclusive; 0: unknown
    std::string note;         // "one launch cannot be compared", why it failed, ...
};

struct Comparison {
    std::vector<std::string>
        environment;  // differences between the two sides, one a line: "compiler: a -> b"
    std::vector<CaseComparison> cases;
    std::string sentence;  // what it comes to
    ExitStatus status = ExitStatus::right;
};

struct ComparisonOptions {
    double margin = 0.03;
    bool allow_missing = false;
    std::vector<std::string> only;  // see select()
};

// `confirm`: fresh launches of the new side, empty if there are none.
Comparison compare(const std::vector<Launch>& base, const std::vector<Launch>& candidate,
                   const std::vector<Launch>& confirm, const ComparisonOptions& options);

// One case of `candidate` against that of `base`, as if there were no others. `noise`: how much two sets of
// launches differ by chance, see noise_floor(); none if it is not known.
CaseComparison compare_case(const Case& base, const Case& candidate, double margin,
                            std::optional<double> noise);

// Of many cases some look slower by chance: an alarm that does not survive Holm's adjustment for all of them
// becomes inconclusive, and so does any of fewer than 8 launches.
void settle_by_holm(std::vector<CaseComparison>& rows);

std::string_view words_of(Finding verdict);  // "REGRESSED", "changed within margin", ...

}  // namespace pacer::timings
