// Making the problem.
#include <fmt/format.h>
#include <omp.h>

#include <algorithm>

#include "apps/reduce/kernels.hpp"
#include "common/base/units.hpp"

namespace pacer::reduce {

namespace {

// Touched first by the threads that will read it, in the shares in which they will.
template <class T>
Buffer<T> filled(const Settings& settings, Range range, int threads) {
    auto buffer = make_buffer<T>(range.size());
#pragma omp parallel num_threads(threads)
    {
        const Range share = part_of(range, omp_get_num_threads(), omp_get_thread_num());
        make_values(settings, share, buffer.get() + (share.begin - range.begin));
    }
    return buffer;
}

Values make_range(const Settings& settings, Range range, int threads) {
    Values values{range, {}, {}};
    if (settings.type == Type::i64) {
        values.int64 = filled<std::uint64_t>(settings, range, threads);
    } else {
        values.float64 = filled<double>(settings, range, threads);
    }
    return values;
}

// Bytes that the data may take on this rank's node. A tenth of what is free stays so, for everything else.
std::int64_t bytes_for_data(const Team& world, const Settings& settings) {
    const auto bytes = memory_on_node(world, settings.memory_bytes);
    return settings.memory_bytes > 0 ? bytes : bytes / 10 * 9;
}

void make_values_in_memory(Problem& problem, const Team& world, const Threads& threads, bool with_whole) {
    const auto& settings = problem.settings;
    const auto available = bytes_for_data(world, settings);
    const auto part = part_of(problem.all, world.size, world.rank);
    require_memory(world, 8.0 * static_cast<double>(part.size()), available,
                   fmt::format("{} elements in memory", settings.elements),
                   "use fewer elements or more nodes");
    if (world.size == 1) {
        problem.whole = make_range(settings, problem.all, std::max(threads.process, threads.hybrid));
        return;
    }
    problem.mine = make_range(settings, part, threads.hybrid);
    if (!with_whole || !world.root()) return;
    const double whole = 8.0 * static_cast<double>(settings.elements);
    const double left = static_cast<double>(available) - whole / world.size * world.node_size;
    if (whole > left) {
        problem.no_whole = fmt::format("needs {} on rank 0 for all elements, which has {} left",
                                       format_bytes(whole), format_bytes(left));
    } else {
        problem.whole = make_range(settings, problem.all, threads.process);
    }
}

}  // namespace

Problem make_problem(const Team& world, const Threads& threads, const Settings& settings,
                     std::span<const Variant<Problem, Answer>> chosen) {
    constexpr std::int64_t exact_in_double =
        (std::int64_t{1} << 53) / 512;  // elements whose sum is below 2^53
    if (settings.type == Type::f64 && settings.data == Data::whole && settings.elements > exact_in_double) {
        throw UsageError(fmt::format("a sum of more than {} elements is not exact in f64: use --type i64",
                                     exact_in_double));
    }
    if (settings.data != Data::whole && !doubles_in_memory(settings)) {
        throw UsageError("--data is for doubles in memory: add --source memory --type f64");
    }
    if (settings.expected && !doubles_in_memory(settings)) {
        throw UsageError("--expect is for doubles in memory: add --source memory --type f64");
    }
    if (settings.chunk < 1) throw UsageError("--chunk wants at least 1 element");
    const auto is_chosen = [&](auto&& wanted) { return std::any_of(chosen.begin(), chosen.end(), wanted); };
    const bool in_chunks = is_chosen([](const auto& variant) { return variant.run == chunked; });
    Problem problem;
    problem.settings = settings;
    problem.all = {0, settings.elements};
    if (settings.source == Source::memory) {
        const bool one_process = is_chosen([](const auto& variant) { return !uses_ranks(variant.uses); });
        make_values_in_memory(problem, world, threads, one_process);
    }
    problem.truth = find_truth(problem, world, threads.hybrid);
    if (in_chunks) {
        const auto length = std::min(settings.chunk, settings.elements);
        require_memory(world, 8.0 * static_cast<double>(length), bytes_for_data(world, settings),
                       fmt::format("chunks of {} elements", length), "choose a smaller --chunk");
    }
    if (settings.source == Source::memory && in_chunks) {
        const auto& mine = world.size == 1 ? problem.whole : problem.mine;
        void* data = mine.int64 ? static_cast<void*>(mine.int64.get()) : mine.float64.get();
        problem.parts = SharedParts(world, settings.elements, static_cast<std::byte*>(data));
    }
    if (in_chunks) problem.tickets = SharedCounter(world);
    if (is_chosen([](const auto& variant) { return variant.run == shared; }))
        problem.slots = NodeSlots(world);
    return problem;
}

Work work(const Settings& settings) {
    const auto n = settings.elements;
    const auto operation = settings.type == Type::i64 ? Operation::int64_add : Operation::float64_add;
    // iota: one addition makes the next value, one adds it.
    return settings.source == Source::iota ? Work{n, 0, 2 * n, operation} : Work{n, 8 * n, n, operation};
}

Facts parameters(const Settings& settings) {
    Facts facts = {{"elements", settings.elements},
                   {"source", settings.source == Source::iota ? "iota" : "memory"},
                   {"type", settings.type == Type::i64 ? "i64" : "f64"},
                   {"chunk", settings.chunk}};
    if (doubles_in_memory(settings)) facts.emplace_back("data", std::string(name_of(settings.data)));
    // Until version 0.2 these could be summed without reading them: i, or i mod 1024.
    if (settings.source == Source::memory && settings.data == Data::whole)
        facts.emplace_back(method_parameter, "mixed");
    return facts;
}

void describe(const Problem& problem, const Variant<Problem, Answer>& variant, Record& record) {
    if (!uses_ranks(variant.uses)) record.not_run = problem.no_whole;
    if (variant.run == chunked)
        record.not_run =
            problem.parts.obstacle().empty() ? problem.tickets.obstacle() : problem.parts.obstacle();
    if (variant.run == shared) record.not_run = problem.slots.obstacle();
}

std::vector<std::string> suitable(const Settings& settings, const std::vector<std::string>& names) {
    if (doubles_in_memory(settings)) return names;
    std::vector<std::string> all;
    for (const auto& variant : group.variants) {
        const bool misplaced = variant.run == pairwise || variant.run == kahan || variant.run == exact;
        if (!misplaced) all.emplace_back(variant.name);
        if (misplaced && std::find(names.begin(), names.end(), variant.name) != names.end()) {
            throw UsageError(fmt::format("variant {} sums doubles in memory: add --source memory --type f64",
                                         variant.name));
        }
    }
    return names.empty() ? all : names;
}

Number zero(const Settings& settings) {
    return settings.type == Type::i64 ? Number::of_whole(0) : Number::of_real(0);
}

}  // namespace pacer::reduce
