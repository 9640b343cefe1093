// What overhead is, to the frame.
#pragma once

#include <algorithm>
#include <iterator>
#include <memory>
#include <string_view>
#include <vector>

#include "apps/app.hpp"
#include "apps/overhead/break_even.hpp"
#include "apps/overhead/overhead.hpp"
#include "apps/overhead/pairs.hpp"
#include "apps/overhead/spawned_workers.hpp"
#include "apps/overhead/spawner.hpp"
#include "common/placement/host.hpp"

namespace pacer::overhead {

// What this process has to do if overhead itself started it; null if its user did.
inline auto role_of(int argc, char** argv) -> int (*)(int, char**) {
    const std::string_view role = argc > 1 ? argv[1] : "";
    if (role == spawner_role) return be_spawner;
    return role == spawned_worker_role ? be_spawned_worker : nullptr;
}

class App final : public pacer::App {
  public:
    App()
        : pacer::App("overhead",
                     "Times starting and joining workers and exchanging messages, and says how long a piece "
                     "of work must be for workers to pay.") {}

    // The last of equal options counts.
    int thread_level(int argc, char** argv) const override {
        int level = MPI_THREAD_SERIALIZED;
        const std::string_view option = "--thread-level";
        for (int i = 1; i < argc; ++i) {
            std::string_view word = argv[i];
            if (!word.starts_with(option)) continue;
            word.remove_prefix(option.size());
            const std::string_view value = word.empty() && i + 1 < argc ? argv[i + 1] : word;
            level = value == "single" || value == "=single" ? MPI_THREAD_SINGLE : MPI_THREAD_SERIALIZED;
        }
        return level;
    }

    void options(CommandLine& line) override {
        line.add_count("-n,--elements", settings_.elements,
                       "8-byte elements in the largest message; 0: no messages");
        line.add_count("--workers", settings_.workers,
                       "Largest number of workers to start [the number of cores, at least 2]");
        line.add_choice<ThreadLevel>(
            "--thread-level", settings_.thread_level,
            {{"single", ThreadLevel::single}, {"serialized", ThreadLevel::serialized}},
            "Thread level that MPI is asked for");
        line.add_flag("--pairs", pairs_,
                      "Each node with each other, all pairs of a round at a time: the problem pairs");
        line.add_flag("--pair-ranks", pair_ranks_, "The same with every rank, whatever node it is on");
    }

    std::vector<ListedGroup> groups() const override {
        std::vector<ListedGroup> all = {overhead::groups.begin(), overhead::groups.end()};
        all.emplace_back(pairs::group);
        return all;
    }

    // The pairs play only when named, and alone.
    void settle(const Team& world, const CommandLine& line, Options& options) override {
        if (!world.root()) starter_.stop();
        if (line.count("--workers") > 0 && settings_.workers < 1)
            throw UsageError("--workers must be at least 1");
        auto& problems = options.problems;
        const bool named =
            std::find(problems.begin(), problems.end(), pairs::group.problem) != problems.end();
        if (named && problems.size() > 1) throw UsageError("the problem pairs runs alone");
        pairs_ = pairs_ || pair_ranks_;
        if (pairs_ && !problems.empty() && !named)
            throw UsageError("--pairs is its own problem: leave out --problems");
        pairs_ = pairs_ || named;
        if (pairs_) {
            problems = {std::string(pairs::group.problem)};
        } else if (problems.empty()) {
            for (const auto& group : overhead::groups) problems.emplace_back(group.problem);
        }
    }

    void measure(Session& session) override { pairs_ ? measure_pairs(session) : measure_overheads(session); }

    void release() override { starter_.stop(); }

    std::vector<HeadlineRule> headlines() const override;

    std::string afterwards(const Session& session) override {
        if (pairs_) return {};
        // OMP_NUM_THREADS may say less, the host have more than this process may use.
        const auto cores = std::ssize(machine().cores_of(machine().cpus));
        return break_even_table(session.launch, cores, means_->crowded);
    }

  private:
    void measure_overheads(Session& session) {
        const auto& [world, threads] = std::tie(session.world, session.threads);
        const auto chosen = session.chosen(overhead::groups);
        const auto workers = most_workers(settings_, threads);
        means_ = make_means(world, settings_, workers, chosen, starter_);
        problems_ =
            make_problems(world, threads, settings_, workers, chosen, *means_, !session.options.no_limits);
        for (const auto& problem : problems_) {
            session.plan(problem, group_of(problem),
                         {.parameters = parameters(problem), .judge = judge, .describe = describe});
        }
    }

    void measure_pairs(Session& session) {
        players_ = pairs::make_problem(session.world, settings_,
                                       pair_ranks_ ? pairs::Between::ranks : pairs::Between::nodes);
        session.plan(
            players_, pairs::group,
            {.parameters = pairs::parameters(players_), .judge = pairs::judge, .describe = pairs::describe});
    }

    // Made before MPI is initialised; rank 0 alone keeps it.
    Starter starter_{own_program()};
    Settings settings_;
    bool pairs_ = false, pair_ranks_ = false;
    std::unique_ptr<Means> means_;
    std::vector<Problem> problems_;
    pairs::Problem players_;
};

}  // namespace pacer::overhead
