// Scaling, for people and programs.
#pragma once

#include <string>
#include <vector>

#include "apps/timings/scaling/series.hpp"
#include "common/report/document.hpp"

namespace pacer::timings {

// A row for each point of each series. JSON leaves out what is the same in a whole series.
Table points_table(const std::vector<const ScalingSeries*>& all);

// One sentence for a slide: what the most cores gained, in the series where that is most.
std::string sentence_of(const std::vector<ScalingSeries>& all);

// A table for each series, and the laws that were fitted to it.
Document document_of(const std::vector<ScalingSeries>& all);

}  // namespace pacer::timings
