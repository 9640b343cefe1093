// Everything around the timed loop of one launch: thread counts, placement, limits, circumstances, doubts.
#pragma once

#include <string>
#include <vector>

#include "common/launch/options.hpp"
#include "common/machine/environment.hpp"
#include "common/machine/limits.hpp"
#include "common/measure/record.hpp"
#include "common/measure/run.hpp"
#include "common/measure/timing.hpp"
#include "common/placement/placement.hpp"
#include "common/report/headlines.hpp"

namespace pacer {

struct Session {
    const Team& world;
    const Options& options;
    std::vector<Uses> uses;  // of the variants to be run
    Threads threads;
    CpuTimes cpu_before;
    std::vector<Task> tasks = {};               // planned and not yet measured
    Launch launch = {};                         // complete on rank 0 after close_session
    std::string profile = {};                   // the table for --profile; rank 0
    std::vector<HeadlineRule> headlines = {};   // the app's
    bool stopped = false;                       // by a signal to any rank
    std::vector<std::string> out_of_time = {};  // cases that got no repeat, and found no obstacle; rank 0
};

// Decides the thread counts and looks at the placement, before anything is timed: faults are printed on
// stderr and become warnings, or with --strict-placement a UsageError. Collective.
Session open_session(const Team& world, std::string_view app, const Options& options, std::vector<Uses> uses,
                     int argc, char** argv);

// Adds what is known only after the run. Collective.
void close_session(Session& session);

// Probes the limits of an experiment's work and plans its variants. An app with several problems plans one
// experiment after the other. Collective.
template <class Problem, class Answer>
void plan(Session& session, const Experiment<Problem, Answer>& experiment) {
    std::map<Uses, Rates> rates;
    if (!session.options.no_limits) {
        set_activity("probing the limits");
        const std::vector variants(experiment.variants.begin(), experiment.variants.end());
        rates = measure_rates(session.world, session.threads, experiment.work, uses_of(variants));
    }
    const auto limit = [&](const Record& record) {
        return limit_of(record.work, rates[record.uses],
                        occupation(record.uses, record.ranks, record.threads));
    };
    for (auto& task : tasks_of(experiment, session.world, session.threads, limit)) {
        session.tasks.push_back(std::move(task));
    }
}

// Times all that was planned, the variants of all problems taking turns. Collective.
void measure(Session& session);

// The same for an app with one problem.
template <class Problem, class Answer>
void measure(Session& session, const Experiment<Problem, Answer>& experiment) {
    plan(session, experiment);
    measure(session);
}

}  // namespace pacer
