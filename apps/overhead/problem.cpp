// Making the problems, and knowing their answers.
#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "apps/overhead/overhead.hpp"
#include "apps/overhead/piece.hpp"
#include "common/base/units.hpp"
#include "common/parallel/ending.hpp"
#include "common/placement/placement.hpp"

namespace pacer::overhead {

namespace {

constexpr std::int64_t bytes_with_limit = 1 << 16;  // shorter messages are a matter of latency

bool is_chosen(const Groups& chosen, Kind kind) {
    return std::any_of(chosen.begin(), chosen.end(),
                       [=](const auto& group) { return group.problem == group_of(kind).problem; });
}

bool spawns(const Groups& chosen) {
    return std::any_of(chosen.begin(), chosen.end(), [](const auto& group) {
        return std::any_of(group.variants.begin(), group.variants.end(),
                           [](const auto& variant) { return variant.run == spawn; });
    });
}

// Two messages a rank. Collective.
void refuse_if_too_large(const Team& world, const Settings& settings) {
    constexpr std::int64_t most = std::numeric_limits<int>::max();
    if (settings.elements > most)
        throw UsageError(fmt::format("a message has at most {} elements: use a smaller -n", most));
    const double bytes = 8.0 * static_cast<double>(settings.elements);
    require_memory(world, 2 * bytes, memory_on_node(world) / 10 * 9,
                   fmt::format("messages of {}", format_bytes(bytes)), "use a smaller -n");
}

// Only trying tells whether processes can be spawned here.
void try_to_spawn(Means& means, const Team& world, std::int64_t workers) {
    if (world.root()) means.no_spawn = means.starter->spawn(workers).error();
    sleeping_barrier(world);
    means.no_spawn = text_of_rank(world, 0, means.no_spawn);
}

void probe_rates(Problem& problem, const Team& world, const Threads& threads) {
    set_activity("probing the limits");
    problem.core = measure_rates(world, threads, {.bytes = problem.bytes()}, {Uses::core})[Uses::core];
    problem.ranks =
        measure_rates(world, threads, {.bytes = problem.bytes() * world.size}, {Uses::ranks})[Uses::ranks];
}

// Every byte that is sent must be read once, by the core that sends it or by all of them together.
Limit limit_of_message(const Problem& problem, const Record& record) {
    const bool of_all_ranks = record.variant == "reduce" || record.variant == "allreduce";
    if (of_all_ranks) {
        return limit_of({.bytes = problem.bytes() * record.ranks}, problem.ranks,
                        occupation(Uses::ranks, record.ranks, 1));
    }
    return limit_of({.bytes = problem.bytes()}, problem.core, occupation(Uses::core, 1, 1));
}

// Elements that arrive, on all ranks together.
std::int64_t arriving(const Problem& problem, const Record& record) {
    if (record.variant == "pingpong") return 2 * problem.elements;
    if (record.variant == "allreduce") return record.ranks * problem.elements;
    return problem.elements;
}

std::string_view name_of(Distance distance) {
    return distance == Distance::within_node ? "within_node" : "between_nodes";
}

// Empty if OpenMP has enough threads.
std::string too_few_openmp_threads(const Problem& problem) {
    const int most = problem.means->openmp_threads;
    if (problem.workers <= most) return {};
    return fmt::format("OpenMP gives {} thread{} at most: see OMP_THREAD_LIMIT", most, most == 1 ? "" : "s");
}

}  // namespace

std::int64_t most_workers(const Settings& settings, const Threads& threads) {
    constexpr std::int64_t most = 1024;
    if (settings.workers > most) throw UsageError(fmt::format("--workers must be at most {}", most));
    return settings.workers > 0 ? settings.workers : std::max(2, threads.process);
}

std::vector<std::int64_t> steps(std::int64_t most, std::int64_t factor) {
    std::vector<std::int64_t> all;
    for (std::int64_t step = 1; step < most; step *= factor) all.push_back(step);
    if (most > 0) all.push_back(most);
    return all;
}

std::unique_ptr<Means> make_means(const Team& world, const Settings& settings, std::int64_t workers,
                                  const Groups& chosen, Starter& starter) {
    auto means = std::make_unique<Means>();
    means->starter = &starter;
    means->thread_level = settings.thread_level;
    int crowded_anywhere = crowded(world) ? 1 : 0;
    MPI_Allreduce(MPI_IN_PLACE, &crowded_anywhere, 1, MPI_INT, MPI_MAX, world.comm);
    means->crowded = crowded_anywhere != 0;
    means->openmp_threads = omp_get_thread_limit();
    MPI_Bcast(&means->openmp_threads, 1, MPI_INT, 0, world.comm);
    if (is_chosen(chosen, Kind::message)) {
        refuse_if_too_large(world, settings);
        means->buffers = Buffers(world, settings.elements);
    }
    if (spawns(chosen)) try_to_spawn(*means, world, workers);
    return means;
}

std::vector<Problem> make_problems(const Team& world, const Threads& threads, const Settings& settings,
                                   std::int64_t workers, const Groups& chosen, Means& means, bool limits) {
    std::vector<Problem> problems;
    if (is_chosen(chosen, Kind::workers)) {
        for (const auto count : steps(workers, 2))
            problems.push_back({.kind = Kind::workers, .workers = count, .means = &means});
    }
    if (is_chosen(chosen, Kind::barrier)) problems.push_back({.kind = Kind::barrier, .means = &means});
    if (!is_chosen(chosen, Kind::message)) return problems;
    const auto pairs = pairs_of(world);
    for (const auto elements : steps(settings.elements, 8)) {
        Problem problem{.kind = Kind::message, .elements = elements, .means = &means};
        if (limits && problem.bytes() >= bytes_with_limit) probe_rates(problem, world, threads);
        problems.push_back(problem);
        for (const auto& pair : pairs) {
            problem.pair = pair;
            problems.push_back(problem);
        }
    }
    return problems;
}

std::vector<Pair> pairs_of(const Team& world) {
    int node_of_root = 1;  // whether this rank is on it
    if (world.size > 1) {
        int leader = world.rank;  // of this node: its first rank
        MPI_Bcast(&leader, 1, MPI_INT, 0, world.node);
        node_of_root = leader == 0 ? 1 : 0;
    }
    std::array<int, 2> first = {world.size, world.size};  // on rank 0's node, and on another
    if (!world.root()) first.at(node_of_root == 1 ? 0 : 1) = world.rank;
    MPI_Allreduce(MPI_IN_PLACE, first.data(), 2, MPI_INT, MPI_MIN, world.comm);
    std::vector<Pair> pairs;
    if (first[0] < world.size) pairs.push_back({Distance::within_node, first[0]});
    if (first[1] < world.size) pairs.push_back({Distance::between_nodes, first[1]});
    if (pairs.empty()) pairs.push_back({});
    return pairs;
}

Group<Problem, Answer> group_of(const Problem& problem) {
    auto group = group_of(problem.kind);
    std::erase_if(group.variants, [&](const auto& variant) {
        return problem.kind == Kind::message && (variant.run == pingpong) != problem.pair.has_value();
    });
    return group;
}

Judgement judge(const Problem& problem, Answer& answer, const Team&) {
    const auto want = problem.kind == Kind::workers ? sum_of_pieces(problem.workers) : 0;
    Judgement judgement{
        .check = {answer.total(), Number::of_whole(want)}, .own = answer.own(), .calls = answer.calls()};
    if (answer.hangs()) judgement.observed = {{"hangs", static_cast<double>(*answer.hangs())}};
    return judgement;
}

Facts parameters(const Problem& problem) {
    const bool single = problem.means->thread_level == ThreadLevel::single;
    const std::string level = single ? "single" : "serialized";
    // What a repeat is: in dumps without it the mean of its calls, as long as on the slowest rank on average,
    // and of ping-pong half a round trip that began with a barrier.
    const std::pair<std::string, Value> median_call(method_parameter, "median_call"),
        steady_state(method_parameter, "steady_state");
    switch (problem.kind) {
        case Kind::workers:
            return {{"kind", "workers"}, {"workers", problem.workers}};
        case Kind::barrier:
            return {{"kind", "barrier"}, {"thread_level", level}, median_call};
        case Kind::message:
            if (!problem.pair)
                return {
                    {"kind", "message"}, {"thread_level", level}, {"bytes", problem.bytes()}, median_call};
            return {{"kind", "message"},
                    {"thread_level", level},
                    {"bytes", problem.bytes()},
                    {"distance", std::string(name_of(problem.pair->distance))},
                    steady_state};
    }
    return {};
}

void describe(const Problem& problem, const OverheadVariant& variant, Record& record) {
    switch (problem.kind) {
        case Kind::workers:
            if (uses_threads(variant.uses)) record.threads = static_cast<int>(problem.workers);
            record.work.items = problem.workers;
            if (variant.run == openmp_region || variant.run == openmp_barrier)
                record.parameters.emplace_back(method_parameter, "median_call");
            if (variant.run == spawn) record.not_run = problem.means->no_spawn;
            if (variant.run == openmp_region || variant.run == openmp_barrier)
                record.not_run = too_few_openmp_threads(problem);
            break;
        case Kind::barrier:
            record.work.items = record.ranks;
            break;
        case Kind::message:
            record.work = {.items = arriving(problem, record), .bytes = problem.bytes()};
            record.limit = limit_of_message(problem, record);
            if (variant.run == pingpong && record.ranks == 1)
                record.not_run = "needs two ranks: mpirun -np 2";
            break;
    }
}

}  // namespace pacer::overhead
