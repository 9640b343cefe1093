#include "apps/timings/compare/peers.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "apps/timings/compare/launch_statistics.hpp"
#include "apps/timings/compare/robust.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

// All launches of the peers, without those of `slow` ones if any others are left.
Case peers_of(const std::string& name, const Alike& all, const std::set<std::string>& slow,
              const ArePeers& are_peers) {
    Case peers{all.at(name).key, {}, {}, 0};
    for (const bool without_slow : {true, false}) {
        for (const auto& [other, one] : all) {
            if (other == name || (without_slow && slow.contains(other))) continue;
            if (are_peers && !are_peers(name, other)) continue;
            peers.launches.insert(peers.launches.end(), one.launches.begin(), one.launches.end());
        }
        if (!peers.launches.empty()) break;
    }
    return peers;
}

// What the launches of a typical one differ by.
std::optional<double> noise_of(const Alike& all) {
    std::vector<double> noises;
    for (const auto& [name, one] : all) {
        if (one.launches.empty()) continue;
        if (const auto noise = noise_floor(one.medians())) noises.push_back(*noise);
    }
    return noises.empty() ? std::nullopt : std::optional(median(noises));
}

// What healthy ones differ by: no two are quite alike.
std::optional<double> spread_of(const Alike& all) {
    std::vector<double> medians;
    for (const auto& [name, one] : all) {
        if (!one.launches.empty()) medians.push_back(median(one.medians()));
    }
    return spread_of_most(medians);
}

}  // namespace

std::vector<PeerRow> compare_with_peers(const Alike& all, const std::set<std::string>& slow, double margin,
                                        const ArePeers& are_peers) {
    DifferenceOptions options;
    options.margin = std::max(margin, spread_of(all).value_or(0));
    options.across_nodes = true;
    options.noise = noise_of(all);
    options.accept_disturbed = true;  // who is slow for what others do there is slow
    std::vector<PeerRow> rows;
    for (const auto& [name, one] : all) {
        const auto peers = peers_of(name, all, slow, are_peers);
        auto row = compare_case(one.key, &peers, &one, options);
        if (row.margin_from == "asked for" && row.margin > margin) row.margin_from = "spread of the nodes";
        rows.push_back({name, std::move(row)});
    }
    return rows;
}

std::vector<PeerRow> slowest_first(
    std::set<std::string>& slow,
    const std::function<std::vector<PeerRow>(const std::set<std::string>& slow)>& rows_given) {
    while (true) {
        auto rows = rows_given(slow);
        const PeerRow* slowest = nullptr;
        for (const auto& row : rows) {
            if (row.from_peers.finding != Finding::slower || slow.contains(row.name)) continue;
            if (slowest == nullptr || row.from_peers.ratio > slowest->from_peers.ratio) slowest = &row;
        }
        if (slowest == nullptr) return rows;
        slow.insert(slowest->name);
    }
}

std::string_view words_among_peers(Finding finding) {
    constexpr std::array<std::string_view, 9> words = {
        "SLOWER", "faster",       "as fast", "differs within margin", "inconclusive", "MISSING",
        "FAILED", "not compared", "expected"};
    return words.at(static_cast<std::size_t>(finding));
}

bool unremarkable(const Difference& from_peers) {
    return from_peers.finding == Finding::equivalent || from_peers.finding == Finding::within_margin;
}

namespace {

// "NAME: 1.214 (1.190 .. 1.240)" if it is slower, else what is wrong.
std::string evidence(const Difference& from_peers, const std::string& name) {
    return from_peers.finding == Finding::slower
               ? fmt::format("{}: {:.3f} ({})", name, from_peers.ratio, ratio_interval(from_peers).text)
               : fmt::format("{}: {}", name, verdict_cell(from_peers, words_among_peers, "launches").text);
}

}  // namespace

std::string sentences_of_bad(const std::vector<PeerRow>& rows, const ShortNames& names, std::size_t& bad) {
    std::map<std::string, std::pair<std::vector<std::string>, std::vector<std::string>>> found;
    for (const auto& [name, one] : rows) {
        if (!is_bad(one.finding)) continue;
        auto& [slower, wrong] = found[name];
        (one.finding == Finding::slower ? slower : wrong).push_back(evidence(one, names.of(one.key)));
    }
    bad = found.size();
    std::string text;
    for (const auto& [name, its] : found) {
        const auto& [slower, wrong] = its;
        if (!slower.empty())
            text += fmt::format("{} is SLOWER than its peers: {}.\n", name, fmt::join(slower, "; "));
        if (!wrong.empty()) text += fmt::format("{}: {}.\n", name, fmt::join(wrong, "; "));
    }
    return text;
}

}  // namespace pacer::timings
