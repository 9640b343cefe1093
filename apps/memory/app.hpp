// What memory is, to the frame.
#pragma once

#include <algorithm>
#include <optional>

#include "apps/app.hpp"
#include "apps/memory/memory.hpp"
#include "apps/memory/sweep.hpp"
#include "common/machine/topology.hpp"

namespace pacer::memory {

class App final : public pacer::App {
  public:
    App()
        : pacer::App("memory",
                     "Reads and writes memory in several orders; times, verifies and compares them: lines, "
                     "prefetching, latency.") {}

    void options(CommandLine& line) override {
        line.add_count("-n,--elements", settings_.elements,
                       "Doubles in each array on a node [4 x what its caches hold, 2 x on one core]");
        line.add_former_name_of_problems("--experiments");
        line.add_count("--ahead", settings_.ahead, "Lines that prefetch asks for ahead of reading them");
        line.add_count("--memory", settings_.memory_bytes,
                       "Bytes that the arrays may take on each node [what is free]");
        line.add_flag(
            "--sweep", sweeps_,
            "Bandwidth and latency by working set, to 4 x the last cache [or -n]: the problem sweep");
    }

    std::vector<ListedGroup> groups() const override {
        std::vector<ListedGroup> all = {experiments.begin(), experiments.end()};
        all.emplace_back(sweep_group);
        return all;
    }

    // The sweep runs only when named, and alone: its report is one table of all sizes.
    void settle(const Team&, const CommandLine& line, Options& options) override {
        auto& problems = options.problems;
        const bool named = std::find(problems.begin(), problems.end(), sweep_group.problem) != problems.end();
        if (named && problems.size() > 1) throw UsageError("the problem sweep runs alone");
        if (sweeps_ && !problems.empty() && !named)
            throw UsageError("--sweep is its own problem: leave out --problems");
        sweeps_ = sweeps_ || named;
        if (sweeps_) {
            problems = {std::string(sweep_group.problem)};
            constexpr double sweep_seconds = 25;
            const bool budget_given = line.count("--max-seconds") + line.count("--repeats") > 0;
            if (!budget_given) options.run.max_seconds = sweep_seconds;
        } else if (problems.empty()) {
            for (const auto& group : experiments) problems.emplace_back(group.problem);
        }
    }

    void measure(Session& session) override {
        sweeps_ ? measure_sweep(session) : measure_experiments(session);
    }

    std::vector<HeadlineRule> headlines() const override;

    std::string afterwards(const Session& session) override {
        if (!sweeps_) return {};
        const auto caches = topology().caches();
        return caches.of_core.empty() ? "\nlevels: this host tells of no caches\n"
                                      : levels(session.launch.records, caches);
    }

  private:
    void measure_experiments(Session& session) {
        const auto chosen = session.chosen(experiments);
        problem_ = make_problem(session.world, session.threads, settings_, chosen);
        if (problem_.doubt) session.launch.doubts.push_back(*problem_.doubt);
        if (!session.options.no_limits) {
            const double budget = session.options.run.max_seconds;
            probe_limits(problem_, session.world, session.threads, chosen,
                         budget > 0 ? std::min(usual_probe_seconds, budget / 80) : usual_probe_seconds);
        }
        const bool emptied = problem_.eviction != nullptr;
        for (const auto& group : chosen) {
            session.plan(problem_, group,
                         {.parameters = parameters(problem_, group.problem),
                          .judge_variant = judge_of(group.problem),
                          .describe = describe,
                          .prepare = emptied ? prepare : nullptr,
                          .alter = alter_of(group.problem),
                          .batch = emptied ? Batch::never : Batch::last});
        }
    }

    void measure_sweep(Session& session) {
        sweep_ = make_sweep(session.world, settings_);
        if (sweep_.doubt) session.launch.doubts.push_back(*sweep_.doubt);
        for (const auto& set : sweep_.sets) {
            session.plan(set, sweep_group,
                         {.parameters = sweep_parameters(set),
                          .judge_variant = judge_sweep,
                          .describe = describe_sweep,
                          .prepare = prepare_sweep,
                          .alter = alter_sweep,
                          .batch = Batch::never});
        }
    }

    // With a usual budget; there are up to 13 probes, whose time comes on top of the budget.
    static constexpr double usual_probe_seconds = 0.15;

    Settings settings_;
    bool sweeps_ = false;
    Problem problem_;
    Sweep sweep_;
};

}  // namespace pacer::memory
