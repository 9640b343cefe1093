// Differences that somebody expects, and says why and until when: they are listed, and raise no alarm.
#pragma once

#include <string>
#include <vector>

#include "apps/timings/compare/difference.hpp"

namespace pacer::timings {

struct Expectation {
    std::string name;  // as --only takes it, or as tables name the case
    std::string reason;
    std::string until;  // the last day, 2026-12-31
};

// Lines "CASE | REASON | YYYY-MM-DD"; empty ones and those that begin with # say nothing. Throws UsageError
// for a file that cannot be read and for any other line, which it names.
std::vector<Expectation> read_expectations(const std::string& path);

// Makes of cases that are slower, missing, inconclusive or never run, and expected to be on that day, what is
// expected. Wrong answers never are. Returns what has to be said: expectations that are over, match no case,
// or were not needed.
std::vector<std::string> apply(const std::vector<Expectation>& expectations, const std::string& today,
                               std::vector<Difference>& rows);

std::string utc_today();

}  // namespace pacer::timings
