// The small picture: cores across, ranks down.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "common/base/range_list.hpp"
#include "common/placement/judge.hpp"

namespace pacer {

namespace {

constexpr std::size_t most_lines = 16;
constexpr std::size_t most_columns = 12;

// Where the busy threads of a rank may run, in any of the variants asked for.
std::vector<int> busy_cores(const RankPlacement& rank, const std::vector<Uses>& uses) {
    std::vector<int> cores;
    const auto add = [&cores](const std::vector<std::vector<int>>& threads, std::size_t count) {
        for (std::size_t thread = 0; thread < std::min(count, threads.size()); ++thread) {
            cores.insert(cores.end(), threads[thread].begin(), threads[thread].end());
        }
    };
    if (requested(uses, Uses::threads) && rank.rank == 0)
        add(rank.process_threads, rank.process_threads.size());
    if (requested(uses, Uses::both)) add(rank.hybrid_threads, rank.hybrid_threads.size());
    if (cores.empty()) add(rank.hybrid_threads, 1);
    return cores.empty() ? rank.cores : cores;
}

struct Row {
    std::string title;
    std::vector<int> cores;
};

// Neighbouring cores that look the same on every row share a column.
struct Columns {
    std::vector<std::vector<int>> cores;
    int unreached = 0;  // cores of the host beyond those, which no rank may use
};

bool has(const std::vector<int>& cores, int core) {
    return std::find(cores.begin(), cores.end(), core) != cores.end();
}

Columns columns_of(const std::vector<Row>& rows, const HostPlacement& host) {
    std::map<int, std::string> looks;  // down the rows, by core
    for (const auto* rank : host.ranks) {
        for (const int core : rank->cores) looks[core] = "";
    }
    for (const auto& row : rows) {
        for (const int core : row.cores) looks[core] = "";
    }
    for (const auto& row : rows) {
        for (auto& [core, look] : looks) look += has(row.cores, core) ? 'X' : '.';
    }
    Columns columns;
    columns.unreached = std::max(0, host.cores - static_cast<int>(looks.size()));
    const bool each_its_own = looks.size() <= most_columns;
    const std::string* before = nullptr;
    for (const auto& [core, look] : looks) {
        if (each_its_own || before == nullptr || *before != look) columns.cores.emplace_back();
        columns.cores.back().push_back(core);
        before = &look;
    }
    return columns;
}

}  // namespace

std::string draw_placement(const std::vector<HostPlacement>& hosts, const std::vector<Uses>& uses) {
    const auto& host = hosts.front();
    std::vector<Row> rows;
    for (const auto* rank : host.ranks) {
        if (rows.size() < most_lines)
            rows.push_back({fmt::format("rank {}", rank->rank), busy_cores(*rank, uses)});
    }
    auto columns = columns_of(rows, host);
    const bool cut = columns.cores.size() > most_columns;
    if (cut) columns.cores.resize(most_columns);
    const auto title = fmt::format("core of {}", host.name);
    const std::size_t width = std::max(title.size(), rows.back().title.size());
    std::string picture = fmt::format("{:<{}}", title, width);
    for (const auto& cores : columns.cores) picture += "  " + range_list(cores);
    if (cut) picture += "  ...";
    if (columns.unreached > 0 && !cut) picture += fmt::format("  {} more", columns.unreached);
    picture += '\n';
    for (const auto& row : rows) {
        picture += fmt::format("{:<{}}", row.title, width);
        for (const auto& cores : columns.cores) {
            picture +=
                fmt::format("  {:<{}}", has(row.cores, cores.front()) ? 'X' : '.', range_list(cores).size());
        }
        if (columns.unreached > 0 && !cut) picture += "  .";
        picture.erase(picture.find_last_not_of(' ') + 1);
        picture += '\n';
    }
    if (rows.size() < host.ranks.size())
        picture += fmt::format("... {} more ranks on {}\n", host.ranks.size() - rows.size(), host.name);
    if (hosts.size() > 1)
        picture += fmt::format("... {} more\n", count_of(static_cast<int>(hosts.size()) - 1, "host"));
    return picture;
}

}  // namespace pacer
