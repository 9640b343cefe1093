#include "apps/race/alone.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>

#include "apps/race/counter.hpp"
#include "common/base/clock.hpp"

namespace pacer::race {

namespace {

// The least that `increments` of them took, for each; 0 if the clock cannot tell. A try is short, so that
// some remain undisturbed.
double best_seconds(std::int64_t increments, const std::function<void()>& run) {
    constexpr double enough_seconds = 0.05;
    double best = std::numeric_limits<double>::infinity();
    for (const double start = now_seconds(); now_seconds() - start < enough_seconds;) {
        const double begin = now_seconds();
        run();
        best = std::min(best, now_seconds() - begin);
    }
    return best >= shortest_told_seconds() ? best / static_cast<double>(increments) : 0;
}

}  // namespace

Alone measure_alone() {
    constexpr std::int64_t many = 100'000, some = 5'000;
    Alone alone;
    LoneCounter counter;
    alone.plain = best_seconds(many, [&] {
        for (std::int64_t i = 0; i < many; ++i) increment(counter.value);
    });
    LoneNumber count;
    alone.atomic = best_seconds(some, [&] {
        for (std::int64_t i = 0; i < some; ++i) {
#pragma omp atomic
            ++count.value;
        }
    });
    alone.critical = best_seconds(some, [&] {
        for (std::int64_t i = 0; i < some; ++i) {
#pragma omp critical(counting)
            increment(count.value);
        }
    });
    return alone;
}

}  // namespace pacer::race
