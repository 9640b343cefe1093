// What queues is, to the frame.
#pragma once

#include <optional>

#include "apps/app.hpp"
#include "apps/queues/chart.hpp"
#include "apps/queues/queues.hpp"
#include "apps/queues/trace.hpp"
#include "common/base/say.hpp"
#include "io/files/part_file.hpp"
#include "io/files/whole_file.hpp"

namespace pacer::queues {

class App final : public pacer::App {
  public:
    App()
        : pacer::App("queues", "Hands tasks to workers in several ways; times, verifies and compares them.") {
    }

    void options(CommandLine& line) override {
        line.add_count("-n,--elements", settings_.tasks, "Number of tasks");
        line.add_count("--steps", settings_.steps, "Average steps per task; a step takes about a nanosecond");
        line.add_choice("--workload", settings_.workload, workloads(),
                        "Tasks cost the same, ever more, or a few cost far more than the rest");
        line.add_count("--cost-seed", settings_.cost_seed, "Seed for the costs of the heavy workload");
        line.add_count("--ahead", settings_.ahead, "Tasks sent to a worker of fifo and lifo at a time");
        line.add_text("--trace", trace_, "Write who did what and when to FILE.json, for Perfetto")
            .group("Output");
    }

    std::vector<ListedGroup> groups() const override { return {group}; }

    void settle(const Team& world, const CommandLine&, Options& options) override {
        settings_.limits = !options.no_limits;
        on_root(world, [&] {
            if (trace_.empty()) return;
            trace_ = file_to_write(trace_, options.force);
            check_writable(trace_);
        });
    }

    void measure(Session& session) override {
        problem_ = make_problem(session.world, session.threads, settings_, session.chosen(group).variants);
        session.plan(*problem_, group,
                     {.parameters = parameters(settings_),
                      .work = work(*problem_),
                      .judge = judge,
                      .describe = describe,
                      .alter = alter});
    }

    std::string afterwards(const Session& session) override {
        const auto& options = session.options;
        if (!options.shows_table() && trace_.empty()) return {};
        set_activity("gathering who did what");
        const auto timelines = gather_timelines(session.world, *problem_, session.launch.records);
        if (!session.world.root()) return {};
        const auto path = trace_.empty() ? "" : fmt::format("trace: {}\n", trace_);
        if (!trace_.empty()) write_trace_file(timelines, *problem_, trace_, options.force);
        if (options.shows_table()) return chart(timelines, settings_.tasks) + path;
        if (!options.quiet) say(std::string_view(path));
        return {};
    }

  private:
    Settings settings_;
    std::string trace_;
    std::optional<Problem> problem_;
};

}  // namespace pacer::queues
