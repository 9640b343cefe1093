#include "common/machine/watch.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "common/machine/environment_parse.hpp"
#include "common/machine/host_facts.hpp"

namespace pacer {

namespace {

constexpr double worth_telling = 0.03;  // of a node's CPU time
constexpr std::size_t most_told = 3;    // nodes, of one kind of doubt

// A line each: kind, name, value. A text has one line, or keeps its first.
std::string packed(const HostFacts& node) {
    auto text = node.host + "\n";
    for (const auto& [name, value] : node.facts) {
        const auto held = to_string(value);
        text += fmt::format("{} {} {}\n", value.index(), name, held.substr(0, held.find('\n')));
    }
    return text;
}

HostFacts unpacked(std::string_view text) {
    const auto take = [&](char end) {
        const auto word = text.substr(0, text.find(end));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        return word;
    };
    HostFacts node;
    node.host = take('\n');
    while (!text.empty()) {
        const auto kind = take(' ');
        const std::string name(take(' '));
        const auto value = take('\n');
        const auto read = [&](auto number) {
            std::from_chars(value.data(), value.data() + value.size(), number);
            return number;
        };
        if (kind == "0") node.facts.emplace_back(name, std::string(value));
        if (kind == "1") node.facts.emplace_back(name, read(std::int64_t{0}));
        if (kind == "2") node.facts.emplace_back(name, read(0.0));
    }
    return node;
}

double part(const HostFacts& node, std::string_view taken) {
    const double all = number_in(node.facts, "cpu_seconds").value_or(0);
    return all > 0 ? number_in(node.facts, taken).value_or(0) / all : 0;
}

using Told = std::pair<std::string, double>;  // host and value

// The worst first.
void add(std::vector<Doubt>& doubts, const char* kind, std::vector<Told> told) {
    std::stable_sort(told.begin(), told.end(), [](auto& a, auto& b) { return a.second > b.second; });
    for (std::size_t i = 0; i < std::min(told.size(), most_told); ++i)
        doubts.push_back({kind, -1, told[i].first, told[i].second});
    if (told.size() > most_told)
        doubts.push_back({"more_hosts", -1, kind, static_cast<double>(told.size() - most_told)});
}

void add_part(std::vector<Doubt>& doubts, const std::vector<HostFacts>& hosts, const char* kind,
              std::string_view taken) {
    std::vector<Told> told;
    for (const auto& node : hosts) {
        if (const double its = part(node, taken); its >= worth_telling) told.emplace_back(node.host, its);
    }
    add(doubts, kind, std::move(told));
}

std::string value_of(const HostFacts& node, std::string_view name) {
    return fact(node.facts, name, "unknown");
}

// What most nodes have of that name; nothing unless more than half of them have the same.
std::optional<std::string> usual_value(const std::vector<HostFacts>& hosts, std::string_view name) {
    std::map<std::string, std::size_t> counts;
    for (const auto& node : hosts) ++counts[value_of(node, name)];
    for (const auto& [value, count] : counts) {
        if (2 * count > hosts.size()) return value;
    }
    return std::nullopt;
}

void add_odd_hosts(std::vector<Doubt>& doubts, const std::vector<HostFacts>& hosts) {
    constexpr std::array<std::string_view, 7> alike = {
        "cpu_model", "cores", "hardware_threads",      "numa_nodes",
        "governor",  "boost", "transparent_huge_pages"};
    std::vector<Told> odd;
    for (const auto& node : hosts) {
        std::vector<std::string> differences;
        for (const auto name : alike) {
            const auto usual = usual_value(hosts, name);
            const auto its = value_of(node, name), first = value_of(hosts.front(), name);
            if (usual && its != *usual) {
                differences.push_back(fmt::format("{} {}, most have {}", name, its, *usual));
            } else if (!usual && its != first) {
                differences.push_back(fmt::format("{} {}, {} has {}", name, its, hosts.front().host, first));
            }
        }
        if (!differences.empty())
            odd.emplace_back(fmt::format("{} ({})", node.host, fmt::join(differences, "; ")), 0);
    }
    add(doubts, "odd_host", std::move(odd));
}

void add_slow_clocks(std::vector<Doubt>& doubts, const std::vector<HostFacts>& hosts) {
    std::vector<double> rates;
    for (const auto& node : hosts) {
        if (const double rate = number_in(node.facts, "cpu_mhz").value_or(0); rate > 0) rates.push_back(rate);
    }
    if (rates.size() < 2) return;
    const auto fastest = *std::max_element(rates.begin(), rates.end());
    std::vector<Told> slow;
    for (const auto& node : hosts) {
        const double rate = number_in(node.facts, "cpu_mhz").value_or(0);
        if (rate > 0 && rate < 0.9 * fastest) slow.emplace_back(node.host, 1 - rate / fastest);
    }
    add(doubts, "slow_clock", std::move(slow));
}

}  // namespace

Facts Watch::look(const Team& world) const {
    const auto after = read_cpu_times();
    double own = after.own_seconds - before_.own_seconds;  // of all ranks on this node
    MPI_Allreduce(MPI_IN_PLACE, &own, 1, MPI_DOUBLE, MPI_SUM, world.node);
    const double busy = after.busy_seconds - before_.busy_seconds,
                 steal = after.steal_seconds - before_.steal_seconds;
    Facts facts = {{"load_before", before_.load_1min},
                   {"load_after", after.load_1min},
                   {"steal_seconds", steal},
                   {"others_cpu_seconds", std::max(0.0, busy - own)},
                   {"cpu_seconds", busy + steal + after.idle_seconds - before_.idle_seconds}};
    if (!world.node_root()) return facts;  // a long file on a large node, and the leader's is what counts
    if (const auto rate = cpu_mhz_in(text_of("/proc/cpuinfo", std::size_t{1} << 22)))
        facts.emplace_back("cpu_mhz", *rate);
    return facts;
}

std::vector<HostFacts> gather_hosts(const Team& world, const HostFacts& mine) {
    std::vector<HostFacts> hosts;
    for (const auto& text : gather_text(world, world.node_root() ? packed(mine) : "")) {
        if (!text.empty()) hosts.push_back(unpacked(text));
    }
    return hosts;
}

const HostFacts& most_disturbed(const std::vector<HostFacts>& hosts) {
    return *std::max_element(hosts.begin(), hosts.end(), [](const auto& a, const auto& b) {
        const auto taken = [](const HostFacts& node) {
            return part(node, "others_cpu_seconds") + part(node, "steal_seconds");
        };
        return taken(a) < taken(b);
    });
}

std::vector<Doubt> doubts_of(const std::vector<HostFacts>& hosts) {
    std::vector<Doubt> doubts;
    add_part(doubts, hosts, "others_load", "others_cpu_seconds");
    add_part(doubts, hosts, "steal", "steal_seconds");
    if (hosts.size() > 1) {
        add_odd_hosts(doubts, hosts);
        add_slow_clocks(doubts, hosts);
    }
    return doubts;
}

}  // namespace pacer
