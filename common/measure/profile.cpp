#include "common/measure/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <tuple>
#include <utility>

#include "common/measure/record.hpp"

namespace pacer::profile {

namespace {

struct Counter {
    std::int64_t hits = 0, ns = 0;
};

// What a region counted below one parent; most regions have only one.
struct Under {
    const Site* parent;
    Counter counter;
};

using Counters = std::vector<std::vector<Under>>;             // by site index
using RegionKey = std::tuple<std::string, int, std::string>;  // file, line, label

struct Totals {
    std::int64_t executions = 0;
    double available_seconds = 0;                                    // elapsed, times threads
    std::map<std::pair<const Site*, const Site*>, Counter> regions;  // region and parent
};

struct State {
    std::mutex mutex;
    std::vector<Site*> sites;
    // Owned here and not by the threads: OpenMP may end a thread before its counts are booked.
    std::vector<std::unique_ptr<Counters>> threads;
    std::map<std::size_t, Totals> cases;
};

State& state() {
    static State instance;
    return instance;
}

thread_local Site* open_region = nullptr;

std::int64_t now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

Counter& counter_of(Site& site, const Site* parent) {
    thread_local Counters* mine = nullptr;
    auto index = site.index.load(std::memory_order_relaxed);
    if (!mine || index < 0) {
        const std::lock_guard lock(state().mutex);
        if (!mine) mine = state().threads.emplace_back(std::make_unique<Counters>()).get();
        index = site.index.load(std::memory_order_relaxed);
        if (index < 0) {
            index = static_cast<int>(state().sites.size());
            state().sites.push_back(&site);
            site.index.store(index, std::memory_order_relaxed);
        }
    }
    const auto at = static_cast<std::size_t>(index);
    if (mine->size() <= at) mine->resize(at + 1);
    auto& its = (*mine)[at];
    for (auto& under : its) {
        if (under.parent == parent) return under.counter;
    }
    return its.emplace_back(Under{parent, {}}).counter;
}

// In the order of the source, which is that of files and lines.
RegionKey key_of(const Site* site) {
    return site == nullptr ? RegionKey() : RegionKey(site->file, site->line, site->label);
}

std::string name_of(const RegionKey& key) {
    const auto& [file, line, label] = key;
    return file.empty() ? "" : fmt::format("{} ({}:{})", label, file, line);
}

// One line a region, with its case, after one for the executions: what a rank sends to rank 0.
std::string serialise() {
    std::string text;
    for (const auto& [number, totals] : state().cases) {
        text += fmt::format("{}\t\t\t{}\t{}\n", number, totals.executions, totals.available_seconds);
        std::map<std::pair<RegionKey, RegionKey>, Counter> regions;  // a header's are there several times
        for (const auto& [sites, counter] : totals.regions) {
            auto& its = regions[{key_of(sites.first), key_of(sites.second)}];
            its.hits += counter.hits;
            its.ns += counter.ns;
        }
        for (const auto& [keys, counter] : regions)
            text += fmt::format("{}\t{}\t{}\t{}\t{}\n", number, name_of(keys.first), name_of(keys.second),
                                counter.hits, 1e-9 * static_cast<double>(counter.ns));
    }
    return text;
}

// Adds to what an earlier rank said of the region; `from` is the first row that may be of it.
void add(std::vector<RegionTime>& rows, std::size_t from, RegionTime row) {
    const auto known = std::find_if(
        rows.begin() + static_cast<std::ptrdiff_t>(from), rows.end(),
        [&](const RegionTime& one) { return one.region == row.region && one.parent == row.parent; });
    if (known == rows.end()) {
        rows.push_back(std::move(row));
    } else {
        known->hits += row.hits;
        known->seconds += row.seconds;
    }
}

}  // namespace

void Region::begin(Site& site) {
    site_ = &site;
    parent_ = std::exchange(open_region, &site);
    start_ns_ = now_ns();
}

void Region::end() {
    const auto elapsed = now_ns() - start_ns_;
    open_region = parent_;
    auto& counter = counter_of(*site_, parent_);
    ++counter.hits;
    counter.ns += elapsed;
}

void book(std::size_t number, std::int64_t executions, double seconds, int threads) {
    const std::lock_guard lock(state().mutex);
    auto& totals = state().cases[number];
    totals.executions += executions;
    totals.available_seconds += seconds * threads;
    for (auto& counters : state().threads) {
        for (std::size_t i = 0; i < counters->size(); ++i) {
            for (auto& [parent, counter] : (*counters)[i]) {
                if (counter.hits == 0) continue;
                auto& total = totals.regions[{state().sites[i], parent}];
                total.hits += counter.hits;
                total.ns += counter.ns;
                counter = {};
            }
        }
    }
}

void move_to(std::vector<Record>& cases, const Team& world, bool by_rank) {
    const auto texts = gather_text(world, serialise());
    state().cases.clear();
    for (std::size_t rank = 0; rank < texts.size(); ++rank) {
        std::vector<std::size_t> first(cases.size());  // row of this rank
        for (std::size_t i = 0; by_rank && i < cases.size(); ++i) first[i] = cases[i].profile.size();
        std::istringstream lines(texts[rank]);
        for (std::string line; std::getline(lines, line);) {
            std::istringstream fields(line);
            std::string number, region, parent, hits, seconds;
            for (auto* field : {&number, &region, &parent, &hits, &seconds})
                std::getline(fields, *field, '\t');
            const auto i = std::stoull(number);
            add(cases.at(i).profile, first.at(i),
                {by_rank ? static_cast<int>(rank) : -1, region, parent, std::stoll(hits),
                 std::stod(seconds)});
        }
    }
}

double cost_per_hit_ns() {
    constexpr int hits = 20000;
    const bool was_enabled = enabled;
    enabled = true;
    static constinit Site site{"(cost of a hit)", __FILE__, __LINE__};
    const auto start = now_ns();
    for (int i = 0; i < hits; ++i) const Region region(site);
    const auto elapsed = now_ns() - start;
    counter_of(site, nullptr) = {};
    enabled = was_enabled;
    return static_cast<double>(elapsed) / hits;
}

}  // namespace pacer::profile
