// What a machine can do, at a glance: the headlines of all launches.
#pragma once

#include <string>
#include <vector>

#include "common/report/headlines.hpp"
#include "common/report/table.hpp"

namespace pacer::timings {

// A headline over several launches.
struct Figure {
    std::string key, label, unit;
    double value = 0;    // the median of the launches
    std::string source;  // "reduce/simd 1 x 1", of the median launch
    int cores = 0;       // of that case
    std::size_t launches = 0;
};

// In the order of their first appearance. A figure is the median over the launches of one problem on the same
// number of cores. Of several such problems the best figure counts, or for a time the one on the most cores.
std::vector<Figure> figures_of(const std::vector<Launch>& launches);

Table table_of(const std::vector<Figure>& figures);

// For a launch whose dump has none.
std::vector<Headline> headlines_of_format_1(const Launch& launch);

}  // namespace pacer::timings
