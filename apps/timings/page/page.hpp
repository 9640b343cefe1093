// One page about launches, for any browser: nothing in it is loaded from elsewhere.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "apps/timings/compare/cases.hpp"
#include "apps/timings/compare/comparison.hpp"
#include "apps/timings/drawing/drawing.hpp"
#include "apps/timings/scaling/series.hpp"

namespace pacer::timings {

// What the page tells of.
struct Report {
    std::vector<std::string> files, baseline_files;
    std::vector<Launch> launches;
    std::vector<Case> cases;  // of these launches
    std::optional<Comparison> comparison;
    std::vector<ScalingSeries> scaling;
    std::map<PlotKind, std::string> drawings;   // SVG
    std::vector<std::string> missing_drawings;  // why some are not there, each reason once
};

std::string page(const Report& report);

}  // namespace pacer::timings
