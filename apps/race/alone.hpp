// How fast increments are when nobody disturbs: what the limits follow from.
#pragma once

#include "common/parallel/team.hpp"

namespace pacer::race {

// Seconds per increment by one core that has the counter to itself, the best of many tries; 0: not measured.
struct Alone {
    double plain = 0;
    double atomic = 0;
    double critical = 0;  // in a critical section
};

// On rank 0, which alone calls it, in 0.15 s.
Alone measure_alone(const Team& world);

}  // namespace pacer::race
