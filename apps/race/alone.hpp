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

// By rank 0 in 0.15 s, and known to all. Collective.
Alone measure_alone(const Team& world);

}  // namespace pacer::race
