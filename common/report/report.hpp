// A launch as people and programs read it. Everything shown is derived from the raw samples of the records.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/measure/record.hpp"

namespace pacer {

enum class Format { table, csv, json };

// The statistics of one record that every format shows. Of a record that was not run all are absent or 0.
struct Summary {
    std::size_t repeats = 0;
    double median_seconds = 0, minimum_seconds = 0, p95_seconds = 0, maximum_seconds = 0;
    bool has_interval = false;  // from 6 repeats
    double low_seconds = 0, high_seconds = 0;
    double speedup = 0;            // against the baseline of the same problem; 0: it was not run
    double efficiency = 0;         // speedup / (ranks x threads)
    double fraction_of_limit = 0;  // limit / median; 0: no limit measured
    double rate = 0;               // bytes, or else operations, or else items, a second
    std::string_view rate_unit;    // "B/s", "add/s" or "items/s"
};
Summary summarise(const Record& record, const Launch& launch);

// A table a problem, slowest first, with a heading that says what ran where and lines that say against what.
std::string table(const Launch& launch);

// Which rank did what, a table a case.
std::string proof(const Launch& launch);

// The doubts, one a line, each marked as a warning; of each kind the first cases or `all`.
std::string warnings(const Launch& launch, bool all = false);

// Launches with circumstances, placement, raw samples and summaries: {"launches": [...]}.
std::string json(const std::vector<Launch>& launches);

// A row a case.
std::string summary_csv(const std::vector<Launch>& launches);

// A row a sample: launch, case, repeat, round, rank, seconds.
std::string samples_csv(const std::vector<Launch>& launches);

}  // namespace pacer
