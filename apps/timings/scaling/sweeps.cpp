#include "apps/timings/scaling/sweeps.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

constexpr std::size_t fewest_points = 4;

Facts without(Facts facts, std::string_view name) {
    std::erase_if(facts, [&](const auto& fact) { return fact.first == name; });
    return facts;
}

std::set<std::string> numeric_parameters(const std::vector<Case>& cases) {
    std::set<std::string> names;
    for (const auto& one : cases) {
        for (const auto& [name, value] : one.key.parameters) {
            if (!std::holds_alternative<std::string>(value)) names.insert(name);
        }
    }
    return names;
}

bool is_rate(const Case& one) {
    return one.launches.front().record->work.bytes > 0;
}

// The interval is that of the launches' medians, or of the repeats if there is only one launch.
SweepPoint point_of(const Case& one, double at) {
    const auto& record = *one.launches.front().record;
    const auto medians = one.medians();
    const auto interval = median_interval(medians.size() > 1 ? medians : record.repeat_seconds());
    const double seconds = median(medians), low = interval ? interval->low : seconds,
                 high = interval ? interval->high : seconds;
    const auto& work = record.work;
    if (work.bytes > 0) {
        const auto bytes = static_cast<double>(work.bytes);
        return {at, bytes / seconds, bytes / high, bytes / low};
    }
    const auto items = static_cast<double>(std::max<std::int64_t>(work.items, 1));
    return {at, seconds / items, low / items, high / items};
}

SweepLine& line_of(Sweep& sweep, const Case& one) {
    for (auto& line : sweep.lines) {
        if (line.variant == one.key.variant && line.ranks == one.key.ranks &&
            line.threads == one.key.threads && line.is_rate == is_rate(one)) {
            return line;
        }
    }
    return sweep.lines.emplace_back(
        SweepLine{one.key.variant, one.key.ranks, one.key.threads, is_rate(one), {}});
}

Sweep& sweep_of(std::vector<Sweep>& sweeps, const Case& one, const std::string& parameter) {
    const auto others = without(one.key.parameters, parameter);
    for (auto& sweep : sweeps) {
        if (sweep.app == one.key.app && sweep.parameter == parameter && sweep.others == others) return sweep;
    }
    return sweeps.emplace_back(Sweep{one.key.app, parameter, others, {}, {}});
}

// The caches that are the same in all launches of the case.
std::vector<std::pair<std::string, double>> caches_of(const Case& one) {
    constexpr std::array<std::pair<const char*, const char*>, 3> caches = {
        {{"L1d", "l1d_bytes"}, {"L2", "l2_bytes"}, {"L3", "l3_bytes"}}};
    std::vector<std::pair<std::string, double>> marks;
    for (const auto& [name, key] : caches) {
        const auto bytes = number_in(one.launches.front().launch->environment, key);
        const auto same = [&, &wanted = key](const CaseLaunch& launch) {
            return number_in(launch.launch->environment, wanted) == bytes;
        };
        if (bytes && *bytes > 0 && std::all_of(one.launches.begin(), one.launches.end(), same)) {
            marks.emplace_back(name, *bytes);
        }
    }
    return marks;
}

void tidy(Sweep& sweep) {
    for (auto& line : sweep.lines) {
        std::sort(line.points.begin(), line.points.end(), [](auto& a, auto& b) { return a.at < b.at; });
    }
    std::erase_if(sweep.lines, [](const SweepLine& line) { return line.points.size() < fewest_points; });
}

}  // namespace

std::vector<Sweep> sweeps_of(const std::vector<Case>& cases) {
    std::vector<Sweep> sweeps;
    for (const auto& parameter : numeric_parameters(cases)) {
        for (const auto& one : cases) {
            const auto at = number_in(one.key.parameters, parameter);
            if (one.launches.empty() || !at || !(*at > 0)) continue;
            auto& sweep = sweep_of(sweeps, one, parameter);
            line_of(sweep, one).points.push_back(point_of(one, *at));
            if (is_size(parameter)) sweep.marks = caches_of(one);
        }
    }
    for (auto& sweep : sweeps) tidy(sweep);
    std::erase_if(sweeps, [](const Sweep& sweep) { return sweep.lines.empty(); });
    return sweeps;
}

bool are_all_swept(const std::vector<Case>& cases, const std::vector<Sweep>& sweeps) {
    return std::all_of(cases.begin(), cases.end(), [&](const Case& one) {
        return one.launches.empty() || std::any_of(sweeps.begin(), sweeps.end(), [&](const Sweep& sweep) {
                   return sweep.app == one.key.app &&
                          without(one.key.parameters, sweep.parameter) == sweep.others &&
                          std::any_of(sweep.lines.begin(), sweep.lines.end(), [&](const SweepLine& line) {
                              return line.variant == one.key.variant && line.ranks == one.key.ranks &&
                                     line.threads == one.key.threads;
                          });
               });
    });
}

bool is_size(std::string_view parameter) {
    return parameter == "bytes" || parameter == "working_set" || parameter.ends_with("_bytes");
}

}  // namespace pacer::timings
