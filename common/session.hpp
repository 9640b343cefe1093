// Everything around the timed loop of one launch: thread counts, placement, limits, circumstances, doubts.
#pragma once

#include <string>
#include <vector>

#include "common/context.hpp"
#include "common/limits.hpp"
#include "common/options.hpp"
#include "common/placement.hpp"
#include "common/record.hpp"
#include "common/run.hpp"
#include "common/timing.hpp"

namespace pacer {

struct Session {
    const Team& world;
    const Options& options;
    std::vector<Uses> uses;  // of the variants to be run
    Threads threads;
    CpuTimes cpu_before;
    Launch launch = {};        // complete on rank 0 after close_session
    std::string profile = {};  // the table for --profile; rank 0
    bool stopped = false;      // by a signal to any rank
};

// Decides the thread counts and looks at the placement, before anything is timed: faults are printed on
// stderr and become warnings, or with --strict-placement a UsageError. Collective.
Session open_session(const Team& world, std::string_view app, const Options& options, std::vector<Uses> uses,
                     int argc, char** argv);

// Adds what is known only after the run. Collective.
void close_session(Session& session);

// Probes the limits, then times every variant of the experiment. Collective.
template <class Problem, class Answer>
void measure(Session& session, const Experiment<Problem, Answer>& experiment) {
    std::map<Uses, Rates> rates;
    if (!session.options.no_limits) {
        set_activity("probing the limits");
        rates = measure_rates(session.world, session.threads, experiment.work, session.uses);
    }
    const auto limit = [&](Uses uses) {
        const int ranks = uses_ranks(uses) ? session.world.size : 1;
        return limit_of(experiment.work, rates[uses],
                        occupation(uses, ranks, threads_for(session.threads, uses)));
    };
    auto outcome = run_tasks(tasks_of(experiment, session.world, session.threads, {limit}), session.world,
                             session.threads, session.options.run);
    session.launch.records = std::move(outcome.records);
    session.stopped = outcome.stopped;
}

}  // namespace pacer
