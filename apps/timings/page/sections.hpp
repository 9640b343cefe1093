// The sections of the report, each as HTML; empty where there is nothing to show.
#pragma once

#include <string>

#include "apps/timings/page/page.hpp"

namespace pacer::timings {

std::string headline(const Report& report);  // plain text: "reduce on node1, node2"
std::string overview(const Report& report);
std::string ladder_section(const Report& report);
std::string comparison_section(const Report& report);
std::string scaling_section(const Report& report);
std::string sweep_section(const Report& report);
std::string samples_section(const Report& report);
std::string placement_section(const Report& report);
std::string warnings_section(const Report& report);
std::string environment_section(const Report& report);

// The image of that drawing, or nothing if there is none.
std::string drawing_of(const Report& report, PlotKind kind);

}  // namespace pacer::timings
