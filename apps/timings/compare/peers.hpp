// Things that are alike, nodes or the links between them: which of them is slower than the others.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "apps/timings/compare/difference.hpp"

namespace pacer::timings {

// One case by the name of what it ran on.
using Alike = std::map<std::string, Case>;

// How one of them differs from its peers.
struct PeerRow {
    std::string name;
    Difference from_peers;
};

// Whether the one called `other` is a peer of the one called `name`.
using ArePeers = std::function<bool(const std::string& name, const std::string& other)>;

// A row each, by name. The peers are all others, or those that `are_peers`, but for the slow ones if any
// others are left: nobody is fast for having a slow neighbour. The margin is `margin`, or more where the
// launches of a typical one differ by more, or where most of 8 or more do.
std::vector<PeerRow> compare_with_peers(const Alike& all, const std::set<std::string>& slow, double margin,
                                        const ArePeers& are_peers = {});

// The slowest is told first, then the slowest among the others, and so on: `rows_given(slow)` are compared
// until nobody else is slow. Adds their names to `slow`.
std::vector<PeerRow> slowest_first(
    std::set<std::string>& slow,
    const std::function<std::vector<PeerRow>(const std::set<std::string>& slow)>& rows_given);

// "SLOWER", "as fast", ...
std::string_view words_among_peers(Finding finding);

// Whether there is nothing to say of it: as fast, within the margin.
bool unremarkable(const Difference& from_peers);

// A sentence for each that is slower, and one for each that failed or is missing, with that evidence: "node2
// is SLOWER than its peers: ...". `bad`: how many they are.
std::string sentences_of_bad(const std::vector<PeerRow>& rows, const ShortNames& names, std::size_t& bad);

// What tables say of a row besides the case and the name: launches, medians, ratio, interval, verdict.
template <class Row>
std::vector<ColumnOf<Row>> peer_columns() {
    using namespace unit;
    const auto verdict = [](const Row& r) {
        return verdict_cell(r.from_peers, words_among_peers, "launches");
    };
    return {
        {"launches", "launches", figure, [](const Row& r) { return r.from_peers.subject.launches; }},
        {"peers_launches", "of peers", figure, [](const Row& r) { return r.from_peers.reference.launches; }},
        {"seconds", "median", seconds, [](const Row& r) { return r.from_peers.subject.seconds; }},
        {"peers_seconds", "of peers", seconds, [](const Row& r) { return r.from_peers.reference.seconds; }},
        {"ratio", "ratio", ratio, [](const Row& r) { return r.from_peers.ratio; }},
        {"low", "", ratio, [](const Row& r) { return r.from_peers.low; }},
        {"high", "", ratio, [](const Row& r) { return r.from_peers.high; }},
        {"", "95 % interval", figure, [](const Row& r) { return ratio_interval(r.from_peers); }},
        {"p", "", figure, [](const Row& r) { return r.from_peers.judged() ? Cell(r.from_peers.p) : Cell(); }},
        {"margin", "margin", percent, [](const Row& r) { return margin_cell(r.from_peers); }},
        {"verdict", "verdict", text, verdict},
        {"note", "", text, [](const Row& r) { return r.from_peers.note; }},
    };
}

}  // namespace pacer::timings
