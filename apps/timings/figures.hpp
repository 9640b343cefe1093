// What a machine can do, read off the cases of the suite.
#pragma once

#include <string>
#include <vector>

#include "apps/timings/compare/cases.hpp"

namespace pacer::timings {

struct Figure {
    std::string words, value, source;  // "integer additions, 1 core", "131.4 Gadd/s", "reduce/simd 1 x 1"
};

// Those of a fixed list that the cases tell, in its order.
std::vector<Figure> figures_of(const std::vector<Case>& cases);

}  // namespace pacer::timings
