// What the sweep tells of each level of the memory.
#include <fmt/format.h>

#include <algorithm>

#include "apps/memory/sweep.hpp"
#include "common/base/units.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::memory {

namespace {

struct Level {
    std::string name, capacity;
    double from_bytes = 0, to_bytes = 0;  // working sets that it holds, and no nearer level
};

std::vector<Level> levels_of(const Caches& caches) {
    constexpr double room = 0.75;  // something else lies in a cache, too
    std::vector<Level> levels;
    if (caches.of_core.empty()) return levels;  // or all would be called memory
    double nearer = 0;
    for (const auto& cache : caches.of_core) {
        const auto bytes = static_cast<double>(cache.bytes);
        levels.push_back({fmt::format("L{}", cache.level), format_bytes(bytes), 2 * nearer, room * bytes});
        nearer = bytes;
    }
    levels.push_back({"memory", "", 2 * nearer, 1e300});
    return levels;
}

// Bytes a second, or seconds an item where there are none: the median of the level's working sets.
double plateau(const std::vector<Record>& records, const Level& level, std::string_view variant) {
    std::vector<double> values;
    for (const auto& record : records) {
        const auto bytes = static_cast<double>(parse_count(fact(record.parameters, "working_set")));
        const bool inside = bytes >= level.from_bytes && bytes <= level.to_bytes;
        if (!inside || record.variant != variant || record.repeats() == 0) continue;
        const double seconds = median(record.repeat_seconds());
        const auto& work = record.work;
        values.push_back(work.bytes > 0 ? static_cast<double>(work.bytes) / seconds
                                        : seconds / static_cast<double>(work.items));
    }
    return values.empty() ? 0 : median(values);
}

}  // namespace

std::string levels(const std::vector<Record>& records, const Caches& caches) {
    std::string text;
    for (const auto& level : levels_of(caches)) {
        const auto read = plateau(records, level, "read"), triad = plateau(records, level, "triad"),
                   chase = plateau(records, level, "chase");
        if (read == 0 && triad == 0 && chase == 0) continue;
        const auto rate = [](double value) {
            return value > 0 ? format_rate(value, "B/s") : std::string("-");
        };
        text += fmt::format("{:<10} {:>10} {:>13} {:>13} {:>10}\n", level.name, level.capacity, rate(read),
                            rate(triad), chase > 0 ? format_seconds(chase) : "-");
    }
    if (text.empty()) return text;
    return fmt::format("\n{:<10} {:>10} {:>13} {:>13} {:>10}\n", "level", "holds", "read", "triad",
                       "latency") +
           text;
}

}  // namespace pacer::memory
