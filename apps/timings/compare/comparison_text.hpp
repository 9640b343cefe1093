// A comparison as people and programs read it.
#pragma once

#include <string>
#include <vector>

#include "apps/timings/compare/comparison.hpp"

namespace pacer::timings {

// What a comparison comes to: "7 cases: 1 REGRESSED (reduce/simd 1 x 1: 1.104), 6 equivalent"
std::string sentence_of(const std::vector<CaseComparison>& rows);

// Whether the verdict makes the exit status that of a failure.
bool counts_as_wrong(Finding verdict);

// The differences of the two sides, a row a case, the sentence.
std::string comparison_table(const Comparison& comparison, bool colours);
std::string comparison_markdown(const Comparison& comparison);  // for a pull request
std::string comparison_json(const Comparison& comparison);
std::string comparison_csv(const Comparison& comparison);  // a row a case

}  // namespace pacer::timings
