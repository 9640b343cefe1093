#include "apps/timings/compare/pairing.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "apps/timings/compare/environments.hpp"
#include "common/measure/statistics.hpp"

namespace pacer::timings {

namespace {

constexpr double negligible = 0.1;  // difference of two shares

// Which hosts, and how large a share of the launches ran there.
std::map<std::string, double> shares(const Case& one) {
    std::map<std::string, double> found;
    for (const auto& launch : one.launches)
        found[hosts_of(*launch.launch)] += 1 / static_cast<double>(one.launches.size());
    return found;
}

// A launch more or less on one of the hosts does no harm; a host that only one side ran on does.
bool same_hosts(const Case& base, const Case& candidate) {
    const auto a = shares(base), b = shares(candidate);
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& one, const auto& other) {
        return one.first == other.first && std::abs(one.second - other.second) <= negligible;
    });
}

// Jobs on the same hosts are one: what the hosts are like is the same in all of them.
std::vector<double> medians_by_hosts(const Case& one) {
    std::map<std::string, std::vector<double>> sets;
    for (const auto& launch : one.launches) {
        auto hosts = hosts_of(*launch.launch);
        if (hosts.empty()) hosts = fact(launch.launch->environment, "job_id");
        sets[hosts].push_back(launch.median_seconds);
    }
    std::vector<double> medians;
    for (const auto& [name, seconds] : sets) medians.push_back(median(seconds));
    return medians;
}

// Launches that began in one second: in which order is not known.
struct Moment {
    std::vector<double> base, candidate;
};

// By the time of their start; none if it is not known of all of them.
std::map<std::string, Moment> moments(const Case& base, const Case& candidate) {
    std::map<std::string, Moment> found;
    for (const auto* side : {&base, &candidate}) {
        for (const auto& launch : side->launches) {
            const auto start = fact(launch.launch->environment, "start_time");
            if (start.empty() || start == "unknown") return {};
            auto& moment = found[start];
            (side == &base ? moment.base : moment.candidate).push_back(launch.median_seconds);
        }
    }
    return found;
}

constexpr std::size_t many = 5;  // launches that began in one second: they tell no order

bool are_in_order(const std::map<std::string, Moment>& moments) {
    return std::none_of(moments.begin(), moments.end(), [](const auto& one) {
        return one.second.base.size() + one.second.candidate.size() >= many;
    });
}

// Neighbours in time, one of each side. A launch without a neighbour of the other side is left out.
Compared in_pairs(const std::map<std::string, Moment>& moments) {
    Compared pairs{Basis::pair, {}, {}};
    std::vector<double> waiting;  // one launch at most
    bool waits_for_candidate = false;
    const auto pair_off = [&](double base, double candidate) {
        pairs.base.push_back(base);
        pairs.candidate.push_back(candidate);
    };
    for (auto [start, moment] : moments) {
        auto& [base, candidate] = moment;
        auto& wanted = waits_for_candidate ? candidate : base;
        if (!waiting.empty() && !wanted.empty()) {
            waits_for_candidate ? pair_off(waiting.front(), wanted.front())
                                : pair_off(wanted.front(), waiting.front());
            wanted.erase(wanted.begin());
            waiting.clear();
        }
        const auto both = std::min(base.size(), candidate.size());
        for (std::size_t i = 0; i < both; ++i) pair_off(base[i], candidate[i]);
        if (base.size() == candidate.size()) continue;
        waits_for_candidate = base.size() > candidate.size();
        waiting = {waits_for_candidate ? base.back() : candidate.back()};
    }
    return pairs;
}

}  // namespace

Compared by_launch(const Case& base, const Case& candidate) {
    return {Basis::launch, base.medians(), candidate.medians()};
}

Compared by_nature(const Case& base, const Case& candidate) {
    if (!same_hosts(base, candidate))
        return {Basis::hosts, medians_by_hosts(base), medians_by_hosts(candidate)};
    if (shares(base).size() > 1) return by_launch(base, candidate);  // neighbours in time ran elsewhere
    constexpr double fewest_in_pairs = 0.9;  // of launches in no order at all, only some two in three are
    const auto starts = moments(base, candidate);
    auto pairs = in_pairs(starts);
    const auto found = pairs.base.size(), all = base.launches.size() + candidate.launches.size();
    if (are_in_order(starts) && found >= fewest_pairs &&
        2 * static_cast<double>(found) >= fewest_in_pairs * static_cast<double>(all))
        return pairs;
    return by_launch(base, candidate);
}

RatioEstimate estimate(const Compared& compared) {
    return compared.basis == Basis::pair ? compare_pairs(compared.base, compared.candidate)
                                         : compare_launches(compared.base, compared.candidate);
}

}  // namespace pacer::timings
