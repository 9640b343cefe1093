#include "common/launch/session.hpp"

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>

#include "common/base/say.hpp"
#include "common/machine/host_facts.hpp"
#include "common/machine/topology.hpp"
#include "common/measure/doubts.hpp"
#include "common/measure/profile.hpp"
#include "common/measure/progress.hpp"
#include "common/measure/safekeeping.hpp"

namespace pacer {

namespace {

void look_at_placement(Session& session, int argc, char** argv) {
    const auto ranks = gather_placement(session.world, session.threads);
    on_root(session.world, [&] {
        session.launch.placement = places(ranks);
        const auto report = judge_placement(ranks, session.uses, launch_command(argc, argv));
        if (report.faults.empty()) return;
        std::string text;
        for (const auto& fault : report.faults) text += fmt::format("placement: {}\n", fault);
        text += report.picture;
        if (!report.mend.empty()) text += fmt::format("better: {}\n", report.mend);
        if (!session.options.quiet || session.options.strict_placement) say(text);
        if (session.options.strict_placement) {
            throw UsageError(
                "the placement above is bad and --strict-placement was asked for; nothing was run");
        }
        session.launch.warnings = report.faults;
    });
}

// Settings of the host and of OpenMP that keep a variant from what the machine can do.
void look_at_settings(Session& session) {
    if (!session.world.root()) return;
    auto& warnings = session.launch.warnings;
    auto speeds = unsteady_clock_rate(session.launch.circumstances);
    if (!speeds.empty()) warnings.push_back(std::move(speeds));
    if (std::none_of(session.uses.begin(), session.uses.end(), uses_threads)) return;
    const int cpus = omp_get_num_procs(), most = omp_get_thread_limit();
    if (most < cpus) {
        warnings.push_back(
            fmt::format("OMP_THREAD_LIMIT={} leaves OpenMP fewer threads than the {} CPUs here", most, cpus));
    }
    int in_places = 0;
    for (int place = 0; place < omp_get_num_places(); ++place) in_places += omp_get_place_num_procs(place);
    if (in_places > 0 && in_places < cpus) {
        warnings.push_back(
            fmt::format("OMP_PLACES keeps OpenMP's threads on {} of the {} CPUs here", in_places, cpus));
    }
}

// What others took from the processors while the launch ran.
void look_at_load(Session& session) {
    const auto after = read_cpu_times();
    const auto& before = session.cpu_before;
    double own = after.own_seconds - before.own_seconds;  // of all ranks on this host
    MPI_Allreduce(MPI_IN_PLACE, &own, 1, MPI_DOUBLE, MPI_SUM, session.world.node);
    if (!session.world.root()) return;
    const double busy = after.busy_seconds - before.busy_seconds,
                 steal = after.steal_seconds - before.steal_seconds;
    const double all = busy + steal + after.idle_seconds - before.idle_seconds;
    const double others = std::max(0.0, busy - own);
    auto& facts = session.launch.circumstances;
    facts.insert(facts.end(), {{"load_before", before.load_1min},
                               {"load_after", after.load_1min},
                               {"steal_seconds", steal},
                               {"others_cpu_seconds", others},
                               {"end_time", utc_now()}});
    const auto warn = [&](double seconds, std::string_view who) {
        if (all <= 0 || seconds < 0.03 * all) return;
        session.launch.warnings.push_back(fmt::format(
            "{} took {:.0f} % of this host's CPU time during the launch", who, 100 * seconds / all));
    };
    warn(others, "other processes");
    warn(steal, "the hypervisor");
}

}  // namespace

Session open_session(const Team& world, std::string_view app, const Options& options, std::vector<Uses> uses,
                     int argc, char** argv) {
    Session session{world, options, std::move(uses), {}, read_cpu_times()};
    set_activity("looking at the placement");
    check_clocks(world);
    session.launch.id = new_launch_id();
    session.launch.circumstances = circumstances_before(world, app, argc, argv);
    session.threads = decide_threads(world);
    look_at_placement(session, argc, argv);
    if (!topology().instead.empty()) {
        session.launch.warnings.push_back(
            fmt::format("PACER_TOPOLOGY={} was taken for this machine", topology().instead));
    }
    look_at_settings(session);
    const auto clock = measure_clock();
    auto& facts = session.launch.circumstances;
    facts.insert(facts.end(), {{"clock_resolution_seconds", clock.resolution_seconds},
                               {"clock_overhead_seconds", clock.overhead_seconds},
                               {"seed", static_cast<std::int64_t>(options.run.seed)},
                               {"max_seconds", options.run.max_seconds},
                               {"repeats_asked", options.run.repeats}});
    profile::enabled = options.profile;
    return session;
}

void measure(Session& session) {
    std::vector<bool> possible;
    for (const auto& task : session.tasks) possible.push_back(task.record.not_run.empty());
    auto options = session.options.run;
    options.keep = [&](const auto& records) { safekeeping::keep(session.launch, records); };
    auto outcome = run_tasks(std::move(session.tasks), session.world, session.threads, options);
    session.launch.records = std::move(outcome.records);
    session.stopped = outcome.stopped;
    const auto& records = session.launch.records;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (possible[i] && records[i].repeats() == 0)
            session.out_of_time.push_back(case_name(records[i], records));
    }
}

void close_session(Session& session) {
    set_activity("reporting");
    progress::clear();
    look_at_load(session);
    if (session.options.profile) session.profile = profile::report(session.world);
    if (!session.world.root()) return;
    session.launch.headlines = headlines_of(session.launch, session.headlines);
    auto& warnings = session.launch.warnings;
    const auto found = doubts(session.launch.records, session.options.run, session.stopped);
    warnings.insert(warnings.end(), found.begin(), found.end());
    if (session.stopped) warnings.emplace_back("stopped early by a signal");
}

}  // namespace pacer
