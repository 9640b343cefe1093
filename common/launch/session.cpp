#include "common/launch/session.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <cstdlib>

#include "common/base/clock.hpp"
#include "common/base/say.hpp"
#include "common/machine/environment.hpp"
#include "common/machine/topology.hpp"
#include "common/measure/doubts.hpp"
#include "common/measure/profile.hpp"
#include "common/measure/progress.hpp"
#include "common/measure/safekeeping.hpp"
#include "common/parallel/shared_counter.hpp"

namespace pacer {

bool Session::is_chosen(std::string_view problem, std::string_view variant) const {
    const auto group =
        std::find_if(chosen_.begin(), chosen_.end(), [&](const auto& its) { return its.problem == problem; });
    return group != chosen_.end() && std::any_of(group->variants.begin(), group->variants.end(),
                                                 [&](const auto& row) { return row.name == variant; });
}

std::vector<Uses> Session::all_uses() const {
    std::vector<Uses> uses;
    for (const auto& group : chosen_) {
        for (const auto& row : group.variants) {
            if (std::find(uses.begin(), uses.end(), row.uses) == uses.end()) uses.push_back(row.uses);
        }
    }
    return uses;
}

void Session::look_at_placement(int argc, char** argv) {
    const auto ranks = gather_placement(world, threads);
    on_root(world, [&] {
        launch.placement = places(ranks);
        const auto report = judge_placement(ranks, all_uses(), launch_command(argc, argv));
        if (report.faults.empty()) return;
        std::string text;
        for (const auto& fault : report.faults) text += fmt::format("placement: {}\n", sentence(fault));
        text += report.picture;
        if (!report.better_command.empty()) text += fmt::format("better: {}\n", report.better_command);
        if (!options.quiet || options.strict_placement) say(text);
        if (options.strict_placement) {
            throw UsageError("nothing was run: the placement above is bad, and --strict-placement was given");
        }
        launch.doubts = report.faults;
    });
}

// Settings of OpenMP that keep a variant from what the machine can do.
void Session::look_at_settings() {
    if (!world.root()) return;
    const auto uses = all_uses();
    if (std::none_of(uses.begin(), uses.end(), uses_threads)) return;
    const int cpus = omp_get_num_procs(), most = omp_get_thread_limit();
    const auto add = [&](const char* kind, int value) {
        launch.doubts.push_back({kind, -1, fmt::format("{} CPUs", cpus), 1.0 * value});
    };
    if (most < cpus) add("thread_limit", most);
    int in_places = 0;
    for (int place = 0; place < omp_get_num_places(); ++place) in_places += omp_get_place_num_procs(place);
    if (in_places > 0 && in_places < cpus) add("few_places", in_places);
}

// What else went on, and on which nodes. The environment has the node that was disturbed most.
void Session::look_at_load() {
    const auto seen = gather_hosts(world, {host_name(), watch_.look(world)});
    launch.watch = gather_watch(world, watch_.rows(host_name()));
    if (!world.root()) return;
    auto& facts = launch.environment;
    const auto& watched = most_disturbed(seen);
    if (seen.size() > 1) facts.emplace_back("watched_host", watched.host);
    facts.insert(facts.end(), watched.facts.begin(), watched.facts.end());
    facts.emplace_back("end_time", utc_now());
    if (seen.size() < 2) return;
    launch.hosts = seen;
    for (std::size_t i = 0; i < seen.size(); ++i) {
        auto& its = launch.hosts[i].facts;
        its.insert(its.end(), hosts_[i].facts.begin(), hosts_[i].facts.end());
    }
}

Session::Session(const Team& team, std::string_view app, const Options& settings,
                 const std::vector<ListedGroup>& chosen, int argc, char** argv)
    : world(team), options(settings), app_(app), chosen_(chosen) {
    set_activity("checking the placement");
    check_clocks(world);
    launch.id = new_launch_id();
    hosts_ = gather_hosts(world, {host_name(), environment_of_host(world, options.dump)});
    launch.environment =
        environment_before(world, app, argc, argv, world.root() ? hosts_.front().facts : Facts());
    threads = decide_threads(world);
    look_at_placement(argc, argv);
    if (!topology().instead.empty()) {
        launch.doubts.push_back({"foreign_topology", -1, topology().instead, 0});
    }
    look_at_settings();
    const auto clock = measure_clock();
    auto& facts = launch.environment;
    facts.insert(facts.end(), {{"clock_resolution_seconds", clock.resolution_seconds},
                               {"clock_overhead_seconds", clock.overhead_seconds},
                               {"seed", static_cast<std::int64_t>(options.run.seed)},
                               {"max_seconds", options.run.max_seconds},
                               {"repeats_asked", options.run.repeats}});
    profile::enabled = options.profile;
    if (options.profile) facts.emplace_back("profile_hit_seconds", 1e-9 * profile::cost_per_hit_ns());
}

void Session::measure() {
    std::vector<bool> possible;
    for (const auto& task : tasks_) possible.push_back(task.record.not_run.empty());
    if (world.root()) launch.rates = kept_rates();
    auto run = options.run;
    run.watch = &watch_;
    run.own_cores = launch.doubts.empty();
    run.keep = [&](const auto& records) { safekeeping::keep(launch, records); };
    const double begun = seconds_since_launch();
    auto outcome = run_tasks(std::move(tasks_), world, threads, run);
    launch.records = std::move(outcome.records);
    launch.doubts.insert(launch.doubts.end(), outcome.doubts.begin(), outcome.doubts.end());
    measuring_seconds_ += seconds_since_launch() - begun;
    stopped_ = outcome.stopped;
    const auto& records = launch.records;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (possible[i] && records[i].repeats() == 0) out_of_time_.push_back(case_name(records[i], records));
    }
}

// What a launch took that is asked to be short.
void Session::look_at_budget() {
    const double budget = options.run.max_seconds, besides = seconds_since_launch() - measuring_seconds_;
    if (budget <= 0) return;
    constexpr double little = 1;  // second
    if (besides > budget + little) launch.doubts.push_back({"besides_budget", -1, "", besides});
    if (measuring_seconds_ > 1.5 * budget + little)
        launch.doubts.push_back({"over_budget", -1, "", measuring_seconds_});
}

void Session::close() {
    set_activity("reporting");
    progress::clear();
    look_at_load();
    if (!world.root()) return;
    look_at_budget();
    if (stopped_) launch.doubts.push_back({"stopped", -1, "", 0});
    if (SharedCounter::waits_for_rank_0()) launch.doubts.push_back({"counter_waits", -1, "", 0});
}

}  // namespace pacer
