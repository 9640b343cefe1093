// What changed between two sets of launches, for all cases.
#pragma once

#include <string>
#include <vector>

#include "apps/timings/compare/difference.hpp"
#include "apps/timings/compare/expectations.hpp"
#include "common/base/status.hpp"
#include "common/report/document.hpp"

namespace pacer::timings {

struct Comparison {
    std::vector<std::string> other_tests;  // why the sides are not the same tests, see other_tests()
    std::vector<std::string> disturbed;    // launches that lost their cores to others, a line a side
    std::vector<std::string> outliers;     // launches that stand out from the others of their side
    std::vector<std::string> environment;  // what differs between the sides, and within one
    std::vector<std::string> compared;     // what was compared with what
    std::vector<std::string> expected;     // what is to be said of expectations, see apply()
    std::vector<std::string> untested;     // cases that no launch of either side ran, and why
    std::vector<Difference> cases;
    std::string sentence;  // what it comes to
    ExitStatus status = ExitStatus::right;
};

struct ComparisonOptions {
    double margin = 0.03;
    bool allow_missing = false;
    std::vector<std::string> only;  // see select()
    bool accept_disturbed = false;
    bool allow_other_hardware = false;  // or another number of ranks or nodes
    bool every_case = false;            // what neither side could run makes the comparison inconclusive
    std::vector<Expectation> expected = {};
    std::string today = utc_today();  // for them
};

// `confirm`: fresh launches of the new side, empty if there are none. Cases that got slower or faster count
// if the fresh launches by themselves show it, too; those that are undecided are judged anew, with the fresh
// launches among the new ones. Either way Holm's adjustment is for all cases, not only for those that are in
// doubt: false alarms are as rare as they would be without a second look (each of the two looks finds nothing
// in 97.5 % of null comparisons). Throws UsageError for launches that are on two of the three sides, and for
// fresh ones of another build than the new ones.
Comparison compare(const std::vector<Launch>& base, const std::vector<Launch>& candidate,
                   const std::vector<Launch>& confirm, const ComparisonOptions& options);

// What it comes to: "7 cases: 1 REGRESSED (reduce/simd 1 x 1: 1.104), 6 equivalent"
std::string sentence_of(const std::vector<Difference>& cases);

// A row a case; a page draws each interval to scale.
Table table_of(const std::vector<Difference>& cases);

// What the launches suffered and differ by, what was compared with what, the table, the sentence.
Document document_of(const Comparison& comparison);

}  // namespace pacer::timings
