// How fast this launch's cores do the steps of tasks: what the limits are made of.
#pragma once

#include <string_view>
#include <vector>

#include "common/parallel/team.hpp"
#include "common/parallel/uses.hpp"

namespace pacer::queues {

inline constexpr std::string_view steps_probe = "steps";  // its name in a dump

// Steps a second of those who compute at once; 0: not measured.
struct StepRates {
    double core = 0;     // rank 0 alone
    double threads = 0;  // its threads
    double ranks = 0;    // all ranks
    double served = 0;   // all ranks but rank 0, which sleeps
};

// Measures these kinds of variant, `core` always and `served` if wanted. Valid on every rank. About
// 0.2 s each. Collective; the ranks that a rate does not concern sleep.
StepRates probe_rates(const Team& world, const Threads& threads, std::vector<Uses> kinds, bool served);

}  // namespace pacer::queues
