// One page about launches, for any browser; it loads nothing from elsewhere.
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

// What the page is about.
struct Report {
    std::vector<std::string> files, baseline_files;
    std::vector<Launch> launches;
    std::vector<std::string> builds;  // of programs that have several here, see separate_builds()
    std::vector<Case> cases;          // of these launches
    std::optional<Comparison> comparison;
    std::vector<ScalingSeries> scaling;
    std::map<PlotKind, std::string> drawings;   // SVG
    std::vector<std::string> missing_drawings;  // why some are missing, each reason once
};

std::string page(const Report& report);

}  // namespace pacer::timings
