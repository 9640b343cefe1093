// A launch as people and programs read it. Everything shown is derived from the raw samples of the records.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/measure/record.hpp"
#include "common/report/document.hpp"

namespace pacer {

// The statistics of a case. Of one that was not run all are absent or 0.
struct Summary {
    std::size_t repeats = 0;
    double median_seconds = 0, minimum_seconds = 0, p95_seconds = 0, maximum_seconds = 0;
    bool has_interval = false;  // from 6 repeats
    double low_seconds = 0, high_seconds = 0;
    double speedup = 0;  // against the baseline of the same problem; 0: it was not run
    // T1 / (cores x T) of several cores, T1 being the time of fastest_on_one_core(); 0: there is none.
    double efficiency = 0;
    // The same with the time that one core needs while the others compute, and clock lower; 0: unknown.
    double efficiency_loaded = 0;
    double fraction_of_limit = 0;  // limit / median; 0: no limit measured
    double rate = 0;               // bytes, or else items, a second
    std::string_view rate_unit;    // "B/s" or "items/s"
};
Summary summarise(const Record& record, const Launch& launch);

// The fastest right variant of the same problem and launch on one core; null if none was run.
const Record* fastest_on_one_core(const Record& record, const Launch& launch);

// A case in a table of cases: of one launch, or of several, whose first is told of.
struct CaseRow {
    const Launch* launch;
    const Record* record;
    Summary summary;
    std::size_t launches = 1;
    Cell answer = {};  // what became of the checks
};
CaseRow row_of(const Record& record, const Launch& launch);

// A row a case: the one list of what is told of a case. CSV says which case of which launch it is, too.
Table cases_table(const std::vector<CaseRow>& rows);

// Members of JSON.
Json json_of(const Facts& facts);

// Which doubts are shown as warnings: the gravest three, and every fault, with three cases each at most; all,
// with some of their cases; or all with every case.
enum class Warnings { gravest, all, with_every_case };

// What is shown of a launch besides its tables.
struct Shown {
    bool proof = false;  // which rank did what, a table a case
    Warnings warnings = Warnings::all;
    std::string dump = {};  // the file that has the other warnings; empty: there is none
};

// A table a problem, slowest first, with a heading that says what ran where, and lines that say against what.
void describe(const Launch& launch, const Shown& shown, Document& document);

// Where the time went, if that was measured: a table a case, over all ranks and threads.
void describe_profile(const Launch& launch, Document& document);

// What an app prints: launches as described, or a row a case in CSV, or everything there is in JSON.
std::string report(const std::vector<Launch>& launches, Format format, const Shown& shown = {});

// A row a sample: launch, case, repeat, round, rank, seconds.
std::string samples_csv(const std::vector<Launch>& launches);

}  // namespace pacer
