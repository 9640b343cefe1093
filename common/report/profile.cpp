// The regions of the source, and what they took.
#include <fmt/format.h>

#include <algorithm>

#include "common/base/units.hpp"
#include "common/report/report.hpp"

namespace pacer {

namespace {

// The ranks' rows of a region added up, in the order in which they are first there.
std::vector<RegionTime> over_ranks(const std::vector<RegionTime>& rows) {
    std::vector<RegionTime> sums;
    for (const auto& row : rows) {
        const auto known = std::find_if(sums.begin(), sums.end(), [&](const RegionTime& sum) {
            return sum.region == row.region && sum.parent == row.parent;
        });
        if (known == sums.end()) {
            sums.push_back(row);
        } else {
            known->hits += row.hits;
            known->seconds += row.seconds;
        }
    }
    return sums;
}

// "sum the chunk" and "chunked.cpp:31" of "sum the chunk (chunked.cpp:31)".
std::pair<std::string, std::string> name_and_place(const std::string& region) {
    const auto at = region.rfind(" (");
    if (at == region.npos || !region.ends_with(')')) return {region, ""};
    return {region.substr(0, at), region.substr(at + 2, region.size() - at - 3)};
}

Table profile_table(const std::vector<RegionTime>& regions, double available_seconds) {
    const bool nested = std::any_of(regions.begin(), regions.end(),
                                    [](const RegionTime& one) { return !one.parent.empty(); });
    std::vector<Column> columns = {{"place", "where", unit::text},
                                   {"region", "region", unit::text},
                                   {"hits", "hits", unit::figure},
                                   {"seconds", "time", unit::seconds},
                                   {"seconds_per_hit", "per hit", unit::seconds},
                                   {"part", "% of time", unit::hundredths}};
    if (nested) columns.push_back({"parent", "inside", unit::text});
    Table table(columns);
    for (const auto& one : regions) {
        if (one.region.empty()) continue;
        const auto [name, place] = name_and_place(one.region);
        const double hits = std::max(1.0, static_cast<double>(one.hits));
        std::vector<Cell> cells = {place,
                                   name,
                                   one.hits,
                                   one.seconds,
                                   one.seconds / hits,
                                   available_seconds > 0 ? Cell(one.seconds / available_seconds) : Cell()};
        if (nested) cells.emplace_back(name_and_place(one.parent).first);
        table.add(std::move(cells));
    }
    return table;
}

}  // namespace

void describe_profile(const Launch& launch, Document& document) {
    const auto has_profile = [](const Record& record) { return !record.profile.empty(); };
    if (std::none_of(launch.records.begin(), launch.records.end(), has_profile))
        return document.text("no profile: the launch was made without --profile\n");
    std::string lead =
        "profile: all executions, warm-up included, summed over ranks and threads; % of elapsed x ranks x "
        "threads";
    if (const auto cost = number_in(launch.environment, "profile_hit_seconds"))
        lead += fmt::format("; a hit itself costs {}", format_seconds(*cost));
    document.text(lead + "\n");
    for (const auto& record : launch.records) {
        if (!has_profile(record)) continue;
        const auto regions = over_ranks(record.profile);
        const auto all = std::find_if(regions.begin(), regions.end(),
                                      [](const RegionTime& one) { return one.region.empty(); });
        document.title(case_name(record, launch.records));
        const auto table = profile_table(regions, all == regions.end() ? 0 : all->seconds);
        if (table.empty()) {
            document.text("(no region marked)\n");
        } else {
            document.table("", table);
        }
    }
}

}  // namespace pacer
