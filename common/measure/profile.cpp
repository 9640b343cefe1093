#include "common/measure/profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <sstream>
#include <tuple>
#include <vector>

#include "common/base/units.hpp"

namespace pacer::profile {

namespace {

struct Counter {
    std::int64_t hits = 0, ns = 0;
};

using Counters = std::vector<Counter>;                        // by site index
using RegionKey = std::tuple<std::string, int, std::string>;  // file, line, label

struct VariantTotals {
    double available_seconds = 0;  // elapsed, times threads, summed over ranks
    std::map<RegionKey, Counter> regions;
};

struct State {
    std::mutex mutex;
    std::vector<Site*> sites;
    // Owned here and not by the threads: OpenMP may end a thread before its counts are booked.
    std::vector<std::unique_ptr<Counters>> threads;
    std::vector<std::string> order;  // variants, as first booked
    std::map<std::string, VariantTotals> variants;
};

State& state() {
    static State instance;
    return instance;
}

std::int64_t now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

Counter& counter_of(Site& site) {
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
    return (*mine)[at];
}

VariantTotals& totals_of(const std::string& variant) {
    auto& s = state();
    if (!s.variants.contains(variant)) s.order.push_back(variant);
    return s.variants[variant];
}

// One line a region and one a variant: what a rank sends to rank 0.
std::string serialise() {
    std::string text;
    for (const auto& name : state().order) {
        const auto& totals = state().variants[name];
        text += fmt::format("{}\t\t0\t\t0\t{}\n", name, totals.available_seconds);
        for (const auto& [key, counter] : totals.regions) {
            const auto& [file, line, label] = key;
            text +=
                fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", name, file, line, label, counter.hits, counter.ns);
        }
    }
    return text;
}

void merge(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string name, file, number, label, hits, amount;
        for (auto* field : {&name, &file, &number, &label, &hits, &amount})
            std::getline(fields, *field, '\t');
        auto& totals = totals_of(name);
        if (file.empty()) {
            totals.available_seconds += std::stod(amount);
        } else {
            auto& counter = totals.regions[{file, std::stoi(number), label}];
            counter.hits += std::stoll(hits);
            counter.ns += std::stoll(amount);
        }
    }
}

std::string table_of(const std::string& variant, const VariantTotals& totals) {
    std::string text = fmt::format("\n{}\n  {:<34} {:<28} {:>10} {:>10} {:>10} {:>7}\n", variant, "where",
                                   "region", "hits", "time", "per hit", "% time");
    for (const auto& [key, counter] : totals.regions) {
        const auto& [file, line, label] = key;
        const double seconds = static_cast<double>(counter.ns) * 1e-9;
        text += fmt::format("  {:<34} {:<28} {:>10} {:>10} {:>10} {:>7.1f}\n",
                            fmt::format("{}:{}", file, line), label, counter.hits, format_seconds(seconds),
                            format_seconds(seconds / static_cast<double>(counter.hits)),
                            100 * seconds / totals.available_seconds);
    }
    if (totals.regions.empty()) text += "  (no region marked)\n";
    return text;
}

}  // namespace

void Region::begin(Site& site) {
    site_ = &site;
    start_ns_ = now_ns();
}

void Region::end() {
    const auto elapsed = now_ns() - start_ns_;
    auto& counter = counter_of(*site_);
    ++counter.hits;
    counter.ns += elapsed;
}

void book(const std::string& variant, double seconds, int threads) {
    auto& totals = totals_of(variant);
    totals.available_seconds += seconds * threads;
    const std::lock_guard lock(state().mutex);
    for (auto& counters : state().threads) {
        for (std::size_t i = 0; i < counters->size(); ++i) {
            auto& counter = (*counters)[i];
            if (counter.hits == 0) continue;
            const Site& site = *state().sites[i];
            auto& total = totals.regions[{site.file, site.line, site.label}];
            total.hits += counter.hits;
            total.ns += counter.ns;
            counter = {};
        }
    }
}

std::string report(const Team& world) {
    const double cost = cost_per_hit_ns();
    const auto texts = gather_text(world, serialise());
    if (!world.root()) return {};
    for (std::size_t rank = 1; rank < texts.size(); ++rank) merge(texts[rank]);
    std::string text = fmt::format(
        "profile: all executions, warm-up included, summed over ranks and threads; % of elapsed x ranks x "
        "threads; a hit itself "
        "costs {:.0f} ns\n",
        cost);
    for (const auto& name : state().order) text += table_of(name, state().variants[name]);
    return text;
}

double cost_per_hit_ns() {
    constexpr int hits = 20000;
    const bool was_enabled = enabled;
    enabled = true;
    static constinit Site site{"(cost of a hit)", __FILE__, __LINE__};
    const auto start = now_ns();
    for (int i = 0; i < hits; ++i) const Region region(site);
    const auto elapsed = now_ns() - start;
    counter_of(site) = {};
    enabled = was_enabled;
    return static_cast<double>(elapsed) / hits;
}

}  // namespace pacer::profile
