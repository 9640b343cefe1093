#include "apps/race/alone.hpp"

#include "apps/race/counter.hpp"
#include "common/machine/limits.hpp"
#include "common/machine/opaque.hpp"
#include "common/parallel/ending.hpp"

namespace pacer::race {

Alone measure_alone(const Team& world) {
    // A try is short, so that some remain undisturbed.
    constexpr std::int64_t many = 100'000, some = 5'000;
    const auto step = opaque(std::int64_t{1});
    LoneCounter counter;
    LoneNumber count;
    const auto plain = [&](int, std::size_t) {
        for (std::int64_t i = 0; i < many; ++i) increment(counter.value, step);
        return static_cast<double>(many);
    };
    const auto atomic = [&](int, std::size_t) {
        for (std::int64_t i = 0; i < some; ++i) {
#pragma omp atomic
            count.value += step;
        }
        return static_cast<double>(some);
    };
    const auto critical = [&](int, std::size_t) {
        for (std::int64_t i = 0; i < some; ++i) {
#pragma omp critical(counting)
            increment(count.value, step);
        }
        return static_cast<double>(some);
    };
    const auto seconds = [&](auto run) {
        const double rate = best_rate(world, {}, {.run = run, .seconds = 0.05});
        return rate > 0 ? 1 / rate : 0;
    };
    set_activity("measuring undisturbed increments");
    Alone alone;
    on_root(world, [&] { alone = {seconds(plain), seconds(atomic), seconds(critical)}; });
    MPI_Bcast(&alone, sizeof alone, MPI_BYTE, 0, world.comm);
    return alone;
}

}  // namespace pacer::race
