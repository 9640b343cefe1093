#include "apps/queues/probe.hpp"

#include <algorithm>

#include "apps/queues/chain.hpp"
#include "common/base/clock.hpp"

namespace pacer::queues {

namespace {

constexpr int tries = 4;  // the best counts: a limit is what can be reached
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

// Of this process.
double process_rate(int threads) {
    double best = 0;
    for (int i = 0; i < tries; ++i) {
        double steps = 0;
        const double start = now_seconds();
#pragma omp parallel num_threads(threads) reduction(+ : steps)
        steps += steps_for(try_seconds);
        best = std::max(best, steps / (now_seconds() - start));
    }
    return best;
}

// Of all ranks together that are `working`.
double ranks_rate(const Team& world, bool working) {
    double best = 0;
    for (int i = 0; i < tries; ++i) {
        MPI_Barrier(world.comm);
        const double start = now_seconds();
        double steps = working ? steps_for(try_seconds) : 0;
        const double end = working ? now_seconds() : start;
        sleeping_barrier(world);
        double seconds = seconds_since_first_start(world, {&start, 1}, {&end, 1}).front();
        MPI_Allreduce(MPI_IN_PLACE, &steps, 1, MPI_DOUBLE, MPI_SUM, world.comm);
        MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX, world.comm);
        best = std::max(best, steps / seconds);
    }
    return best;
}

}  // namespace

StepRates probe_rates(const Team& world, const Threads& threads, const WantedRates& wanted) {
    StepRates rates;
    int told = try_seconds >= shortest_told_seconds() ? 1 : 0;
    MPI_Allreduce(MPI_IN_PLACE, &told, 1, MPI_INT, MPI_MIN, world.comm);
    if (told == 0) return rates;
    if (world.root()) {
        rates.core = process_rate(1);
        if (wanted.threads) rates.threads = std::max(rates.core, process_rate(threads.process));
    }
    sleeping_barrier(world);
    MPI_Bcast(&rates, sizeof rates, MPI_BYTE, 0, world.comm);
    // Whatever one core reaches, more of them can: corrects probes that others disturbed.
    if (wanted.ranks) rates.ranks = std::max(rates.core, ranks_rate(world, true));
    if (world.size == 1) {
        rates.served = rates.core;
    } else if (wanted.served) {
        rates.served = std::max(rates.core, ranks_rate(world, !world.root()));
    }
    return rates;
}

}  // namespace pacer::queues
