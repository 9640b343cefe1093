#include "apps/app.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "common/base/clock.hpp"
#include "common/base/say.hpp"
#include "common/report/report.hpp"
#include "io/dump/early_dump.hpp"
#include "io/dump/provenance.hpp"

namespace pacer {

namespace {

void print_report(const Session& session, const std::string& dump) {
    const auto& options = session.options;
    if (options.quiet) return;
    if (options.profile) {
        Document profile(session.launch.id);
        describe_profile(session.launch, profile);
        print_out(profile.as(Format::table), options.format == Format::table ? stdout : stderr);
    }
    print_out(report({session.launch}, options.format, {options.proof, Warnings::gravest, dump}));
}

// The path goes where it cannot spoil a document on stdout.
void print_path(const Options& options, const std::string& path) {
    if (options.quiet) return;
    print_out(fmt::format("dump: {}\n", path), options.format == Format::table ? stdout : stderr);
}

// What the launch ends with, by its records: on rank 0, where they are complete.
ExitStatus status_of(const Session& session) {
    const auto& records = session.launch.records;
    const auto was_run = [](const Record& record) { return record.repeats() > 0; };
    if (std::any_of(records.begin(), records.end(), [](const Record& r) { return r.failed(); })) {
        return ExitStatus::wrong;
    }
    if (session.stopped()) return ExitStatus::stopped_early;
    if (std::none_of(records.begin(), records.end(), was_run)) return ExitStatus::wrong;
    return session.out_of_time().empty() ? ExitStatus::right : ExitStatus::inconclusive;
}

// Why the status is what no row of the report shows.
void say_what_is_missing(const Session& session) {
    const auto& records = session.launch.records;
    if (session.status == ExitStatus::wrong &&
        std::all_of(records.begin(), records.end(), [](const Record& r) { return r.repeats() == 0; }))
        say("nothing was run, so nothing is right\n");
    if (session.status != ExitStatus::inconclusive) return;
    const auto& missing = session.out_of_time();
    say("{} got no repeat, so nothing can be told of {}\n", fmt::join(missing, ", "),
        missing.size() == 1 ? "it" : "them");
}

// What is known only after the repeats. Rank 0 only.
void complete(Session& session, const App& app, const std::string& version) {
    auto& launch = session.launch;
    for (auto& doubt : app.doubts(launch)) launch.doubts.push_back(std::move(doubt));
    if (!session.failure.empty()) launch.doubts.push_back({"failed", -1, session.failure, 0});
    launch.headlines = headlines_of(launch, app.headlines());
    launch.environment.emplace_back("hdf5_version", version);
    for (auto& fact : provenance()) launch.environment.push_back(std::move(fact));
    session.status = status_of(session);
    const auto status = session.failure.empty() ? session.status : ExitStatus::wrong;
    launch.environment.emplace_back("status", static_cast<std::int64_t>(status));
    launch.environment.emplace_back("launch_seconds", seconds_since_launch());
}

// Writes what is wanted in files, then prints the report: a reader of stdout may have gone, which ends this
// process. Throws UsageError, after the report, if a file could not be written. Collective.
void deliver(Session& session, App& app, EarlyDump* dump) {
    const auto& options = session.options;
    std::optional<UsageError> failure;
    const auto attempt = [&](const auto& work) {
        try {
            work();
        } catch (const UsageError& error) {  // thrown on every rank alike
            if (!failure) failure = error;
        }
    };
    std::string path, text;
    attempt([&] {
        on_root(session.world, [&] {
            if (dump != nullptr) path = dump->write(session.launch);
        });
    });
    attempt([&] { on_every_rank(session.world, [&] { text = app.afterwards(session); }); });
    on_root(session.world, [&] {
        print_report(session, path);
        if (!path.empty()) print_path(options, path);
        if (options.shows_table()) print_out(text);
        if (failure) throw UsageError(*failure);
        say_what_is_missing(session);
    });
}

// Says why the launch is wrong whatever its answers are.
ExitStatus fail(const App& app, const Session& session) {
    if (session.world.root()) say("{}: {}\n", app.name, session.failure);
    return ExitStatus::wrong;
}

ExitStatus run_launch(App& app, const Team& world, int argc, char** argv) {
    Options options;
    options.run.max_seconds = app.max_seconds;
    CommandLine line(app.name, app.summary, options);
    app.options(line);
    const auto groups = app.groups();
    if (const auto done = line.parse(world, argc, argv, list(groups))) return *done;
    app.settle(world, line, options);
    if (const auto done = app.instead(world, options)) return *done;

    const auto chosen = select(groups, options.problems, options.variants);
    const auto version = hdf5_version();
    std::unique_ptr<EarlyDump> dump;  // makes sure, before the run, that it can be written
    on_root(world, [&] {
        if (!options.no_dump)
            dump = std::make_unique<EarlyDump>(DumpFile(options.dump, options.force, app.name, world.size));
    });
    Session session(world, app.name, options, chosen, argc, argv);
    app.measure(session);
    if (!session.failure.empty() && !session.has_plans()) return fail(app, session);
    session.measure();
    app.release();
    session.close();
    on_root(world, [&] { complete(session, app, version); });
    MPI_Bcast(&session.status, sizeof session.status, MPI_BYTE, 0, world.comm);
    deliver(session, app, dump.get());
    return session.failure.empty() ? session.status : fail(app, session);
}

}  // namespace

int run_app(std::unique_ptr<App> app, const BuildInfo& build, int argc, char** argv) {
    set_build_info(build);
    const auto name = app->name;
    const int thread_level = app->thread_level(argc, argv);
    const auto body = [&](const Team& world) {
        const auto until_done = std::move(app);
        return run_launch(*until_done, world, argc, argv);
    };
    return launch(name, argc, argv, body, thread_level);
}

}  // namespace pacer
