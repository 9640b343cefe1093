// Making the problem, and knowing its answer.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "apps/queues/chain.hpp"
#include "apps/queues/costs.hpp"
#include "apps/queues/queues.hpp"
#include "common/base/units.hpp"
#include "common/machine/limits.hpp"
#include "common/parallel/ending.hpp"

namespace pacer::queues {

namespace {

void refuse_unusable(const Settings& settings) {
    if (settings.tasks > most_tasks) {
        throw UsageError(
            fmt::format("-n: at most {} tasks, since the times of each are kept; give each task more "
                        "--steps instead",
                        most_tasks));
    }
    if (settings.steps > most_steps) {
        throw UsageError(fmt::format("--steps: at most {} on average", most_steps));
    }
    if (settings.ahead < 1 || settings.ahead > most_tasks) {
        throw UsageError(fmt::format("--ahead: from 1 to {} tasks", most_tasks));
    }
}

bool is_beside_root(const Team& world) {
    int first = world.rank;
    MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT, MPI_MIN, world.node);
    return first == 0;
}

// Every task once, outside the clock.
Number expected_sum(const Problem& problem, const Team& world) {
    Tally tally;
    for (std::int64_t task = world.rank; task < problem.all.end; task += world.size) {
        tally.results += result_of(task, problem.steps[static_cast<std::size_t>(task)]);
    }
    return Number::of_whole(add_over_ranks(tally, world).results);
}

using Chosen = std::span<const Variant<Problem, Answer>>;

bool is_chosen(Chosen chosen, Answer (*wanted)(const Problem&, const Team&)) {
    return std::any_of(chosen.begin(), chosen.end(), [&](const auto& v) { return v.run == wanted; });
}

// A journal a variant, where it is to run.
std::vector<Journal> make_journals(const Team& world, const Threads& threads, std::int64_t tasks,
                                   Chosen chosen) {
    std::vector<Journal> journals(group.variants.size());
    for (std::size_t i = 0; i < group.variants.size(); ++i) {
        const auto uses = group.variants[i].uses;
        if (!is_chosen(chosen, group.variants[i].run) || (!uses_ranks(uses) && !world.root())) continue;
        journals[i] = Journal(tasks, threads_for(threads, uses));
    }
    return journals;
}

StepRates rates_for(const Team& world, const Threads& threads, Chosen chosen) {
    std::vector<Uses> kinds;
    for (const auto& variant : chosen) {
        if (!has_server(variant)) kinds.push_back(variant.uses);
    }
    set_activity("probing the limits");
    return probe_rates(world, threads, kinds, std::any_of(chosen.begin(), chosen.end(), has_server));
}

}  // namespace

Problem make_problem(const Team& world, const Threads& threads, const Settings& settings, Chosen chosen) {
    refuse_unusable(settings);
    Problem problem;
    problem.settings = settings;
    problem.all = {0, settings.tasks};
    problem.beside_root = is_beside_root(world);
    // Rank 0's for all: mathematical libraries may round differently from node to node.
    problem.steps.resize(static_cast<std::size_t>(settings.tasks));
    if (world.root()) {
        const auto seed = static_cast<std::uint64_t>(settings.cost_seed);
        problem.steps = make_steps({settings.workload, settings.tasks, seed}, settings.steps);
    }
    MPI_Bcast(problem.steps.data(), mpi_count(problem.steps.size()), MPI_INT64_T, 0, world.comm);
    problem.total_steps = std::accumulate(problem.steps.begin(), problem.steps.end(), std::int64_t{0});
    for (const auto steps : problem.steps) problem.longest_steps = std::max(problem.longest_steps, steps);
    set_activity("doing every task once to know the answer");
    problem.expected = expected_sum(problem, world);
    problem.journals = make_journals(world, threads, settings.tasks, chosen);
    if (is_chosen(chosen, counter)) problem.tickets = SharedCounter(world);
    if (is_chosen(chosen, stealing)) problem.deques = Deques(world);
    if (settings.limits) problem.rates = rates_for(world, threads, chosen);
    return problem;
}

Work work(const Problem& problem) {
    Work work;
    work.items = problem.all.size();
    return work;
}

Facts parameters(const Settings& settings) {
    Facts facts = {{"tasks", settings.tasks},
                   {"steps", settings.steps},
                   {"workload", std::string(name_of(settings.workload))}};
    if (settings.workload == Workload::heavy) facts.emplace_back("cost_seed", settings.cost_seed);
    facts.emplace_back("ahead", settings.ahead);
    return facts;
}

// No schedule can be faster than its workers together, nor than the longest task on a core of its own. Rank 0
// of `fifo` and `lifo` is no worker: what its core could have done is the price of a master, and shows in the
// speedup.
void describe(const Problem& problem, const Variant<Problem, Answer>& variant, Record& record) {
    if (variant.run == counter) record.not_run = problem.tickets.obstacle();
    if (variant.run == stealing) record.not_run = problem.deques.obstacle();
    const bool server = has_server(variant) && record.ranks > 1;
    const int workers = variant.uses == Uses::threads ? record.threads : record.ranks - (server ? 1 : 0);
    const auto& rates = problem.rates;
    const double rate = has_server(variant)             ? rates.served
                        : variant.uses == Uses::threads ? rates.threads
                        : uses_ranks(variant.uses)      ? rates.ranks
                                                        : rates.core;
    if (rate <= 0 || rates.core <= 0) return;
    const double together = static_cast<double>(problem.total_steps) / rate;
    const double longest = static_cast<double>(problem.longest_steps) / rates.core;
    const auto who =
        fmt::format("{} worker{}{}", workers, workers == 1 ? "" : "s", server ? ", rank 0 only serving" : "");
    if (together > longest) {
        record.limit = {
            together,
            fmt::format("all {} steps at {} by {}", problem.total_steps, format_rate(rate, "steps/s"), who),
            kept_rate(steps_probe, rate)};
    } else {
        record.limit = {longest,
                        fmt::format("the longest task, {} steps at {}, whatever the others of {} do",
                                    problem.longest_steps, format_rate(rates.core, "steps/s"), who),
                        kept_rate(steps_probe, rates.core)};
    }
}

void alter(const Problem& problem, const Variant<Problem, Answer>&, const Team&) {
    if (problem.steps.empty()) return;
    problem.altered = !problem.altered;
    const auto task = problem.all.size() / 2;
    auto& steps = problem.steps[static_cast<std::size_t>(task)];
    const auto before = result_of(task, steps);
    steps += problem.altered ? 1 : -1;
    problem.expected.whole += static_cast<Int128>(result_of(task, steps)) - static_cast<Int128>(before);
}

Judgement judge(const Problem& problem, Answer& answer, const Team&) {
    const double workers = answer.workers, of_workers = workers * answer.seconds;
    const double idle = of_workers > 0 ? 1 - answer.all.busy_seconds / of_workers : 0;
    const double mean = static_cast<double>(answer.all.steps) / workers;
    const double imbalance = mean > 0 ? static_cast<double>(answer.all.most_steps) / mean : 1;
    return {.check = {Number::of_whole(answer.all.results), problem.expected, 0},
            .own = Part{answer.own.tasks, Number::of_whole(answer.own.results)},
            .observed = {{"idle_percent", 100 * idle}, {"imbalance", imbalance}}};
}

Journal& journal_of(const Problem& problem, Answer (*variant)(const Problem&, const Team&)) {
    const auto found = std::find_if(group.variants.begin(), group.variants.end(),
                                    [&](const auto& row) { return row.run == variant; });
    return problem.journals.at(static_cast<std::size_t>(found - group.variants.begin()));
}

}  // namespace pacer::queues
