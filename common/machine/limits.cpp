#include "common/machine/limits.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "common/base/clock.hpp"
#include "common/base/units.hpp"
#include "common/machine/memory.hpp"
#include "common/machine/topology.hpp"

namespace pacer {

namespace {

// Elements that each of `threads` threads of a node goes through again and again: its part of what the node
// has of the problem, or as much of it as no cache can hold together with the other threads' parts. At most
// half of the memory that is free beside the problem.
std::int64_t elements_per_thread(std::int64_t node_bytes, std::int64_t threads) {
    // A cache keeps its own size of a larger range that is read again and again: 1/32 of it does no harm.
    const auto beyond_caches =
        std::max<std::int64_t>(32 * topology().caches().all_last_bytes, std::int64_t{256} << 20);
    const auto elements = std::min({node_bytes, beyond_caches, available_memory_bytes() / 2}) / 8 / threads;
    return std::max<std::int64_t>(elements, 1);
}

// The arrays of a probe of memory that one thread works on, and touches first.
struct ThreadArrays {
    std::array<Buffer<double>, 3> memory;
    Stretch stretch;

    void make(std::string_view arrays, std::int64_t count, std::int64_t passes) {
        stretch.count = count;
        stretch.passes = passes;
        for (const char name : arrays) {
            auto& its = memory.at(static_cast<std::size_t>(name - 'a'));
            its = make_buffer<double>(count);
            std::fill_n(its.get(), count, 1.0);
        }
        stretch.a = memory[0].get();
        stretch.b = memory[1].get();
        stretch.c = memory[2].get();
    }
};

double measure(const Team& world, const Crew& crew, const Probe& probe, std::int64_t problem_bytes) {
    if (probe.arrays.empty()) return best_rate(world, crew, loop_of(probe, [](int) { return Stretch{}; }));
    const int node_ranks = crew.together ? world.node_size : 1;
    const auto node_bytes = crew.together ? problem_bytes / world.size * node_ranks : problem_bytes;
    auto elements = elements_per_thread(node_bytes, std::int64_t{crew.threads} * node_ranks);
    if (crew.together) MPI_Allreduce(MPI_IN_PLACE, &elements, 1, MPI_INT64_T, MPI_MIN, world.comm);
    const auto count = std::max<std::int64_t>(1, elements / std::ssize(probe.arrays));
    const auto passes = std::max<std::int64_t>(1, (std::int64_t{4} << 20) / elements);  // 32 MiB at least
    std::vector<ThreadArrays> arrays(static_cast<std::size_t>(crew.threads));
    const auto of = [&](int thread) -> ThreadArrays& { return arrays[static_cast<std::size_t>(thread)]; };
    auto loop = loop_of(probe, [&](int thread) { return of(thread).stretch; });
    loop.prepare = [&](int thread, std::size_t) {
        if (of(thread).stretch.count == 0) of(thread).make(probe.arrays, count, passes);
    };
    return best_rate(world, crew, loop);
}

std::vector<MeasuredRate>& rates_kept() {
    static std::vector<MeasuredRate> kept;
    return kept;
}

const Probe& probe_of(Operation operation) {
    switch (operation) {
        case Operation::float64_fma:
            return probe("float64_fma");
        case Operation::float64_add:
            return probe("float64_add");
        case Operation::int64_add:
        case Operation::none:
            break;
    }
    return probe("int64_add");
}

}  // namespace

Crew crew_of(const Team& world, const Threads& threads, Uses uses) {
    return {uses_ranks(uses) && world.size > 1, threads_for(threads, uses)};
}

ProbeLoop loop_of(const Probe& probe, std::function<Stretch(int thread)> stretch_of) {
    return {probe.shapes, [run = probe.run, stretch_of = std::move(stretch_of)](
                              int thread, std::size_t shape) { return run(shape, stretch_of(thread)); }};
}

double best_rate(const Team& world, const Crew& crew, const ProbeLoop& loop) {
    const bool works = !crew.root_rests || !world.root();
    const int threads = crew.threads;
    double best = 0;
    bool told = true;
    const double start = now_seconds();
    int more = 1;
    for (std::size_t tries = 0; more != 0; ++tries) {
        const auto shape = tries % loop.shapes;
        if (loop.prepare && works) {
#pragma omp parallel num_threads(threads)
            loop.prepare(omp_get_thread_num(), shape);
        }
        if (crew.together) MPI_Barrier(world.comm);
        double done = 0;
        const double begin = now_seconds();
        if (works) {
#pragma omp parallel num_threads(threads) reduction(+ : done)
            done += loop.run(omp_get_thread_num(), shape);
        }
        const double end = works ? now_seconds() : begin;
        double seconds = end - begin;
        if (crew.together) {
            if (crew.root_rests) sleeping_barrier(world);
            seconds = seconds_since_first_start(world, {&begin, 1}, {&end, 1}).front();
            MPI_Allreduce(MPI_IN_PLACE, &done, 1, MPI_DOUBLE, MPI_SUM, world.comm);
            MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX, world.comm);
        }
        told = told && seconds >= shortest_told_seconds();
        best = std::max(best, done / seconds);
        more = tries + 1 < 2 * loop.shapes || now_seconds() - start < loop.seconds ? 1 : 0;
        if (crew.together) MPI_Bcast(&more, 1, MPI_INT, 0, world.comm);
    }
    return told ? best : 0;
}

