#include "apps/queues/probe.hpp"

#include <algorithm>

#include "apps/queues/chain.hpp"
#include "common/base/clock.hpp"
#include "common/machine/limits.hpp"

namespace pacer::queues {

namespace {

constexpr double try_seconds = 0.05;

// For so long, and counting: how much is done in that time does not depend on who ends last.
double steps_for(double seconds) {
    constexpr std::int64_t piece = 16384;  // tens of microseconds between two looks at the clock
    double steps = 0;
    std::uint64_t value = 1;
    for (const double end = now_seconds() + seconds; now_seconds() < end; steps += piece) {
        value = chain(value, piece);
    }
    [[maybe_unused]] volatile std::uint64_t wanted = value;  // or the compiler drops the work
    return steps;
}

}  // namespace

StepRates probe_rates(const Team& world, const Threads& threads, std::vector<Uses> kinds, bool served) {
    const ProbeLoop loop{.run = [](int, std::size_t) { return steps_for(try_seconds); }};
    kinds.push_back(Uses::core);
    const auto rate = [&](const Crew& crew) {
        return keep_rate(world, crew, steps_probe, "steps/s", 0, best_rate(world, crew, loop));
    };
    auto rates = rates_of(world, threads, kinds, [&](Uses, const Crew& crew) { return rate(crew); });
    StepRates steps{rates[Uses::core], rates[Uses::threads], rates[Uses::ranks], rates[Uses::core]};
    if (world.size > 1 && served) {
        const Crew all_but_root{.together = true, .root_rests = true};
        steps.served = std::max(steps.core, rate(all_but_root));
    }
    MPI_Bcast(&steps, sizeof steps, MPI_BYTE, 0, world.comm);
    return steps;
}

}  // namespace pacer::queues
