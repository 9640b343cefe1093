// The sections of the report, each as HTML; empty where there is nothing to tell.
#pragma once

#include <string>

#include "apps/timings/report_page.hpp"

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
std::string circumstances_section(const Report& report);

// The image of that drawing, or nothing if there is none.
std::string drawing_of(const Report& report, PlotKind kind);

// A warning of several launches, each mention of it in other words only as far as numbers and variants go.
struct WarningGroup {
    std::string sentence;  // numbers that differ as ranges: "others took 12..35 % of this host's CPU time"
    std::size_t launches = 0;
    std::vector<std::pair<std::string, std::size_t>> variants;  // concerned, and in how many launches
};
std::vector<WarningGroup> warning_groups(const std::vector<Launch>& launches);

}  // namespace pacer::timings
