// Which rank ran where. Launches with the same placement share a table.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "apps/timings/page/html.hpp"
#include "apps/timings/page/sections.hpp"
#include "apps/timings/scaling/tables.hpp"

namespace pacer::timings {

namespace {

constexpr std::size_t most_placements = 8;  // shown: launches of a batch system may all differ
constexpr std::size_t most_open_ranks = 16;

struct Placement {
    const Launch* first = nullptr;
    std::size_t launches = 0;
};

// All but the process ids, which differ in every launch.
std::string identity(const Launch& launch) {
    std::string text;
    for (const auto& place : launch.placement) {
        text += fmt::format("{}\t{}\t{}\t{}\t{}\n", place.rank, place.host, place.cpus_allowed, place.threads,
                            place.thread_cpus);
    }
    return text;
}

// The most frequent first.
std::vector<Placement> placements_of(const std::vector<Launch>& launches) {
    std::map<std::string, std::size_t> index;
    std::vector<Placement> placements;
    for (const auto& launch : launches) {
        if (launch.placement.empty()) continue;
        const auto [found, is_new] = index.try_emplace(identity(launch), placements.size());
        if (is_new) placements.push_back({&launch, 0});
        ++placements[found->second].launches;
    }
    std::stable_sort(placements.begin(), placements.end(),
                     [](auto& a, auto& b) { return a.launches > b.launches; });
    return placements;
}

std::string placement_table(const std::vector<Place>& placement) {
    using namespace unit;
    const std::vector<ColumnOf<Place>> columns = {
        {"", "rank", figure, &Place::rank},
        {"", "host", text, &Place::host},
        {"", "CPUs allowed", text, &Place::cpus_allowed},
        {"", "threads", figure, &Place::threads},
        {"", "CPUs of each thread", text, &Place::thread_cpus},
    };
    return table_of(columns, placement).html("Placement");
}

std::string title_of(const Placement& placement) {
    const auto& places = placement.first->placement;
    std::vector<std::string> hosts;
    for (const auto& place : places) {
        if (std::find(hosts.begin(), hosts.end(), place.host) == hosts.end()) hosts.push_back(place.host);
    }
    return fmt::format("{} on {}, {}", counted(places.size(), "rank"), html::listed(hosts, 3),
                       counted(placement.launches, "launch", "launches"));
}

// One panel per case makes a long drawing.
std::string folded_drawing(const Report& report, PlotKind kind) {
    const auto drawing = drawing_of(report, kind);
    return drawing.empty() ? drawing : html::folded(title_of(kind), drawing);
}

}  // namespace

std::string placement_section(const Report& report) {
    std::string content;
    const auto placements = placements_of(report.launches);
    for (std::size_t i = 0; i < std::min(placements.size(), most_placements); ++i) {
        const auto table = placement_table(placements[i].first->placement);
        const auto title = title_of(placements[i]);
        content += placements[i].first->placement.size() > most_open_ranks
                       ? html::folded(title, table)
                       : fmt::format("<div><h3>{}</h3>\n{}</div>\n", html_text(title), table);
    }
    if (!content.empty()) content = "<div class=\"placements\">\n" + content + "</div>\n";
    if (placements.size() > most_placements) {
        content += fmt::format(
            "<p class=\"note\">{} more placements: <code>timings show --proof</code> lists them all</p>\n",
            placements.size() - most_placements);
    }
    return content.empty() ? content : content + folded_drawing(report, PlotKind::balance);
}

std::string scaling_section(const Report& report) {
    return report.scaling.empty()
               ? std::string()
               : document_of(report.scaling).html() + drawing_of(report, PlotKind::scaling);
}

std::string sweep_section(const Report& report) {
    return drawing_of(report, PlotKind::sweep);
}

std::string samples_section(const Report& report) {
    return drawing_of(report, PlotKind::distribution) + folded_drawing(report, PlotKind::samples);
}

}  // namespace pacer::timings
