#include "apps/timings/compare/environments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "common/base/split.hpp"
#include "common/base/units.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

constexpr std::size_t few = 3;  // facts or values, to be named one by one

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// These differ from launch to launch whatever is run; a single launch cannot show that.
bool varies_anyway(std::string_view name) {
    constexpr std::array<std::string_view, 21> names = {"start_time",
                                                        "end_time",
                                                        "launch_seconds",
                                                        "status",
                                                        "watched_host",
                                                        "slurm_topology",
                                                        "cpu_mhz",
                                                        "busy_mhz",
                                                        "load_before",
                                                        "load_after",
                                                        "steal_seconds",
                                                        "others_cpu_seconds",
                                                        "cpu_seconds",
                                                        "options_hash",
                                                        "seed",
                                                        "job_id",
                                                        "clock_resolution_seconds",
                                                        "clock_overhead_seconds",
                                                        "environment SLURM_JOB_ID",
                                                        "environment SLURM_ARRAY_TASK_ID",
                                                        "environment SLURM_RESTART_COUNT"};
    return is_one_of(names, name);
}

// These tell two machines or two builds apart, which one side is not to mix.
bool is_to_be_one(std::string_view name) {
    constexpr std::array<std::string_view, 25> names = {
        "version",     "commit",    "tree",          "build_type",     "compiler",
        "hosts",       "cpu_model", "cores",         "memory_bytes",   "hardware_threads",
        "governor",    "boost",     "program_hash",  "kernel",         "microcode",
        "bios",        "smt",       "mpi_transport", "ucx_version",    "libfabric_version",
        "mpi_library", "container", "openmp",        "compiler_flags", "transparent_huge_pages"};
    return is_one_of(names, name) || name == "environment OMP_PROC_BIND" || name == "environment OMP_PLACES";
}

struct Program {
    std::set<std::string> apps;  // of its cases, by the names under which they are compared
    std::vector<Facts> launches;
};

// By program: a suite has launches of several, each with a hash of its own.
using Programs = std::map<std::string, Program>;

Programs by_program(const std::vector<Launch>& launches) {
    Programs programs;
    for (const auto& launch : launches) {
        auto& program = programs[fact(launch.environment, "program")];
        program.launches.push_back(told_apart(launch));
        for (const auto& record : launch.records) program.apps.insert(record.app);
    }
    return programs;
}

// A program of the baseline and one that has cases of the same app: the same, or one to which --pair led.
struct Related {
    std::string name;  // "reduce", or "reduce -> vector"
    const std::vector<Facts>*before, *after;
};

std::vector<Related> related(const Programs& base, const Programs& candidate) {
    std::vector<Related> pairs;
    for (const auto& [before, a] : base) {
        for (const auto& [after, b] : candidate) {
            const auto is_shared = [&apps = b.apps](const auto& app) { return apps.contains(app); };
            if (before == after)
                pairs.push_back({before, &a.launches, &b.launches});
            else if ((!candidate.contains(before) || !base.contains(after)) &&
                     std::any_of(a.apps.begin(), a.apps.end(), is_shared))
                pairs.push_back({fmt::format("{} -> {}", before, after), &a.launches, &b.launches});
        }
    }
    return pairs;
}

// In the order of their first appearance.
void add_names(const std::vector<Facts>& launches, std::vector<std::string>& names,
               std::set<std::string>& seen) {
    for (const auto& facts : launches) {
        for (const auto& [name, value] : facts) {
            if (seen.insert(name).second) names.push_back(name);
        }
    }
}

std::vector<std::string> names_in(const Programs& programs) {
    std::vector<std::string> names;
    std::set<std::string> seen;
    for (const auto& [name, program] : programs) add_names(program.launches, names, seen);
    return names;
}

std::vector<std::string> names_in(const std::vector<Related>& pairs) {
    std::vector<std::string> names;
    std::set<std::string> seen;
    for (const auto side : {&Related::before, &Related::after}) {
        for (const auto& pair : pairs) add_names(*(pair.*side), names, seen);
    }
    return names;
}

// Each value and how many launches have it.
std::map<std::string, std::size_t> values_of(const std::vector<Facts>& launches, const std::string& name) {
    std::map<std::string, std::size_t> values;
    for (const auto& facts : launches) ++values[fact(facts, name, "(none)")];
    return values;
}

// What all launches have; nothing if they differ.
std::optional<std::string> common_value(const std::vector<Facts>& launches, const std::string& name) {
    const auto values = values_of(launches, name);
    return values.size() == 1 ? std::optional(values.begin()->first) : std::nullopt;
}

