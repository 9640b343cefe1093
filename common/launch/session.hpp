// One launch while it runs: what was chosen, who works where, what is planned, and what has been measured.
// What it leaves is a Launch, which is data.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "common/launch/launch.hpp"
#include "common/launch/options.hpp"
#include "common/launch/selection.hpp"
#include "common/machine/limits.hpp"
#include "common/machine/watch.hpp"
#include "common/measure/record.hpp"
#include "common/measure/run.hpp"
#include "common/parallel/ending.hpp"
#include "common/placement/placement.hpp"

namespace pacer {

class Session {
  public:
    // Decides the thread counts and looks at the placement, before anything is timed: faults are printed on
    // stderr and become doubts, or with --strict-placement a UsageError. The arguments must outlive it.
    // Collective.
    Session(const Team& world, std::string_view app, const Options& options,
            const std::vector<ListedGroup>& chosen, int argc, char** argv);

    const Team& world;
    const Options& options;
    Threads threads;
    Launch launch;  // on rank 0; run_app() completes it after close()

    // Why the launch is wrong whatever its answers are; empty: it is not. The same on every rank. If nothing
    // is planned it ends at once.
    std::string failure;
    ExitStatus status = ExitStatus::right;  // once the report is out

    // The group with those of its variants alone that are to be run.
    template <class Problem, class Answer>
    Group<Problem, Answer> chosen(const Group<Problem, Answer>& group) const {
        auto some = group;
        std::erase_if(some.variants,
                      [&](const auto& variant) { return !is_chosen(group.problem, variant.name); });
        return some;
    }

    // The groups of which a variant is to be run, with those alone.
    template <class Problem, class Answer>
    std::vector<Group<Problem, Answer>> chosen(const std::vector<Group<Problem, Answer>>& groups) const {
        std::vector<Group<Problem, Answer>> all;
        for (const auto& group : groups) {
            if (auto some = chosen(group); !some.variants.empty()) all.push_back(std::move(some));
        }
        return all;
    }

    // Has the chosen variants of the group timed on the problem, which must outlive the launch's repeats. An
    // app plans one problem after the other; the variants of all then take turns. Probes the limits of the
    // experiment's work. Collective.
    template <class Problem, class Answer>
    void plan(const Problem& problem, const Group<Problem, Answer>& group,
              const std::type_identity_t<Experiment<Problem, Answer>>& experiment) {
        const auto some = chosen(group);
        std::map<Uses, Rates> rates;
        if (!options.no_limits) {
            set_activity("measuring the machine's limits");
            rates = measure_rates(world, threads, experiment.work, uses_of(some));
        }
        for (auto& task : tasks_of(problem, some, experiment, world, threads)) {
            auto& record = task.record;
            if (record.limit.seconds == 0) {
                record.limit = limit_of(record.work, rates[record.uses],
                                        occupation(record.uses, record.ranks, record.threads));
            }
            record.app = app_;
            record.problem = some.problem;
            tasks_.push_back(std::move(task));
        }
    }

    // What follows is the frame's to call.

    bool has_plans() const { return !tasks_.empty(); }
    // Times all that was planned. Collective.
    void measure();
    // Adds what is known only after the run. Collective.
    void close();

    bool stopped() const { return stopped_; }  // by a signal to any rank
    // Cases that got no repeat, and found no obstacle; rank 0.
    const std::vector<std::string>& out_of_time() const { return out_of_time_; }

  private:
    bool is_chosen(std::string_view problem, std::string_view variant) const;
    std::vector<Uses> all_uses() const;
    void look_at_placement(int argc, char** argv);
    void look_at_settings();
    void look_at_load();
    void look_at_budget();

    std::string app_;
    std::vector<ListedGroup> chosen_;
    std::vector<HostFacts> hosts_;  // what each node was like at the start; rank 0
    Watch watch_;
    std::vector<Task> tasks_;  // planned and not yet measured
    bool stopped_ = false;
    double measuring_seconds_ = 0;
    std::vector<std::string> out_of_time_;
};

}  // namespace pacer
