// What overhead is, to the frame.
#pragma once

#include <iterator>
#include <memory>
#include <string_view>
#include <vector>

#include "apps/app.hpp"
#include "apps/overhead/break_even.hpp"
#include "apps/overhead/overhead.hpp"
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
    }

    std::vector<ListedGroup> groups() const override {
        return {overhead::groups.begin(), overhead::groups.end()};
    }

    void settle(const Team& world, const CommandLine& line, Options&) override {
        if (!world.root()) starter_.stop();
        if (line.count("--workers") > 0 && settings_.workers < 1)
            throw UsageError("--workers must be at least 1");
    }

    void measure(Session& session) override {
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

    void release() override { starter_.stop(); }

    std::vector<HeadlineRule> headlines() const override;

    std::string afterwards(const Session& session) override {
        // OMP_NUM_THREADS may say less, the host have more than this process may use.
        const auto cores = std::ssize(machine().cores_of(machine().cpus));
        return break_even_table(session.launch, cores, means_->crowded);
    }

  private:
    // Made before MPI is initialised; rank 0 alone keeps it.
    Starter starter_{own_program()};
    Settings settings_;
    std::unique_ptr<Means> means_;
    std::vector<Problem> problems_;
};

}  // namespace pacer::overhead
