#include "common/machine/watch.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sched.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <sstream>
#include <string>

#include "common/base/clock.hpp"
#include "common/machine/environment_parse.hpp"
#include "common/machine/host_facts.hpp"

namespace pacer {

namespace {

constexpr double worth_telling = 0.03;  // of a node's CPU time
constexpr std::size_t most_told = 3;    // nodes, of one kind of doubt

// So many rows of a node, and fewer where there are very many nodes: some MB of a dump at most.
std::size_t most_glances(int nodes) {
    constexpr int most_of_a_node = 64, most_of_all = 1 << 16;
    return static_cast<std::size_t>(std::clamp(most_of_all / std::max(nodes, 1), 2, most_of_a_node));
}

// The kernel's governor tells it in kHz; virtual machines have none. 0: unknown.
double frequency_here() {
    double khz = 0;
    std::istringstream(
        text_of(fmt::format("/sys/devices/system/cpu/cpu{}/cpufreq/scaling_cur_freq", sched_getcpu()))) >>
        khz;
    return std::max(0.0, 1e3 * khz);
}

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

// Tells nodes apart that have the same name, as containers may: facts and rows are found by it.
class Names {
  public:
    std::string operator()(const std::string& name) {
        const int number = ++seen_[name];
        return number == 1 ? name : fmt::format("{} ({})", name, number);
    }

  private:
    std::map<std::string, int> seen_;
};

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
    constexpr std::array<std::string_view, 10> alike = {
        "cpu_model", "cores", "hardware_threads",       "numa_nodes",
        "governor",  "boost", "transparent_huge_pages", "kernel",
        "microcode", "bios"};
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

Watch::Watch(double interval_seconds)
    : before_(read_cpu_times()), start_seconds_(now_seconds()), interval_seconds_(interval_seconds) {}

bool Watch::is_due() const {
    const double last = glances_.empty() ? 0 : glances_.back().at_seconds;
    return now_seconds() - start_seconds_ >= last + interval_seconds_;
}

void Watch::glance(const Team& world) {
    Glance now;
    // Long files on a large node, and the leader's are what counts.
    now.since = world.node_root() ? read_cpu_times() : before_;
    double own = own_cpu_seconds() - before_.own_seconds;  // of all ranks on this node
    MPI_Allreduce(MPI_IN_PLACE, &own, 1, MPI_DOUBLE, MPI_SUM, world.node);
    now.since.busy_seconds -= before_.busy_seconds;
    now.since.idle_seconds -= before_.idle_seconds;
    now.since.steal_seconds -= before_.steal_seconds;
    now.since.own_seconds = own;
    now.at_seconds = now_seconds() - start_seconds_;
    if (world.node_root()) now.frequency = frequency_here();
    glances_.push_back(now);
    if (glances_.size() <= most_glances(world.nodes)) return;
    std::size_t kept = 0;  // of each two the second: what it tells is since the one that is kept before it
    for (std::size_t i = 1; i < glances_.size(); i += 2) glances_[kept++] = glances_[i];
    if (glances_.size() % 2 == 1) glances_[kept++] = glances_.back();
    glances_.resize(kept);
    interval_seconds_ *= 2;
}

std::vector<WatchRow> Watch::rows(const std::string& host) const {
    std::vector<WatchRow> rows;
    CpuTimes before;
    for (const auto& [at_seconds, frequency, since] : glances_) {
        const double busy = since.busy_seconds - before.busy_seconds,
                     idle = since.idle_seconds - before.idle_seconds,
                     steal = since.steal_seconds - before.steal_seconds,
                     others = busy - (since.own_seconds - before.own_seconds), all = busy + idle + steal;
        const auto part = [&](double seconds) { return all > 0 ? std::clamp(seconds / all, 0.0, 1.0) : 0; };
        auto& row = rows.emplace_back();
        row.host = host;
        row.at_seconds = at_seconds;
        row.others_cpu = part(others);
        row.steal = part(steal);
        if (frequency > 0) row.frequency = frequency;
        row.load = since.load_1min;
        before = since;
    }
    return rows;
}

std::vector<WatchRow> gather_watch(const Team& world, const std::vector<WatchRow>& mine) {
    std::string text = mine.empty() ? "" : mine.front().host + "\n";
    for (const auto& row : mine)
        text += fmt::format("{} {} {} {} {}\n", row.at_seconds, row.others_cpu, row.steal,
                            std::isnan(row.frequency) ? 0 : row.frequency, row.load);
    std::vector<WatchRow> rows;
    Names names;
    for (const auto& of_node : gather_text(world, world.node_root() ? text : "")) {
        std::istringstream lines(of_node);
        WatchRow row;
        if (!std::getline(lines, row.host)) continue;
        row.host = names(row.host);
        for (double frequency = 0;
             lines >> row.at_seconds >> row.others_cpu >> row.steal >> frequency >> row.load;) {
            row.frequency = frequency > 0 ? frequency : WatchRow().frequency;
            rows.push_back(row);
        }
    }
    return rows;
}

Facts Watch::look(const Team& world) {
    glance(world);
    const auto& [unused, frequency, since] = glances_.back();
    Facts facts = {{"load_before", before_.load_1min},
                   {"load_after", since.load_1min},
                   {"steal_seconds", since.steal_seconds},
                   {"others_cpu_seconds", std::max(0.0, since.busy_seconds - since.own_seconds)},
                   {"cpu_seconds", since.busy_seconds + since.steal_seconds + since.idle_seconds}};
    if (!world.node_root()) return facts;
    if (const auto rate = cpu_mhz_in(text_of("/proc/cpuinfo", std::size_t{1} << 22)))
        facts.emplace_back("cpu_mhz", *rate);
    std::vector<double> rates;
    for (const auto& glance : glances_) {
        if (glance.frequency > 0) rates.push_back(1e-6 * glance.frequency);
    }
    if (!rates.empty()) {
        const auto middle = rates.begin() + std::ssize(rates) / 2;
        std::nth_element(rates.begin(), middle, rates.end());
        facts.emplace_back("busy_mhz", *middle);
    }
    return facts;
}

std::vector<HostFacts> gather_hosts(const Team& world, const HostFacts& mine) {
    std::vector<HostFacts> hosts;
    Names names;
    for (const auto& text : gather_text(world, world.node_root() ? packed(mine) : "")) {
        if (text.empty()) continue;
        hosts.push_back(unpacked(text));
        hosts.back().host = names(hosts.back().host);
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
