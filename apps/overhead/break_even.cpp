#include "apps/overhead/break_even.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "common/base/units.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::overhead {

namespace {

constexpr std::array gains = {0.1, 0.5, 0.9};

// A way to share a piece of work.
struct Way {
    std::string name;
    std::int64_t workers = 0;
    double overhead_seconds = 0;
    bool taking_turns = false;
};

std::vector<Way> ways_of(const Launch& launch, std::int64_t cores, bool crowded) {
    std::vector<Way> ways;
    for (const auto& record : launch.records) {
        if (record.repeats() == 0 || !record.verdict.right()) continue;
        const double seconds = median(record.repeat_seconds());
        const auto kind = fact(record.parameters, "kind");
        if (kind == "workers" && record.variant != record.baseline && record.threads > 1) {
            ways.push_back({record.variant, record.threads, seconds, record.threads > cores});
        }
        const bool shortest = record.variant == "allreduce" && fact(record.parameters, "bytes") == "8";
        if ((kind == "barrier" || shortest) && record.ranks > 1) {
            ways.push_back(
                {shortest ? "allreduce of 8 bytes" : record.variant, record.ranks, seconds, crowded});
        }
    }
    std::stable_sort(ways.begin(), ways.end(), [](const Way& a, const Way& b) {
        return a.workers != b.workers ? a.workers < b.workers : a.overhead_seconds < b.overhead_seconds;
    });
    return ways;
}

}  // namespace

double break_even_seconds(double overhead_seconds, std::int64_t workers, double gain) {
    const auto w = static_cast<double>(workers);
    const double speedup = 1 + gain * (w - 1);
    return overhead_seconds * speedup / (1 - speedup / w);
}

std::string break_even_table(const Launch& launch, std::int64_t cores, bool crowded) {
    const auto ways = ways_of(launch, cores, crowded);
    if (ways.empty()) return {};
    std::string text =
        "\nbreak-even: how long a piece of work must take one core for w workers to gain 10, 50 or 90 % of "
        "what "
        "they can\n\n";
    text += fmt::format("{:<21} {:>4} {:>11} {:>12} {:>12} {:>12}\n", "way", "w", "overhead", "10 %", "50 %",
                        "90 %");
    for (const auto& way : ways) {
        text +=
            fmt::format("{:<21} {:>4} {:>11}", way.name, way.workers, format_seconds(way.overhead_seconds));
        for (const double gain : gains) {
            text += fmt::format(" {:>12}",
                                format_seconds(break_even_seconds(way.overhead_seconds, way.workers, gain)));
        }
        text += way.taking_turns ? " *\n" : "\n";
    }
    text +=
        "\ngained so much: a speedup of 1 + 10, 50 or 90 % of (w - 1), if the work takes t / w + overhead\n";
    if (std::any_of(ways.begin(), ways.end(), [](const Way& way) { return way.taking_turns; })) {
        text +=
            "* more workers than cores: they took turns, and can gain only where there is a core for each\n";
    }
    return text;
}

}  // namespace pacer::overhead
