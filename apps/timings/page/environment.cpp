// The environment in which the launches ran: what matters and what differs first, the rest on demand.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>

#include "apps/timings/page/html.hpp"
#include "apps/timings/page/sections.hpp"
#include "common/base/units.hpp"
#include "common/measure/doubts.hpp"

namespace pacer::timings {

namespace {

// What best explains a time.
constexpr std::array<std::string_view, 12> important = {
    "program",   "version", "commit",       "tree",  "compiler",    "compiler_flags",
    "cpu_model", "cores",   "memory_bytes", "hosts", "mpi_library", "command_line"};

// What no two launches share; it has its own table.
constexpr std::array<std::string_view, 14> of_one_launch = {"start_time",
                                                            "end_time",
                                                            "launch_seconds",
                                                            "status",
                                                            "watched_host",
                                                            "cpu_mhz",
                                                            "busy_mhz",
                                                            "load_before",
                                                            "load_after",
                                                            "steal_seconds",
                                                            "others_cpu_seconds",
                                                            "clock_resolution_seconds",
                                                            "clock_overhead_seconds",
                                                            "job_id"};

template <class Names>
bool among(const Names& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

// A fact over all launches: its values in order of appearance, and how many launches have each.
struct Gathered {
    std::string name;
    std::vector<std::pair<std::string, std::size_t>> values;
};

std::vector<Gathered> gather(const std::vector<Launch>& launches) {
    std::vector<Gathered> all;
    std::map<std::string, std::size_t> index;
    std::map<std::pair<std::size_t, std::string>, std::size_t> value_index;
    for (const auto& launch : launches) {
        for (const auto& [name, held] : launch.environment) {
            const auto [found, is_new] = index.try_emplace(name, all.size());
            if (is_new) all.push_back({name, {}});
            auto& values = all[found->second].values;
            const auto value = to_string(held);
            const auto [place, is_other] = value_index.try_emplace({found->second, value}, values.size());
            if (is_other) values.emplace_back(value, 0);
            ++values[place->second].second;
        }
    }
    return all;
}

std::string shown(const std::string& name, const std::string& value) {
    if (value.empty()) return "<span class=\"absent\">none</span>";
    if (name.ends_with("_bytes")) return html_text(format_bytes(std::strtod(value.c_str(), nullptr)));
    return html_text(value);
}

// The only value, or each with the number of launches that have it.
std::string values_of(const Gathered& fact, std::size_t launches) {
    constexpr std::size_t most = 6;
    const auto& values = fact.values;
    if (values.size() == 1 && values.front().second == launches)
        return shown(fact.name, values.front().first);
    std::string items;
    for (std::size_t i = 0; i < std::min(values.size(), most); ++i) {
        items +=
            fmt::format("<li>{} <span class=\"count\">({})</span></li>", shown(fact.name, values[i].first),
                        counted(values[i].second, "launch", "launches"));
    }
    if (values.size() > most) items += fmt::format("<li>and {} other values</li>", values.size() - most);
    return "<ul>" + items + "</ul>";
}

std::string label(std::string name) {
    if (name.ends_with("_bytes")) name.resize(name.size() - 6);
    std::replace(name.begin(), name.end(), '_', ' ');
    return html_text(name);
}

template <class Wanted>
std::string facts_list(const std::vector<Gathered>& facts, std::size_t launches, const Wanted& wanted) {
    std::string rows;
    for (const auto& fact : facts) {
        if (!wanted(fact)) continue;
        rows += fmt::format("<dt>{}</dt><dd>{}</dd>\n", label(fact.name), values_of(fact, launches));
    }
    return rows.empty() ? rows : "<dl>\n" + rows + "</dl>\n";
}

Cell fact_cell(const Launch& launch, std::string_view name) {
    if (const auto number = number_in(launch.environment, name)) return *number;
    const auto value = fact(launch.environment, name);
    return value.empty() ? Cell() : Cell(value);
}

Table launches_table(const std::vector<Launch>& launches) {
    using namespace unit;
    using L = Launch;
    constexpr Unit load{false, [](double value) { return fmt::format("{:.2f}", value); }};
    const std::vector<ColumnOf<L>> columns = {
        {"", "launch", text, &L::id},
        {"", "start, UTC", text, [](const L& l) { return fact_cell(l, "start_time"); }},
        {"", "ranks", figure, [](const L& l) { return l.placement.size(); }},
        {"", "load before", load, [](const L& l) { return fact_cell(l, "load_before"); }},
        {"", "load after", load, [](const L& l) { return fact_cell(l, "load_after"); }},
        {"", "CPU time of others, s", load, [](const L& l) { return fact_cell(l, "others_cpu_seconds"); }},
        {"", "CPU time stolen, s", load, [](const L& l) { return fact_cell(l, "steal_seconds"); }},
        {"", "warnings", figure, [](const L& l) { return doubt_sentences(l).size(); }},
    };
    return table_of(columns, launches);
}

}  // namespace

std::string environment_section(const Report& report) {
    const auto facts = gather(report.launches);
    const auto count = report.launches.size();
    const auto differs = [&](const Gathered& one) {
        return !among(of_one_launch, one.name) &&
               (one.values.size() > 1 || one.values.front().second < count);
    };
    auto content = facts_list(facts, count,
                              [&](const auto& one) { return among(important, one.name) && !differs(one); });
    if (const auto differing = facts_list(facts, count, differs); !differing.empty()) {
        content += "<h3>What differs between the launches</h3>\n" + differing;
    } else if (count > 1) {
        content += "<p>The launches ran in the same environment, as far as it is known.</p>\n";
    }
    content += html::folded(fmt::format("Each launch ({})", count),
                            launches_table(report.launches).html("Launches"));
    return content +
           html::folded("All environment", facts_list(facts, count, [](const auto&) { return true; }));
}

}  // namespace pacer::timings
