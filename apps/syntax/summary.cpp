// What a launch comes to, in a line for each idiom and size.
#include <fmt/format.h>

#include <algorithm>

#include "apps/syntax/syntax.hpp"
#include "common/base/units.hpp"
#include "common/report/report.hpp"

namespace pacer::syntax {

namespace {

constexpr std::string_view explanation = R"(
What it comes to, for one call; an execution makes so many that the timed loop does not count.
The fastest way takes the time of the baseline, what a newcomer writes, / so much; the slowest, x so much.
No difference: the intervals of the medians overlap. Hardly: the place of a loop in memory can make as much.

)";

// The same instructions were seen to take up to so much longer in another place.
constexpr double least_ratio = 1.25;

struct Timed {
    std::string_view name;
    Summary seconds;  // of an execution
};

bool overlap(const Summary& a, const Summary& b) {
    return a.low_seconds <= b.high_seconds && b.low_seconds <= a.high_seconds;
}

// In the order of the idiom's table.
std::vector<Timed> timed_ways(const Problem& problem, const Launch& launch) {
    std::vector<Timed> timed;
    const auto facts = parameters(problem);
    for (const auto& record : launch.records) {
        if (record.parameters == facts && record.repeats() > 0)
            timed.push_back({record.variant, summarise(record, launch)});
    }
    return timed;
}

// "constructor / 2.97"
std::string beside(const Timed& way, char sign, double ratio, const Timed& base) {
    if (way.name == base.name) return "the baseline";
    if (!way.seconds.has_interval || !base.seconds.has_interval) return "needs 6 repeats";
    if (overlap(way.seconds, base.seconds)) return "no difference";
    return fmt::format("{} {} {:.{}f}{}", way.name, sign, ratio, ratio < 100 ? 2 : 0,
                       ratio < least_ratio ? ", hardly" : "");
}

std::string row(const Problem& problem, const std::vector<Timed>& timed) {
    const auto faster = [](const Timed& a, const Timed& b) {
        return a.seconds.median_seconds < b.seconds.median_seconds;
    };
    const auto& base = timed.front();
    const auto [fastest, slowest] = std::minmax_element(timed.begin(), timed.end(), faster);
    const double seconds = base.seconds.median_seconds;
    return fmt::format("{:<10} {:>9} {:<7} {:<11} {:>9}  {:<29} {}\n", problem.idiom->name, problem.elements,
                       problem.order.empty() ? problem.wanted : problem.order, base.name,
                       format_seconds(seconds / static_cast<double>(problem.calls)),
                       beside(*fastest, '/', seconds / fastest->seconds.median_seconds, base),
                       beside(*slowest, 'x', slowest->seconds.median_seconds / seconds, base));
}

}  // namespace

std::string summary(const std::vector<Comparison>& comparisons, const Launch& launch) {
    std::string rows;
    for (const auto& [problem, ways] : comparisons) {
        const auto timed = timed_ways(*problem, launch);
        if (timed.size() < 2 || timed.front().name != problem->idiom->ways.front().name) continue;
        rows += row(*problem, timed);
    }
    if (rows.empty()) return {};
    return std::string(explanation) +
           fmt::format("{:<10} {:>9} {:<7} {:<11} {:>9}  {:<29} {}\n", "idiom", "elements", "", "baseline",
                       "a call", "fastest", "slowest") +
           rows;
}

}  // namespace pacer::syntax
