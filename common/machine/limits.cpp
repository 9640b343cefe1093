#include "common/machine/limits.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>

#include "common/base/clock.hpp"
#include "common/base/units.hpp"
#include "common/machine/memory.hpp"
#include "common/machine/probes.hpp"
#include "common/machine/topology.hpp"

namespace pacer {

namespace {

constexpr double longest_probe_seconds = 0.15;
double probe_operations(const Team& world, bool together, int threads, Operation operation) {
    constexpr std::int64_t additions = 200'000'000;  // some milliseconds
    const int step = world.size + 1;                 // known only at run time
    return best_rate(world, together, threads, probes::shapes, [&](int, std::size_t shape) {
        return operation == Operation::int64_add
                   ? probes::add_int64(shape, additions, static_cast<std::uint64_t>(step))
                   : probes::add_float64(shape, additions, static_cast<double>(step));
    });
}

// Words that each of `threads` threads of a node reads again and again: its part of what the node has of the
// problem, or as much of it as no cache can hold together with the other threads' parts. At most half of the
// memory that is free beside the problem.
std::int64_t words_per_thread(std::int64_t node_bytes, std::int64_t threads) {
    // A cache keeps its own size of a larger range that is read again and again: 1/32 of it does no harm.
    const auto& caches = topology().caches;
    const auto beyond_caches = std::max<std::int64_t>(32 * caches.all_last_bytes, std::int64_t{256} << 20);
    const auto words = std::min({node_bytes, beyond_caches, available_memory_bytes() / 2}) / 8 / threads;
    return std::max<std::int64_t>(words, 1);
}

double probe_bandwidth(const Team& world, bool together, int threads, std::int64_t problem_bytes) {
    const int node_ranks = together ? world.node_size : 1;
    const auto node_bytes = together ? problem_bytes / world.size * node_ranks : problem_bytes;
    auto words = words_per_thread(node_bytes, std::int64_t{threads} * node_ranks);
    if (together) MPI_Allreduce(MPI_IN_PLACE, &words, 1, MPI_INT64_T, MPI_MIN, world.comm);
    const double bytes = 8.0 * static_cast<double>(words);
    const std::int64_t passes =
        std::max<std::int64_t>(1, (std::int64_t{4} << 20) / words);  // 32 MiB at least
    std::vector<Buffer<std::uint64_t>> buffers;
    for (int thread = 0; thread < threads; ++thread) buffers.push_back(make_buffer<std::uint64_t>(words));
    std::vector<char> touched(static_cast<std::size_t>(threads), 0);
    return best_rate(world, together, threads, probes::shapes, [&](int thread, std::size_t shape) {
        const auto at = static_cast<std::size_t>(thread);
        auto* const data = buffers[at].get();
        if (touched[at] == 0)
            std::fill_n(data, words, std::uint64_t{1});  // first by the thread that reads it
        touched[at] = 1;
        for (std::int64_t pass = 0; pass < passes; ++pass) {
            [[maybe_unused]] volatile std::uint64_t wanted = probes::read(shape, data, words);
        }
        return bytes * static_cast<double>(passes);
    });
}

}  // namespace

double best_rate(const Team& world, bool together, int threads, std::size_t ways, const ProbePiece& piece,
                 const std::function<void(int, std::size_t)>& prepare) {
    double best = 0;
    bool told = true;
    const double start = now_seconds();
    int more = 1;
    for (std::size_t tries = 0; more != 0; ++tries) {
#pragma omp parallel num_threads(threads)
        prepare(omp_get_thread_num(), tries % ways);
        if (together) MPI_Barrier(world.comm);
        double done = 0;
        const double begin = now_seconds();
#pragma omp parallel num_threads(threads) reduction(+ : done)
        done += piece(omp_get_thread_num(), tries % ways);
        const double end = now_seconds();
        double seconds = end - begin;
        if (together) {
            seconds = seconds_since_first_start(world, {&begin, 1}, {&end, 1}).front();
            MPI_Allreduce(MPI_IN_PLACE, &done, 1, MPI_DOUBLE, MPI_SUM, world.comm);
            MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX, world.comm);
        }
        told = told && seconds >= shortest_told_seconds();
        best = std::max(best, done / seconds);
        more = tries + 1 < 2 * ways || now_seconds() - start < longest_probe_seconds ? 1 : 0;
        if (together) MPI_Bcast(&more, 1, MPI_INT, 0, world.comm);
    }
    return told ? best : 0;
}

void raise_to_parts(const std::vector<Uses>& kinds, const Threads& threads,
                    const std::function<double&(Uses)>& rate_of) {
    for (const auto kind : kinds) {
        for (const auto part : kinds) {
            const bool same = threads.hybrid == 1 && uses_ranks(kind) && uses_ranks(part);
            const bool contained = part == Uses::core || kind == Uses::both || same;
            if (contained) rate_of(kind) = std::max(rate_of(kind), rate_of(part));
        }
    }
}

std::map<Uses, Rates> measure_rates(const Team& world, const Threads& threads, const Work& work,
                                    const std::vector<Uses>& uses) {
    std::map<Uses, Rates> rates;
    for (const auto kind : {Uses::core, Uses::threads, Uses::ranks, Uses::both}) {
        if (std::find(uses.begin(), uses.end(), kind) == uses.end()) continue;
        const bool together = uses_ranks(kind);
        auto& rate = rates[kind];
        if (together || world.root()) {
            const int width = threads_for(threads, kind);
            if (work.bytes > 0) rate.bytes_per_second = probe_bandwidth(world, together, width, work.bytes);
            if (work.operations > 0) {
                rate.operations_per_second = probe_operations(world, together, width, work.operation);
            }
        }
        if (!together) sleeping_barrier(world);
    }
    std::vector<Uses> kinds;
    for (const auto& [kind, rate] : rates) kinds.push_back(kind);
    raise_to_parts(kinds, threads, [&](Uses kind) -> double& { return rates[kind].bytes_per_second; });
    raise_to_parts(kinds, threads, [&](Uses kind) -> double& { return rates[kind].operations_per_second; });
    return rates;
}

Limit limit_of(const Work& work, const Rates& rates, const std::string& who) {
    const double by_bytes =
        rates.bytes_per_second > 0 ? static_cast<double>(work.bytes) / rates.bytes_per_second : 0;
    const double by_operations = rates.operations_per_second > 0
                                     ? static_cast<double>(work.operations) / rates.operations_per_second
                                     : 0;
    if (by_bytes == 0 && by_operations == 0) return {};
    if (by_bytes >= by_operations) {
        return {by_bytes, fmt::format("{} read by {}", format_rate(rates.bytes_per_second, "B/s"), who)};
    }
    return {by_operations, fmt::format("{} of {} by {}", format_rate(rates.operations_per_second, "add/s"),
                                       work.operation == Operation::int64_add ? "int64" : "float64", who)};
}

std::string occupation(Uses uses, int ranks, int threads) {
    const auto count = [](int n, std::string_view what) {
        return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
    };
    switch (uses) {
        case Uses::core:
            return "1 core";
        case Uses::threads:
            return count(threads, "thread");
        case Uses::ranks:
            return count(ranks, "rank");
        case Uses::both:
            return fmt::format("{} x {}", count(ranks, "rank"), count(threads, "thread"));
    }
    return {};
}

}  // namespace pacer
