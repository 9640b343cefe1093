#include "apps/syntax/rates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "common/base/clock.hpp"
#include "common/base/units.hpp"
#include "common/machine/clones.hpp"
#include "common/machine/limits.hpp"
#include "common/machine/memory.hpp"
#include "common/machine/opaque.hpp"

namespace pacer::syntax {

namespace {

constexpr std::int64_t innermost_bytes = 16 << 10;  // of the 32 KiB or more of any L1 cache
constexpr double longest_probe_seconds = 0.1;

PACER_CLONES void store(double* to, std::int64_t count, double value) {
    for (std::int64_t i = 0; i < count; ++i) to[i] = value;
}

// The faster of a loop in the widest registers and of memset, which passes the caches by where that pays. 0
// if the clock cannot tell.
double probe_writing(std::int64_t bytes) {
    constexpr std::int64_t least_bytes = 4 << 20;  // between two looks at the clock
    const auto count = bytes / 8, passes = std::max<std::int64_t>(1, least_bytes / bytes);
    const auto memory = make_buffer<double>(count);
    double best = 0;
    const double start = now_seconds();
    for (int tries = 0; tries < 4 || now_seconds() - start < longest_probe_seconds; ++tries) {
        const double begin = now_seconds();
        for (std::int64_t pass = 0; pass < passes; ++pass) {
            if (tries % 2 == 0) {
                store(memory.get(), count, static_cast<double>(pass));
            } else {
                std::memset(memory.get(), static_cast<int>(pass % 100), static_cast<std::size_t>(bytes));
            }
            used(memory.get());
        }
        const double seconds = now_seconds() - begin;
        if (seconds < shortest_told_seconds()) return 0;
        best = std::max(best, static_cast<double>(bytes * passes) / seconds);
    }
    return best;
}

}  // namespace

std::int64_t probed_bytes(std::int64_t bytes) {
    return std::max(bytes, innermost_bytes);
}

CoreRates measure_core_rates(const Team& world, std::int64_t bytes) {
    Work reading;
    reading.bytes = bytes;
    CoreRates rates;
    rates.read = measure_rates(world, {}, reading, {Uses::core})[Uses::core].bytes_per_second;
    if (world.root()) rates.written = probe_writing(bytes);
    sleeping_barrier(world);
    return rates;
}

Limit limit_of(const CoreRates& rates, double bytes_read, double bytes_written) {
    const double reading = rates.read > 0 ? bytes_read / rates.read : 0;
    const double writing = rates.written > 0 ? bytes_written / rates.written : 0;
    if (reading == 0 && writing == 0) return {};
    if (reading > writing) return {reading, fmt::format("{} read by 1 core", format_rate(rates.read, "B/s"))};
    return {writing, fmt::format("{} written by 1 core", format_rate(rates.written, "B/s"))};
}

}  // namespace pacer::syntax
