// Plots of launches, drawn by gnuplot.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/timings/compare/cases.hpp"

namespace pacer::timings {

enum class PlotKind { ladder, scaling, sweep, samples, distribution, balance };
inline constexpr PlotKind plot_kinds[] = {PlotKind::ladder,  PlotKind::scaling,      PlotKind::sweep,
                                          PlotKind::samples, PlotKind::distribution, PlotKind::balance};

// The kinds that these launches have data for.
std::vector<PlotKind> kinds_for(const std::vector<Launch>& launches);
std::string_view name_of(PlotKind kind);   // "ladder", ...
std::string_view title_of(PlotKind kind);  // "Variants as a ladder towards the limit"

enum class Canvas { svg, png, pdf, text };

// The bytes of the plot, of the cases that select() would take with `wanted`. Throws UsageError if gnuplot is
// missing (saying what to do), or if there is nothing of that kind to plot. Text is `columns` wide.
//
// An SVG is transparent, asks for no font or other resource by name, and is legible on light and dark pages:
// its text has the color of the root element, a medium grey unless the page says otherwise in CSS
// (svg { color: inherit }).
std::string draw(PlotKind kind, const std::vector<Launch>& launches, Canvas canvas, int columns = 100,
                 const std::vector<std::string>& wanted = {});

}  // namespace pacer::timings
