#include "apps/timings/compare/link_times.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <span>

#include "common/base/status.hpp"
#include "common/measure/statistics.hpp"
#include "common/parallel/tournament.hpp"

namespace pacer::timings {

namespace {

bool is_of_tournament(const Record& record) {
    return fact(record.parameters, "kind") == "pairs" &&
           fact(record.parameters, method_parameter) == "circle";
}

bool is_collective(const Record& record) {
    return record.variant == "alltoall" || record.variant == "allreduce";
}

int whole(const Record& record, std::string_view name) {
    return static_cast<int>(number_in(record.parameters, name).value_or(0));
}

[[noreturn]] void refuse(const Launch& launch, const Record& record, std::string_view why) {
    throw UsageError(
        fmt::format("launch {}: {} of pairs tells nothing of them: {}", launch.id, record.variant, why));
}

// The first rank of each node, which plays for it, or every rank.
std::vector<int> ranks_of_players(const Launch& launch, const Record& record) {
    auto places = launch.placement;
    std::sort(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.rank < b.rank; });
    std::set<std::string> hosts;
    std::vector<int> ranks;
    for (const auto& place : places) {
        if (hosts.insert(place.host).second || who_plays(record) == "ranks") ranks.push_back(place.rank);
    }
    if (std::ssize(ranks) != whole(record, "players")) {
        refuse(launch, record,
               fmt::format("it had {} players, and {} {} are known by name", whole(record, "players"),
                           ranks.size(), who_plays(record)));
    }
    return ranks;
}

// [repeats x rounds] rows of the seconds of all ranks.
using Rounds = std::vector<std::span<const double>>;

Rounds rounds_of(const Record& record, int rounds) {
    Rounds rows;
    if (record.calls.empty() && rounds == 1 && record.knows_ranks()) {
        const auto ranks = static_cast<std::size_t>(record.ranks);
        for (std::size_t i = 0; i < record.repeats(); ++i)
            rows.push_back(std::span(record.seconds).subspan(i * ranks, ranks));
        return rows;
    }
    std::map<std::int32_t, int> samples;
    for (std::size_t i = 0; i < record.calls.size(); ++i) {
        ++samples[record.calls.repeat[i]];
        rows.push_back(record.calls.row(i));
    }
    const bool all_there =
        std::all_of(samples.begin(), samples.end(), [=](const auto& one) { return one.second == rounds; });
    return all_there ? rows : Rounds{};
}

}  // namespace

std::string name_of(const Link& link) {
    return link.first + " - " + link.second;
}

bool is_of_pairs(const Record& record) {
    return is_of_tournament(record) && !is_collective(record);
}

bool is_of_all_players(const Record& record) {
    return is_of_tournament(record) && is_collective(record);
}

std::string who_plays(const Record& record) {
    return fact(record.parameters, "between");
}

std::vector<std::string> players_of(const Launch& launch, const Record& record) {
    std::map<int, std::string> host_of;
    for (const auto& place : launch.placement) host_of[place.rank] = place.host;
    std::vector<std::string> names;
    for (const int rank : ranks_of_players(launch, record))
        names.push_back(who_plays(record) == "ranks" ? fmt::format("rank {}", rank) : host_of[rank]);
    return names;
}

std::map<Link, double> link_seconds(const Launch& launch, const Record& record) {
    const Tournament tournament(whole(record, "players"));
    const auto ranks = ranks_of_players(launch, record);
    const auto names = players_of(launch, record);
    if (tournament.rounds() < 1 || tournament.rounds() != whole(record, "rounds"))
        refuse(launch, record, "its rounds are those of another version");
    const auto rows = rounds_of(record, tournament.rounds());
    if (rows.empty()) refuse(launch, record, "the times of its single rounds are not there: use a larger -n");
    std::map<Link, std::vector<double>> samples;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const int round = static_cast<int>(i % static_cast<std::size_t>(tournament.rounds()));
        for (int player = 0; player < tournament.players(); ++player) {
            const int partner = tournament.partner(round, player);
            if (partner <= player) continue;
            const auto seconds_of = [&](int one) {
                return rows[i][static_cast<std::size_t>(ranks[static_cast<std::size_t>(one)])];
            };
            const auto& [a, b] = std::minmax(names[static_cast<std::size_t>(player)],
                                             names[static_cast<std::size_t>(partner)]);
            samples[{a, b}].push_back(std::max(seconds_of(player), seconds_of(partner)));
        }
    }
    std::map<Link, double> medians;
    for (const auto& [link, seconds] : samples) medians[link] = median(seconds);
    return medians;
}

std::vector<std::string> wrong_at(const Launch& launch, const Record& record) {
    const auto ranks = ranks_of_players(launch, record);
    const auto names = players_of(launch, record);
    std::vector<std::string> wrong;
    for (const auto& share : record.shares) {
        const auto player = std::find(ranks.begin(), ranks.end(), share.rank);
        if (share.partial != "0" && player != ranks.end())
            wrong.push_back(names[static_cast<std::size_t>(player - ranks.begin())]);
    }
    return wrong;
}

std::map<std::string, std::vector<std::string>> switches_of(const Launch& launch) {
    std::map<std::string, std::vector<std::string>> above;
    std::set<std::string> nodes;  // by their addresses: an address that others have, too, is not a node's own
    for (const auto& host : launch.hosts) {
        const auto address = fact(host.facts, "slurm_topology");
        if (address.empty() || !nodes.insert(address).second) return {};
        auto& switches = above[host.host];
        std::size_t begin = 0;
        for (auto dot = address.find('.'); dot != std::string::npos; dot = address.find('.', begin)) {
            switches.push_back(address.substr(begin, dot - begin));
            begin = dot + 1;
        }
    }
    return above;
}

}  // namespace pacer::timings
