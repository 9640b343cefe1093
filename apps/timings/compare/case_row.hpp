// A case over all its launches, as a row of the table of cases.
#pragma once

#include "apps/timings/compare/cases.hpp"
#include "common/report/report.hpp"

namespace pacer::timings {

// What each launch probed, in seconds. A disturbed probe tells too long a time, so the least is nearest to
// the truth.
std::vector<double> limits_of(const Case& one);

// Each figure is the median of the launches that have it, and 0 if none has. The case was run.
CaseRow row_of(const Case& one);

}  // namespace pacer::timings
