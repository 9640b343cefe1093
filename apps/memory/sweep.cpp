// Making the working sets of the sweep, and its three variants.
#include "apps/memory/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apps/memory/cycle.hpp"
#include "apps/memory/kernels.hpp"
#include "apps/memory/needs.hpp"
#include "common/base/units.hpp"

namespace pacer::memory {

namespace {

constexpr std::int64_t smallest_bytes = 16 << 10;
constexpr std::int64_t usual_cache_bytes = 32 << 20;  // where hwloc knows of none
constexpr std::int64_t bytes_a_repeat = 64 << 20;     // at least, of read and triad
constexpr std::int64_t hops_a_repeat = 1 << 16;       // at least, of chase

// 16, 24, 32, 48, 64, ... KiB
std::vector<std::int64_t> sizes(std::int64_t largest_bytes) {
    std::vector<std::int64_t> sizes;
    for (std::int64_t octave = smallest_bytes; octave <= largest_bytes; octave *= 2) {
        sizes.push_back(octave);
        if (octave / 2 * 3 <= largest_bytes) sizes.push_back(octave / 2 * 3);
    }
    return sizes;
}

std::int64_t passes_for(std::int64_t least, std::int64_t of_one) {
    return (least + of_one - 1) / of_one;
}

WorkingSet working_set(std::int64_t bytes, std::int64_t last_cache_bytes) {
    WorkingSet set;
    set.bytes = bytes;
    set.warmed = bytes <= 2 * last_cache_bytes;
    set.elements = bytes / element_bytes;
    set.triad_elements = bytes / (3 * element_bytes);
    set.lines = bytes / line_bytes;
    set.passes = set.triad_passes = passes_for(bytes_a_repeat, bytes);
    set.hops = passes_for(hops_a_repeat, set.lines) * set.lines + lines_beyond(set.lines);
    return set;
}

// Where the three arrays of triad begin: on lines that no cache puts into the same set.
std::int64_t triad_offset(std::int64_t largest_bytes, int array) {
    constexpr std::int64_t apart = 37 * line_elements;
    const auto each = (largest_bytes / (3 * element_bytes) / line_elements + 1) * line_elements;
    return array * (each + apart);
}

void fill_triads(double* at, std::int64_t largest_bytes) {
    const auto count = largest_bytes / (3 * element_bytes);
    for (std::int64_t i = 0; i < count; ++i) {
        at[triad_offset(largest_bytes, 0) + i] = value_a(i);
        at[triad_offset(largest_bytes, 1) + i] = value_b(i);
        at[triad_offset(largest_bytes, 2) + i] = spoilt;
    }
}

// A random cycle through all lines of each set.
void make_cycles(Sweep& sweep) {
    std::int64_t lines = 0;
    for (const auto& set : sweep.sets) lines += set.lines;
    sweep.links = Mapping(lines * line_bytes, Pages::huge);
    auto* links = sweep.links.as<Link>();
    for (auto& set : sweep.sets) {
        link_up(links, shuffled(set.lines));
        set.links = links;
        set.links_sum = sum_of_a(set.lines * line_elements, line_elements);
        links += set.lines;
    }
}

std::vector<WorkingSet> working_sets(std::int64_t largest_bytes, std::int64_t last_cache_bytes) {
    std::vector<WorkingSet> sets;
    for (const auto bytes : sizes(largest_bytes)) sets.push_back(working_set(bytes, last_cache_bytes));
    return sets;
}

// Bytes that rank 0 will ask for.
std::int64_t bytes_wanted(const std::vector<WorkingSet>& sets) {
    std::int64_t wanted = 2 * sets.back().bytes;
    for (const auto& set : sets) wanted += set.bytes;
    return wanted;
}

std::int64_t asked_bytes(std::int64_t elements) {
    constexpr std::int64_t most = std::int64_t{1} << 50;
    if (elements > most)
        throw UsageError(fmt::format("no memory holds {} elements: use fewer elements", elements));
    if (elements * element_bytes < smallest_bytes) {
        throw UsageError(fmt::format("--sweep begins at {}: use -n {} or more",
                                     format_bytes(static_cast<double>(smallest_bytes)),
                                     smallest_bytes / element_bytes));
    }
    return elements * element_bytes;
}

struct Extent {
    std::int64_t largest_bytes = 0, last_cache_bytes = 0;
};

Extent choose_extent(const Settings& settings, std::int64_t available, std::optional<Doubt>& doubt) {
    const auto known = settings.caches.value_or(topology().caches()).last_bytes();
    const auto cache = known == 0 ? usual_cache_bytes : known;
    if (settings.elements) return {asked_bytes(*settings.elements), cache};
    auto sets = working_sets(4 * cache, cache);
    while (sets.size() > 1 && bytes_wanted(sets) > available) sets.pop_back();
    const auto largest = sets.back().bytes;
    if (largest < 4 * cache) {
        doubt = Doubt{"sweep_cut", -1, format_bytes(static_cast<double>(largest)),
                      static_cast<double>(largest) / static_cast<double>(cache)};
    }
    return {largest, cache};
}

}  // namespace

Sweep make_sweep(const Team& world, const Settings& settings) {
    Sweep sweep;
    Extent extent;
    const auto available = bytes_for_arrays(world, settings);
    on_root(world, [&] { extent = choose_extent(settings, available, sweep.doubt); });
    MPI_Bcast(&extent, sizeof extent, MPI_BYTE, 0, world.comm);
    sweep.sets = working_sets(extent.largest_bytes, extent.last_cache_bytes);
    if (settings.elements) {
        require_memory(world, world.root() ? static_cast<double>(bytes_wanted(sweep.sets)) : 0, available,
                       "the working sets", "use fewer elements");
    }
    on_root(world, [&] {
        const auto largest = sweep.sets.back().bytes, elements = largest / element_bytes;
        sweep.values = make_buffer<double>(elements);
        fill_a(sweep.values.get(), {0, elements});
        sweep.triads = make_buffer<double>(triad_offset(largest, 3));
        fill_triads(sweep.triads.get(), largest);
        make_cycles(sweep);
        for (auto& set : sweep.sets) {
            set.values = sweep.values.get();
            set.a = sweep.triads.get() + triad_offset(largest, 0);
            set.b = sweep.triads.get() + triad_offset(largest, 1);
            set.c = sweep.triads.get() + triad_offset(largest, 2);
            set.elements_sum = sum_of_a(set.elements, 1);
        }
    });
    return sweep;
}

SweepAnswer sweep_read(const WorkingSet& set, const Team&) {
    const double total = sum_passes(set.values, set.elements, set.passes);
    return {Number::of_whole(static_cast<Int128>(total))};
}

// Each pass needs what the one before has written.
SweepAnswer sweep_triad(const WorkingSet& set, const Team&) {
    double *from = set.a, *to = set.c;
    for (std::int64_t pass = 0; pass < set.triad_passes; ++pass) {
        streams::triad(to, from, set.b, set.triad_elements);
        std::swap(from, to);
    }
    return {};
}

SweepAnswer sweep_chase(const WorkingSet& set, const Team&) {
    std::int64_t total = 0;
    const auto at = follow(set.links, 0, set.hops, total);
    return {Number::of_whole(total), at};
}

void prepare_sweep(const WorkingSet& set, const SweepVariant& variant, const Team& team) {
    if (set.warmed) variant.run(set, team);
    if (variant.name != "triad") return;
    fill_a(set.a, {0, set.triad_elements});
    std::fill_n(set.c, set.triad_elements, spoilt);
}

void alter_sweep(const WorkingSet& set, const SweepVariant&, const Team&) {
    set.altered = !set.altered;
    set.values[set.elements - 1] += set.altered ? 1 : -1;
    set.links[0].value += set.altered ? 1 : -1;
}

Judgement judge_sweep(const WorkingSet& set, const SweepVariant& variant, SweepAnswer& answer, const Team&) {
    const auto n = set.triad_elements;
    const std::int64_t added = set.altered ? 1 : 0;
    if (variant.name == "triad") {
        const bool odd = set.triad_passes % 2 != 0;
        const auto right =
            count_chained_triads(odd ? set.c : set.a, odd ? set.a : set.c, set.b, n, set.triad_passes);
        return {.check = {Number::of_whole(right), Number::of_whole(n)}};
    }
    if (variant.name == "read") {
        auto want = (set.elements_sum + added) * set.passes;
        for (std::int64_t pass = 0; pass < set.passes; ++pass)
            want -= static_cast<std::int64_t>(set.values[left_out(pass, set.elements)]);
        return {.check = {answer.total, Number::of_whole(want)}};
    }
    auto want = (set.links_sum + added) * (set.hops / set.lines);
    const auto end = follow(set.links, 0, set.hops % set.lines, want);
    return {.check = {answer.at == end ? answer.total : Number::of_whole(-1), Number::of_whole(want)}};
}

Facts sweep_parameters(const WorkingSet& set) {
    return {{"experiment", "sweep"}, {"working_set", set.bytes}, {std::string(method_parameter), "mixed"}};
}

void describe_sweep(const WorkingSet& set, const SweepVariant& variant, Record& record) {
    if (variant.name == "read") {
        const auto items = set.elements * set.passes;
        record.work = {items, items * bytes_per_element(probe("read"))};
    } else if (variant.name == "triad") {
        const auto items = set.triad_elements * set.triad_passes;
        record.work = {items, items * bytes_per_element(probe("triad"))};
    } else {
        record.work = {set.hops};  // it is latency that counts, so no bytes
    }
}

}  // namespace pacer::memory
