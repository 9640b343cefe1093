// What tables say of scaling: the points, and the laws fitted to them.
#pragma once

#include <vector>

#include "apps/timings/scaling/series.hpp"
#include "common/report/table.hpp"

namespace pacer::timings {

// A row a number of cores of each series. JSON leaves out what is the same in a whole series.
Table points_table(const std::vector<const ScalingSeries*>& all);

// A row a series; empty if no law was fitted to any.
Table laws_table(const std::vector<const ScalingSeries*>& all);

}  // namespace pacer::timings
