#include "apps/timings/compare/environments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "common/base/split.hpp"
#include "common/base/units.hpp"

namespace pacer::timings {

namespace {

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// These differ from launch to launch whatever is run; a single launch cannot show that.
bool varies_anyway(std::string_view name) {
    constexpr std::array<std::string_view, 20> names = {"start_time",
                                                        "end_time",
                                                        "launch_seconds",
                                                        "status",
                                                        "watched_host",
                                                        "slurm_topology",
                                                        "cpu_mhz",
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
    constexpr std::array<std::string_view, 19> names = {"version",
                                                        "commit",
                                                        "tree",
                                                        "build_type",
                                                        "compiler",
                                                        "hosts",
                                                        "cpu_model",
                                                        "cores",
                                                        "memory_bytes",
                                                        "hardware_threads",
                                                        "governor",
                                                        "boost",
                                                        "program_hash",
                                                        "kernel",
                                                        "mpi_library",
                                                        "container",
                                                        "openmp",
                                                        "compiler_flags",
                                                        "transparent_huge_pages"};
    return is_one_of(names, name) || name == "environment OMP_PROC_BIND" || name == "environment OMP_PLACES";
}

// The facts of a launch, each variable of the environment one of them.
Facts told_apart(const Launch& launch) {
    Facts facts;
    for (const auto& [name, value] : launch.environment) {
        const auto text = name == "hosts" ? hosts_of(launch) : to_string(value);
        if (name != "environment") {
            facts.emplace_back(name, text);
            continue;
        }
        for (const auto setting : split(text, '\n')) {
            const auto sign = std::min(setting.find('='), setting.size());
            const auto value_of = setting.substr(std::min(sign + 1, setting.size()));
            facts.emplace_back(fmt::format("environment {}", setting.substr(0, sign)), std::string(value_of));
        }
    }
    return facts;
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
    constexpr std::size_t most = 3;
    std::vector<std::string> shown;
    for (const auto& [value, launches] : values) {
        if (shown.size() < most)
            shown.push_back(fmt::format("{} ({})", value, counted(launches, "launch", "launches")));
    }
    if (values.size() > most) shown.push_back(fmt::format("and {} more", values.size() - most));
    return fmt::format("{}", fmt::join(shown, ", "));
}

}  // namespace

std::string hosts_of(const Launch& launch) {
    const auto text = fact(launch.environment, "hosts");
    std::set<std::string> names;
    for (const auto one : split(text, ',')) names.emplace(one.substr(0, one.rfind(':')));
    return fmt::format("{}", fmt::join(names, ","));
}

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
    for (const auto& name : names_in(pairs)) {
        if (varies_anyway(name)) continue;
        for (const auto& pair : pairs) {
            const auto before = common_value(*pair.before, name), after = common_value(*pair.after, name);
            if (before && after && *before != *after)
                lines.add(fmt::format("{}: {} -> {}", name, *before, *after), pair.name);
        }
    }
    return lines.take();
}

std::vector<std::string> mixtures(const std::vector<Launch>& launches, std::string_view side) {
    const auto programs = by_program(launches);
    Lines lines(programs.size());
    for (const auto& name : names_in(programs)) {
        if (!is_to_be_one(name)) continue;
        for (const auto& [program, its] : programs) {
            const auto values = values_of(its.launches, name);
            if (values.size() > 1)
                lines.add(fmt::format("{} within {}: {}", name, side, counted_values(values)), program);
        }
    }
    return lines.take();
}

}  // namespace pacer::timings
