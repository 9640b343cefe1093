// What changed between two sets of launches, for all cases.
#pragma once

#include <string>
#include <vector>

#include "apps/timings/compare/difference.hpp"
#include "common/base/status.hpp"
#include "common/report/document.hpp"

namespace pacer::timings {

struct Comparison {
    std::vector<std::string>
        environment;  // differences between the two sides, one a line: "compiler: a -> b"
    std::vector<Difference> cases;
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

// What it comes to: "7 cases: 1 REGRESSED (reduce/simd 1 x 1: 1.104), 6 equivalent"
std::string sentence_of(const std::vector<Difference>& cases);

// A row a case; a page draws each interval to scale.
Table table_of(const std::vector<Difference>& cases);

// The differences of the two sides, the table, the sentence.
Document document_of(const Comparison& comparison);

}  // namespace pacer::timings
