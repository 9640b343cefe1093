// Making the problem: arrays where those who work on them find them near, the random cycle, what will fit.
#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <bit>

#include "apps/memory/cycle.hpp"
#include "apps/memory/eviction.hpp"
#include "apps/memory/kernels.hpp"
#include "apps/memory/needs.hpp"
#include "common/base/units.hpp"
#include "common/parallel/partition.hpp"

namespace pacer::memory {

namespace {

// STREAM's rule: an array has four times what the caches hold. Twice is enough where no repeat finds anything
// in them.
constexpr std::int64_t stream_caches = 4, core_caches = 2;

// The caches of rank 0's host, or usual ones where it does not tell. The same on every rank.
LastLevel last_level(const Team& world, const Settings& settings) {
    constexpr std::int64_t usual = 32 << 20, usual_second = 1 << 20;
    LastLevel last;
    if (world.root()) {
        const auto caches = settings.caches.value_or(topology().caches());
        last = {caches.last_bytes(), caches.all_last_bytes, usual_second};
        if (last.of_core == 0) last = {usual, usual, usual_second};
        if (caches.of_core.size() > 1) last.second_of_core = caches.of_core[1].bytes;
    }
    MPI_Bcast(&last, sizeof last, MPI_BYTE, 0, world.comm);
    return last;
}

// Sizes that were not given are those of the rule, divided.
void choose_sizes(Problem& problem, const Settings& settings, const LastLevel& last, std::int64_t divisor) {
    constexpr std::int64_t exact_in_double = std::int64_t{1} << 33;  // elements below 2^20: a sum below 2^53
    problem.node_elements =
        settings.elements.value_or(stream_caches * last.of_node / element_bytes / divisor);
    problem.core_elements = settings.elements.value_or(core_caches * last.of_core / element_bytes / divisor);
    if (problem.node_elements > exact_in_double) {
        throw UsageError(
            fmt::format("sums of more than {} elements would not be exact: use fewer", exact_in_double));
    }
    const auto n = problem.core_elements;
    // As long as rows often are, and as they should not be: a power of two.
    problem.columns = 1;
    while (4 * problem.columns * problem.columns <= n) problem.columns *= 2;
    problem.rows = n / problem.columns;
    problem.lines = (n + line_elements - 1) / line_elements;
    // Half of the cache's lines: no set of it gets more than it holds, and there are more pages than a core
    // keeps addresses of.
    problem.pages = std::min(problem.lines / page_lines, last.second_of_core / line_bytes / 2);
    problem.ahead = settings.ahead;
}

// The elements of the array that one core works on.
std::int64_t core_array_elements(const Problem& problem, const Needs& needs) {
    return std::max(needs.core_streams ? problem.node_elements : 0, problem.core_elements);
}

Range part_on_node(const Problem& problem, const Team& world) {
    return part_of({0, problem.node_elements}, world.node_size, world.node_rank);
}

// Bytes that this rank will ask for.
std::int64_t bytes_wanted(const Problem& problem, const Team& world, const Needs& needs) {
    const auto arrays = [](std::int64_t elements, const Needs::Of& of) {
        return of.any ? elements * element_bytes * (of.targets ? 3 : 1) : 0;
    };
    std::int64_t bytes = most_of(problem.eviction_elements) * element_bytes;
    bytes += arrays(part_on_node(problem, world).size(), needs.ranks);
    if (!world.root()) return bytes;
    const auto core = problem.core_elements * element_bytes, links = problem.lines * line_bytes;
    const auto pages = problem.pages * page_lines * line_bytes;
    bytes += arrays(core_array_elements(problem, needs), needs.core);
    bytes += arrays(problem.node_elements, needs.threads);
    bytes += needs.order ? problem.lines * element_bytes : 0;
    bytes += (needs.links ? links : 0) + (needs.small_pages ? pages : 0) + (needs.huge_pages ? pages : 0);
    bytes += needs.padded ? core + problem.rows * line_bytes : 0;
    return bytes + (needs.kept ? core : 0) + (needs.fresh || needs.wants_huge_pages ? core : 0);
}

// Touched first by the threads that will work on them, in the shares in which they will.
std::shared_ptr<const Arrays> make_arrays(Range range, int threads, bool targets) {
    auto arrays = std::make_shared<Arrays>();
    arrays->first = range.begin;
    arrays->elements = range.size();
    arrays->a = make_buffer<double>(range.size());
    if (targets) {
        arrays->b = make_buffer<double>(range.size());
        arrays->c = make_buffer<double>(range.size());
    }
#pragma omp parallel num_threads(threads)
    {
        const auto share = part_of(range, threads, omp_get_thread_num());
        const auto offset = share.begin - range.begin;
        fill_a(arrays->a.get() + offset, share);
        if (targets) {
            fill_b(arrays->b.get() + offset, share);
            std::fill_n(arrays->c.get() + offset, share.size(), spoilt);
        }
    }
    return arrays;
}

void make_all_arrays(Problem& problem, const Team& world, const Threads& threads, const Needs& needs) {
    if (needs.ranks.any) {
        problem.ranks = make_arrays(part_on_node(problem, world), threads.hybrid, needs.ranks.targets);
    }
    if (!world.root()) return;
    if (needs.core.any) {
        problem.core = make_arrays({0, core_array_elements(problem, needs)}, 1, needs.core.targets);
    }
    if (needs.threads.any) {
        problem.threads = make_arrays({0, problem.node_elements}, threads.process, needs.threads.targets);
    }
}

void make_order(Problem& problem) {
    problem.order = shuffled(problem.lines);
    for (std::size_t chain = 0; chain < problem.starts.size() && problem.lines > 0; ++chain) {
        const auto arc = part_of({0, problem.lines}, chains, static_cast<std::int64_t>(chain));
        problem.starts.at(chain) = problem.order.at(static_cast<std::size_t>(arc.begin % problem.lines));
    }
}

// One line of each page, chosen by a hash (Knuth's multiplicative one), so that they spread over the sets of
// every cache on small pages and on huge ones. The first is line 0.
std::int64_t line_on(std::int64_t page) {
    return page * page_lines +
           static_cast<std::int64_t>((static_cast<std::uint64_t>(page) * 0x9E3779B97F4A7C15U) >> 58);
}

Mapping make_pages(std::int64_t count, Pages pages) {
    Mapping mapping(count * page_lines * line_bytes, pages);
    auto* const links = mapping.as<Link>();
    const auto order = shuffled(count);
    for (std::size_t k = 0; k < order.size(); ++k) {
        const auto next = order[k + 1 < order.size() ? k + 1 : 0];
        links[line_on(order[k])] = {line_on(next), static_cast<std::int64_t>(value_a(order[k]))};
    }
    return mapping;
}

void make_matrix(Problem& problem) {
    const auto length = problem.columns + line_elements;
    problem.padded = make_buffer<double>(problem.rows * length);
    for (std::int64_t row = 0; row < problem.rows; ++row) {
        const Range range{row * problem.columns, (row + 1) * problem.columns};
        fill_a(problem.padded.get() + row * length, range);
    }
}

// The bits of every so many'th of the first elements of a, added as whole numbers, modulo 2^64.
std::int64_t bits_of_a(std::int64_t elements, std::int64_t stride) {
    std::uint64_t total = 0;
    for (std::int64_t i = 0; i < elements; i += stride) total += std::bit_cast<std::uint64_t>(value_a(i));
    return static_cast<std::int64_t>(total);
}

// What going through all pages comes to, and where it ends.
void know_pages(Problem& problem) {
    if (problem.pages == 0) return;
    auto order = shuffled(problem.pages);
    std::rotate(order.begin(), std::find(order.begin(), order.end(), 0), order.end());
    const auto beyond = static_cast<std::size_t>(lines_beyond(problem.pages));
    problem.page_sum = sum_of_a(problem.pages, 1) * page_passes;
    for (std::size_t k = 0; k < beyond; ++k) problem.page_sum += static_cast<std::int64_t>(value_a(order[k]));
    problem.pages_end = line_on(order[beyond]);
}

void make_sums(Problem& problem, const Needs& needs) {
    problem.node_sum = sum_of_a(problem.node_elements, 1);
    problem.matrix_sum = sum_of_a(problem.rows * problem.columns, 1);
    if (needs.small_pages || needs.huge_pages) know_pages(problem);
    if (!needs.order && !needs.core.any) return;
    problem.line_sum = sum_of_a(problem.core_elements, line_elements);
    for (std::int64_t stride = 1; needs.strides && stride <= 128; stride *= 2) {
        problem.strided_bits[stride] = bits_of_a(problem.core_elements, stride);
    }
}

}  // namespace

std::int64_t bytes_for_arrays(const Team& world, const Settings& settings) {
    const auto bytes = memory_on_node(world, settings.memory_bytes);
    return settings.elements ? bytes / 10 * 9 : bytes / 2;
}

void choose_fitting_sizes(Problem& problem, const Team& world, const Threads& threads,
                          const Settings& settings, const Needs& needs) {
    constexpr std::int64_t largest_divisor = 1 << 10;
    const auto last = last_level(world, settings);
    const auto available = bytes_for_arrays(world, settings);
    for (std::int64_t divisor = 1;; divisor *= 2) {
        choose_sizes(problem, settings, last, divisor);
        problem.eviction_elements = eviction_elements(problem, world, threads, needs, last);
        const auto too_large =
            memory_shortage(world, static_cast<double>(bytes_wanted(problem, world, needs)), available,
                            "the arrays", "use fewer elements, or fewer --problems");
        if (too_large.empty()) {
            const auto bytes = problem.core_elements * element_bytes;
            problem.is_in_cache = bytes < last.of_core;
            if (divisor > 1)
                problem.doubt = Doubt{problem.is_in_cache ? "arrays_in_cache" : "small_arrays", -1, "",
                                      static_cast<double>(divisor)};
            else if (problem.is_in_cache)
                problem.doubt =
                    Doubt{"chosen_arrays_in_cache", -1, format_bytes(static_cast<double>(bytes)), 0};
            return;
        }
        if (settings.elements || divisor == largest_divisor) throw UsageError(too_large);
    }
}

Problem make_problem(const Team& world, const Threads& threads, const Settings& settings,
                     const Groups& chosen) {
    Problem problem;
    const auto needs = needs_of(chosen);
    problem.nodes = world.nodes;
    choose_fitting_sizes(problem, world, threads, settings, needs);
    make_all_arrays(problem, world, threads, needs);
    make_eviction(problem, threads);
    if (world.root()) {
        make_sums(problem, needs);
        if (needs.order) make_order(problem);
        if (needs.links) {
            problem.links = Mapping(problem.lines * line_bytes, Pages::huge);
            link_up(problem.links.as<Link>(), problem.order);
        }
        if (needs.small_pages) problem.small_pages = make_pages(problem.pages, Pages::small);
        if (needs.huge_pages) problem.huge_pages = make_pages(problem.pages, Pages::huge);
        if (needs.padded) make_matrix(problem);
        if (needs.kept) {
            problem.kept = Mapping(problem.core_elements * element_bytes, Pages::small);
            std::fill_n(problem.kept.as<double>(), problem.core_elements, spoilt);
        }
    }
    if (needs.wants_huge_pages)
        problem.no_huge_pages = text_of_rank(world, 0, world.root() ? no_huge_pages(problem) : "");
    return problem;
}

}  // namespace pacer::memory
