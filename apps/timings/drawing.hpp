// Drawings of launches, by gnuplot.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/timings/cases.hpp"

namespace pacer::timings {

enum class PlotKind { ladder, scaling, samples, distribution, balance };

// The kinds that these launches have data for.
std::vector<PlotKind> kinds_for(const std::vector<Launch>& launches);
std::string_view name_of(PlotKind kind);   // "ladder", ...
std::string_view title_of(PlotKind kind);  // "Variants as a ladder towards the limit"

enum class Canvas { svg, png, pdf, text };

// The drawing's bytes. Throws UsageError: gnuplot is missing (and what to do), or there is nothing of that
// kind to draw. Text is as wide as `columns`.
std::string draw(PlotKind kind, const std::vector<Launch>& launches, Canvas canvas, int columns = 100);

}  // namespace pacer::timings