std::map<Uses, double> rates_of(const Team& world, const Threads& threads, const std::vector<Uses>& kinds,
                                const std::function<double(Uses, const Crew&)>& measure) {
    std::map<Uses, double> rates;
    std::map<Crew, double> measured;
    for (const auto kind : {Uses::core, Uses::threads, Uses::ranks, Uses::both}) {
        if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) continue;
        const auto crew = crew_of(world, threads, kind);
        const auto [known, is_new] = measured.try_emplace(crew, 0);
        if (is_new && (crew.together || world.root())) known->second = measure(kind, crew);
        if (is_new && !crew.together) sleeping_barrier(world);
        rates[kind] = known->second;
    }
    raise_to_parts(rates, threads);
    return rates;
}

void raise_to_parts(std::map<Uses, double>& rates, const Threads& threads) {
    for (auto& [kind, rate] : rates) {
        for (const auto& [part, reached] : rates) {
            const bool same = threads.hybrid == 1 && uses_ranks(kind) && uses_ranks(part);
            const bool contained = part == Uses::core || kind == Uses::both || same;
            if (contained) rate = std::max(rate, reached);
        }
    }
}

std::map<Uses, double> probed_rates(const Team& world, const Threads& threads, const Probe& probe,
                                    std::int64_t bytes, const std::vector<Uses>& kinds) {
    static std::map<std::tuple<std::string_view, std::int64_t, Crew>, double> known;
    return rates_of(world, threads, kinds, [&](Uses, const Crew& crew) {
        const auto [its, is_new] = known.try_emplace({probe.name, bytes, crew}, 0);
        if (is_new)
            its->second =
                keep_rate(world, crew, probe.name, probe.unit, bytes, measure(world, crew, probe, bytes));
        return its->second;
    });
}

double keep_rate(const Team& world, const Crew& crew, std::string_view probe, std::string_view unit,
                 std::int64_t bytes, double rate) {
    const int ranks = !crew.together ? 1 : world.size - (crew.root_rests ? 1 : 0);
    if (world.root() && rate > 0 && std::isfinite(rate))
        rates_kept().push_back({std::string(probe), ranks, crew.threads, bytes, rate, std::string(unit)});
    return rate;
}

const std::vector<MeasuredRate>& kept_rates() {
    return rates_kept();
}

int kept_rate(std::string_view probe, double rate) {
    const auto& kept = rates_kept();
    const auto found = std::find_if(kept.begin(), kept.end(), [&](const MeasuredRate& one) {
        return one.probe == probe && one.rate == rate;
    });
    return found == kept.end() ? -1 : static_cast<int>(found - kept.begin());
}

std::string words_of(const MeasuredRate& rate, const std::string& who) {
    const auto& all = probes::all;
    const auto known =
        std::find_if(all.begin(), all.end(), [&](const Probe& one) { return one.name == rate.probe; });
    const auto words = known == all.end() ? fmt::format("of {}", rate.probe) : std::string(known->words);
    return fmt::format("{} {} by {}", format_rate(rate.rate, rate.unit), words, who);
}

std::map<Uses, Rates> measure_rates(const Team& world, const Threads& threads, const Work& work,
                                    const std::vector<Uses>& uses) {
    std::map<Uses, Rates> rates;
    if (work.bytes > 0) {
        for (const auto& [kind, rate] : probed_rates(world, threads, probe("read"), work.bytes, uses))
            rates[kind].bytes_per_second = rate;
    }
    if (work.operations > 0) {
        for (const auto& [kind, rate] : probed_rates(world, threads, probe_of(work.operation), 0, uses))
            rates[kind].operations_per_second = rate;
    }
    return rates;
}

Limit limit_by(const Probe& probe, double amount, double rate, const std::string& who) {
    if (amount <= 0 || rate <= 0) return {};
    const MeasuredRate measured{std::string(probe.name), 1, 1, 0, rate, std::string(probe.unit)};
    return {amount / rate, words_of(measured, who), kept_rate(probe.name, rate)};
}

Limit longer(Limit a, Limit b) {
    return a.seconds >= b.seconds ? a : b;
}

Limit limit_of(const Work& work, const Rates& rates, const std::string& who) {
    return longer(limit_by(probe("read"), static_cast<double>(work.bytes), rates.bytes_per_second, who),
                  limit_by(probe_of(work.operation), static_cast<double>(work.operations),
                           rates.operations_per_second, who));
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
