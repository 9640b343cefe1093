// Scaling as people and programs read it.
#pragma once

#include <vector>

#include "apps/timings/scaling/series.hpp"
#include "common/report/document.hpp"

namespace pacer::timings {

// A row a number of cores of each series. JSON leaves out what is the same in a whole series.
Table points_table(const std::vector<const ScalingSeries*>& all);

// A table a series, and the laws that were fitted to it.
Document document_of(const std::vector<ScalingSeries>& all);

}  // namespace pacer::timings
