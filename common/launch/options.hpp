// The options every app shares.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/launch/arguments.hpp"
#include "common/measure/run.hpp"
#include "common/parallel/team.hpp"
#include "common/report/report.hpp"

namespace pacer {

struct Options {
    std::vector<std::string> problems, variants;  // names, as given; empty: all
    RunOptions run{.max_seconds = 12};
    std::string dump;  // file; empty: the default name
    bool no_dump = false, force = false;
    Format format = Format::table;
    bool all_ranks = false, quiet = false, profile = false, no_limits = false, list = false, proof = false,
         strict_placement = false;

    bool shows_table() const { return format == Format::table && !quiet; }
};

// A command line with the shared options; an app adds its own, which is where -n is. `options` must outlive
// it and hold the app's defaults.
class CommandLine : public Arguments {
  public:
    CommandLine(const std::string& program, const std::string& summary, Options& options);

    // Another name of --problems, which --help does not show: what an app used to call it.
    void add_former_name_of_problems(const std::string& name);

    // Reads the arguments, which must be the same on every rank, of the same program. Returns a status if the
    // launch is to end now: --help, --version, --list, printed by rank 0. Throws UsageError, on every rank,
    // for anything unknown or unusable. Collective, and to be called before anything else that is.
    std::optional<ExitStatus> parse(const Team& world, int argc, char** argv,
                                    const std::string& variant_list);

  private:
    Options& options_;
    std::string former_name_;  // of --problems
};

}  // namespace pacer
