// The frame of every app: an app says what it is, and run_app() how a launch goes. Includes all that most
// apps need.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/program_build.hpp"
#include "common/launch/session.hpp"
#include "common/machine/clones.hpp"
#include "common/measure/run.hpp"
#include "common/measure/variant.hpp"
#include "common/parallel/partition.hpp"
#include "common/report/headlines.hpp"

namespace pacer {

// What a program has to say of itself. The hooks are listed in the order in which a launch calls them, each
// on every rank unless it says otherwise; all but groups() and measure() may be left out. Any may throw
// UsageError, on every rank alike.
class App {
  public:
    // The name is the program's; the summary is one sentence, for --help.
    App(std::string_view its_name, std::string_view its_summary) : name(its_name), summary(its_summary) {}
    virtual ~App() = default;
    App(const App&) = delete;
    App& operator=(const App&) = delete;

    const std::string name, summary;
    double max_seconds = 12;  // the usual time budget: what ten repeats of everything take on two cores

    // What MPI is asked to allow: it is initialised before the command line is read.
    virtual int thread_level(int /*argc*/, char** /*argv*/) const { return MPI_THREAD_SERIALIZED; }

    // Binds the app's own options, -n too, to variables of its own.
    virtual void options(CommandLine& /*line*/) {}

    // The problems with their variants: --list, --problems and --variants follow from them.
    virtual std::vector<ListedGroup> groups() const = 0;

    // Refuses options that contradict each other, and completes what was not given.
    virtual void settle(const Team& /*world*/, const CommandLine& /*line*/, Options& /*options*/) {}

    // Does something else than measuring, if that was asked for.
    virtual std::optional<ExitStatus> instead(const Team& /*world*/, const Options& /*options*/) {
        return std::nullopt;
    }

    // Makes each problem, which must live as long as the app or the launch, and plans its group. What is
    // planned is timed after this.
    virtual void measure(Session& session) = 0;

    // Gives back what the repeats alone needed, before anything is printed: where the reader has gone,
    // printing ends the process.
    virtual void release() {}

    // What casts doubt on the numbers, besides what samples and facts tell. Rank 0 only.
    virtual std::vector<Doubt> doubts(const Launch& /*launch*/) const { return {}; }

    // What timings summary is to show of a launch; see headlines.cpp of the apps.
    virtual std::vector<HeadlineRule> headlines() const { return {}; }

    // Writes files of the app's own. What rank 0 returns is printed after the report where that is a table.
    virtual std::string afterwards(const Session& /*session*/) { return {}; }
};

// A launch of that app, made before MPI is initialised and gone before it is finalized: what main() returns.
int run_app(std::unique_ptr<App> app, const BuildInfo& build, int argc, char** argv);

template <class Some>
int run_app(int argc, char** argv) {
    return run_app(std::make_unique<Some>(), program_build(), argc, argv);
}

}  // namespace pacer
