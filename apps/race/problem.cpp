// Making the problem, and knowing its answer.
#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <stdexcept>
#include <utility>

#include "apps/race/race.hpp"
#include "common/base/clock.hpp"
#include "common/machine/limits.hpp"
#include "common/parallel/ending.hpp"
#include "common/parallel/partition.hpp"
#include "common/placement/placement.hpp"

namespace pacer::race {

namespace {

Buffer<Counter> make_side_by_side(int count) {
    auto counters = make_buffer<Counter>(count);
    std::uninitialized_default_construct_n(counters.get(), count);
    return counters;
}

void spoil_counters(const Problem& problem, const Team& team) {
    constexpr std::int64_t spoilt = -1;
    if (problem.place == Place::window && problem.window.obstacle().empty()) problem.window.set(team, spoilt);
    for (int i = 0; i < problem.slots; ++i) problem.side_by_side[static_cast<std::size_t>(i)].value = spoilt;
    for (int i = 0; i < problem.slots; ++i) problem.padded[static_cast<std::size_t>(i)].value = spoilt;
}

// How many ranks have a core each.
int count_ranks_at_once(const Team& world) {
    const int here = std::clamp(cores_on_node(world), 1, world.node_size);
    int all = world.node_root() ? here : 0;
    MPI_Allreduce(MPI_IN_PLACE, &all, 1, MPI_INT, MPI_SUM, world.comm);
    return all;
}

}  // namespace

Problem make_problem(const Team& world, const Threads& threads, Place place, std::int64_t increments,
                     const Alone& alone) {
    set_activity("making the counters");
    Problem problem;
    problem.place = place;
    problem.increments = increments;
    problem.alone = alone;
    if (place == Place::threads) {
        problem.slots = threads.process;
        problem.side_by_side = make_side_by_side(threads.process);
        problem.padded = std::make_unique<LoneCounter[]>(static_cast<std::size_t>(threads.process));
    } else {
        problem.window = CounterWindow(world);
        problem.ranks_at_once = count_ranks_at_once(world);
    }
    return problem;
}

std::optional<Doubt> spare_increments(Problem& problem, const Team& world) {
    constexpr double most_seconds = 3;
    constexpr std::int64_t fewest = 200, fewer_by = 10;
    constexpr int most_tries = 3;       // one may have had no core,
    constexpr double slow_seconds = 1;  // but not for so long
    if (!problem.window.obstacle().empty() || problem.increments <= fewest) return std::nullopt;
    set_activity("trying the window");
    const auto usual = std::exchange(problem.increments, fewest);
    double best = std::numeric_limits<double>::infinity();  // of so few, by the variant that takes longest
    const auto too_long = [&](std::int64_t increments) {
        return best * static_cast<double>(increments) / static_cast<double>(fewest) > most_seconds;
    };
    for (int attempt = 0; attempt < most_tries && too_long(usual) && (attempt == 0 || best < slow_seconds);
         ++attempt) {
        MPI_Barrier(world.comm);
        const double start = now_seconds();
        rma_lock(problem, world);
        double seconds = now_seconds() - start;
        MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX, world.comm);
        best = std::min(best, seconds);
    }
    problem.increments = usual;
    while (problem.increments > fewest && too_long(problem.increments))
        problem.increments = std::max(fewest, problem.increments / fewer_by);
    if (problem.increments == usual) return std::nullopt;
    return Doubt{"few_increments", -1, std::to_string(problem.increments),
                 best / static_cast<double>(fewest)};
}

Answer counted(const Problem& problem, std::int64_t count) {
    return {count, {problem.increments, Number::of_whole(count)}};
}

Answer counted_in_window(const Problem& problem, const Team& team, std::int64_t made) {
    const auto count = problem.window.total(team);
    return {count, {made, Number::of_whole(count)}};
}

std::int64_t share_of(const Problem& problem, const Team& team) {
    return part_of({0, problem.increments}, team.size, team.rank).size();
}

void alter(const Problem& problem, const RaceVariant&, const Team&) {
    problem.step = problem.step == 1 ? 3 : 1;
}

Judgement judge(const Problem& problem, const RaceVariant& variant, Answer& answer, const Team& team) {
    spoil_counters(problem, team);
    const auto n = problem.increments, step = problem.step;
    Judgement judgement{.check = {Number::of_whole(answer.count), Number::of_whole(n * step)},
                        .own = answer.own};
    if (variant.promise != Promise::racy || !team.root()) return judgement;
    // A racy variant's wrong answer is forgiven; this one is none of a race.
    const bool alone = team.size * team.threads == 1;
    const auto least = alone ? n : std::min<std::int64_t>(n, 1);
    if (answer.count < least * step || answer.count > n * step || answer.count % step != 0) {
        throw std::runtime_error(
            fmt::format("{} increments by {} came to {}, and no race explains that", n, step, answer.count));
    }
    judgement.observed = {{"lost_updates", static_cast<double>(n - answer.count / step)}};
    return judgement;
}

Work work(const Problem& problem) {
    return {.items = problem.increments};
}

Facts parameters(const Problem& problem) {
    return {{"place", problem.place == Place::threads ? "threads" : "window"},
            {"increments", problem.increments}};
}

// No thread does better than a core that has a counter to itself. What is shared and indivisible is done by
// one after the other, each time at least as long as by a core that has it to itself. What a library and a
// network can do at best with a window is not known, but mpi_reduce counts before it calls them.
void describe(const Problem& problem, const RaceVariant& variant, Record& record) {
    if (uses_ranks(variant.uses) && variant.run != mpi_reduce) record.not_run = problem.window.obstacle();
    const auto& alone = problem.alone;
    if (alone.plain == 0 || (uses_ranks(variant.uses) && variant.run != mpi_reduce)) return;
    const auto limit = [&](double seconds, int workers, std::string_view how) {
        record.limit = {seconds / workers * static_cast<double>(problem.increments),
                        fmt::format("{:.3g} ns an increment {}", 1e9 * seconds, how)};
    };
    if (variant.run == atomic) return limit(alone.atomic, 1, "that is atomic, one after the other");
    if (variant.run == critical)
        return limit(alone.critical, 1, "in a critical section, one after the other");
    const bool ranks = uses_ranks(variant.uses);
    const int workers = ranks ? problem.ranks_at_once : std::min(record.threads, omp_get_num_procs());
    limit(alone.plain, workers,
          (workers > 1 ? "by each of " : "by ") +
              (ranks ? occupation(record.uses, workers, 1) : occupation(record.uses, record.ranks, workers)));
}

}  // namespace pacer::race
