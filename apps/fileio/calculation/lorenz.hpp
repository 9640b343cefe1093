// A record's three numbers as a point that the Lorenz system moves.
#pragma once

#include <cstdint>

#include "apps/fileio/calculation/calculation.hpp"

namespace pacer::fileio {

// The point where x' = 10 (y - x), y' = x (28 - z) - y, z' = x y - 8/3 z takes the record's point in `steps`
// steps of 0.001 by the classical Runge-Kutta method of fourth order. The same bits on every machine. `steps`
// > 0.
Calculation lorenz(std::int64_t steps);

}  // namespace pacer::fileio
