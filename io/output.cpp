#include "io/output.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "io/hdf5/hdf5.hpp"

namespace pacer {

namespace {

void print_report(const Session& session) {
    const auto& options = session.options;
    if (options.quiet) return;
    print_out(session.profile, options.format == Format::table ? stdout : stderr);
    print_out(report({session.launch}, options.format, options.proof));
}

// The path goes where it cannot spoil a document on stdout.
void print_path(const Options& options, const std::string& path) {
    if (options.quiet) return;
    print_out(fmt::format("dump: {}\n", path), options.format == Format::table ? stdout : stderr);
}

ExitStatus status_of(const Session& session) {
    const auto& records = session.launch.records;
    const auto was_run = [](const Record& record) { return record.repeats() > 0; };
    if (std::any_of(records.begin(), records.end(), [](const Record& r) { return r.failed(); })) {
        return ExitStatus::wrong;
    }
    if (session.stopped) return ExitStatus::stopped_early;
    if (std::none_of(records.begin(), records.end(), was_run)) {
        say("nothing was run, so nothing is right\n");
        return ExitStatus::wrong;
    }
    const auto& missing = session.out_of_time;
    if (missing.empty()) return ExitStatus::right;
    say("{} got no repeat, so nothing can be told of {}\n", fmt::join(missing, ", "),
        missing.size() == 1 ? "it" : "them");
    return ExitStatus::inconclusive;
}

}  // namespace

void print_after_table(const Session& session, const std::function<std::string()>& text) {
    const auto& options = session.options;
    if (options.quiet || options.format != Format::table) return;
    on_root(session.world, [&] { print_out(text()); });
}

// HDF5's version is asked for before there is an early dump: HDF5 wants one thread at a time.
Output::Output(const Team& world, const Options& options, const std::string& app)
    : hdf5_version_(hdf5::library_version()) {
    on_root(world, [&] {
        if (!options.no_dump)
            dump_ = std::make_unique<EarlyDump>(DumpFile(options.dump, options.force, app, world.size));
    });
}

ExitStatus Output::deliver(Session& session) const {
    int status = 0;
    on_root(session.world, [&] {
        session.launch.circumstances.emplace_back("hdf5_version", hdf5_version_);
        // The dump first: a reader of stdout may have gone, which ends this process.
        std::string path;
        std::optional<UsageError> no_dump;
        try {
            if (dump_) path = dump_->write(session.launch);
        } catch (const UsageError& error) {
            no_dump = error;
        }
        print_report(session);
        if (no_dump) throw UsageError(*no_dump);
        if (dump_) print_path(session.options, path);
        status = static_cast<int>(status_of(session));
    });
    MPI_Bcast(&status, 1, MPI_INT, 0, session.world.comm);
    return static_cast<ExitStatus>(status);
}

}  // namespace pacer
