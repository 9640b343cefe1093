// Launches sorted into cases: what may be compared with what.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "common/measure/record.hpp"
#include "io/dump/dump.hpp"

namespace pacer::timings {

// What must be the same for two times to be comparable.
struct CaseKey {
    std::string app, variant;
    int ranks = 1, threads = 1;
    Facts parameters;
    auto operator<=>(const CaseKey&) const = default;
};

// "reduce/mpi 4 x 1, elements 2000000000 source iota"; parameters that are the same in all of `keys` are left
// out.
std::string name_of(const CaseKey& key, const std::vector<CaseKey>& keys);

CaseKey key_of(const Record& record);

// The same as short as tells the cases apart: with no more parameters than it takes among those of the same
// shape. One a key, in their order.
std::vector<std::string> short_names_of(const std::vector<CaseKey>& keys);

// The same of keys that may be there several times.
class ShortNames {
  public:
    explicit ShortNames(std::vector<CaseKey> keys);
    const std::string& of(const CaseKey& key) const { return names_.at(key); }

  private:
    std::map<CaseKey, std::string> names_;
};

// One launch of a case.
struct CaseLaunch {
    const Launch* launch = nullptr;
    const Record* record = nullptr;
    double median_seconds = 0;  // of its repeats; 0: it was not run
    double disturbance = 0;     // of the launch
};

// One case in all launches that have it, in the order of launch ids.
struct Case {
    CaseKey key;
    std::vector<CaseLaunch> launches;  // that ran it
    std::vector<std::string> not_run;  // reasons of those that did not
    std::int64_t failed = 0;           // launches whose answers were wrong or never checked

    std::vector<double> medians() const;  // seconds, one a launch
};

// Whether these are launches of a quick suite, whose times mean nothing. Throws UsageError if only some are.
bool are_quick(const std::vector<Launch>& launches);

// All launches of these files, each id once, sorted by id. Throws UsageError: a file that cannot be read,
// launches of a quick suite among others, or (unless `dedupe`) a launch that is there twice.
std::vector<Launch> read_launches(const std::vector<std::string>& files, bool dedupe = false);

// The cases in the order of their first appearance. The launches must outlive the result. Throws UsageError
// for a time that is no positive number, naming launch and case.
std::vector<Case> cases_of(const std::vector<Launch>& launches);

// Those that no launch ran, each with what it would take: "reduce/mpi 1 x 1: not run: it needs 2 ranks".
std::vector<std::string> untested_among(const std::vector<Case>& cases);

// Whether "reduce/simd", "reduce" or "/simd" means this case.
bool matches(const CaseKey& key, const std::string& wanted);

// Only those asked for: "reduce/simd", "reduce", "/simd"; all if `wanted` is empty. Throws UsageError for one
// that nothing matches.
std::vector<Case> select(std::vector<Case> cases, const std::vector<std::string>& wanted);

}  // namespace pacer::timings