// Facts that no launch of one side has and all of the other do, variables aside: one that is not set is
// known.
std::vector<std::string> unknown_on(const std::vector<Facts>& side, const std::vector<Facts>& other,
                                    const std::vector<std::string>& names) {
    const auto has = [](const std::string& name) {
        return [&name](const Facts& facts) {
            return std::any_of(facts.begin(), facts.end(), [&](auto& one) { return one.first == name; });
        };
    };
    std::vector<std::string> unknown;
    for (const auto& name : names) {
        if (!varies_anyway(name) && !name.starts_with("environment ") &&
            std::none_of(side.begin(), side.end(), has(name)) &&
            std::all_of(other.begin(), other.end(), has(name)))
            unknown.push_back(name);
    }
    return unknown;
}

// "busy_mhz: 3400 -> 2600", medians; nothing if they differ little, as they always do, or are not known.
std::string clock_change(const std::vector<Facts>& before, const std::vector<Facts>& after) {
    constexpr double negligible = 0.03;
    const auto middle = [](const std::vector<Facts>& launches) {
        std::vector<double> rates;
        for (const auto& facts : launches) {
            const double rate = std::strtod(fact(facts, "busy_mhz").c_str(), nullptr);
            if (rate > 0) rates.push_back(rate);
        }
        return rates.empty() ? 0 : median(rates);
    };
    const double was = middle(before), is = middle(after);
    if (was <= 0 || is <= 0 || std::abs(is - was) <= negligible * was) return {};
    return fmt::format("busy_mhz: {:.0f} -> {:.0f}", was, is);
}

// A line each, in the order found; one that is true of some programs only begins with their names.
class Lines {
  public:
    explicit Lines(std::size_t programs) : programs_(programs) {}

    void add(const std::string& line, const std::string& program) {
        auto& of = found_[line];
        if (of.empty()) order_.push_back(line);
        of.push_back(program);
    }

    std::vector<std::string> take() const {
        std::vector<std::string> lines;
        for (const auto& line : order_) {
            const auto& of = found_.at(line);
            lines.push_back(of.size() == programs_ ? line : fmt::format("{}: {}", fmt::join(of, ", "), line));
        }
        return lines;
    }

  private:
    std::size_t programs_;
    std::vector<std::string> order_;
    std::map<std::string, std::vector<std::string>> found_;
};

std::string counted_values(const std::map<std::string, std::size_t>& values) {
    std::vector<std::string> shown;
    for (const auto& [value, launches] : values) {
        if (shown.size() < few)
            shown.push_back(fmt::format("{} ({})", value, counted(launches, "launch", "launches")));
    }
    if (values.size() > few) shown.push_back(fmt::format("and {} more", values.size() - few));
    return fmt::format("{}", fmt::join(shown, ", "));
}

}  // namespace

std::string hosts_of(const std::vector<Launch>& launches) {
    std::set<std::string> sets;
    for (const auto& launch : launches) sets.insert(hosts_of(launch));
    sets.erase("");
    return fmt::format("{}", fmt::join(sets, "; "));
}

std::vector<std::string> differences(const std::vector<Launch>& base, const std::vector<Launch>& candidate) {
    const auto a = by_program(base), b = by_program(candidate);
    const auto pairs = related(a, b);
    Lines lines(pairs.size());
    const auto names = names_in(pairs);
    std::vector<std::set<std::string>> left_out;  // of each pair
    for (const auto& pair : pairs) {
        auto& all = left_out.emplace_back();
        for (const auto& [side, other, when] :
             {std::tuple(pair.before, pair.after, "before"), std::tuple(pair.after, pair.before, "after")}) {
            const auto unknown = unknown_on(*side, *other, names);
            if (unknown.size() <= few) continue;
            lines.add(fmt::format("unknown {}: {}", when, fmt::join(unknown, ", ")), pair.name);
            all.insert(unknown.begin(), unknown.end());
        }
    }
    for (const auto& name : names) {
        if (varies_anyway(name)) continue;
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            const auto& pair = pairs[i];
            if (left_out[i].contains(name)) continue;
            const auto before = common_value(*pair.before, name), after = common_value(*pair.after, name);
            if (before && after && *before != *after) lines.add(change_of(name, *before, *after), pair.name);
        }
    }
    for (const auto& pair : pairs) {
        if (const auto change = clock_change(*pair.before, *pair.after); !change.empty())
            lines.add(change, pair.name);
    }
    return lines.take();
}

std::vector<std::string> mixtures(const std::vector<Launch>& launches, std::string_view side, bool hosts) {
    const auto programs = by_program(launches);
    Lines lines(programs.size());
    for (const auto& name : names_in(programs)) {
        if (!is_to_be_one(name) || (name == "hosts" && !hosts)) continue;
        for (const auto& [program, its] : programs) {
            const auto values = values_of(its.launches, name);
            if (values.size() > 1)
                lines.add(fmt::format("{} within {}: {}", name, side, counted_values(values)), program);
        }
    }
    return lines.take();
}

}  // namespace pacer::timings
