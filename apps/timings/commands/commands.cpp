// The table of commands, and running the one that was named.
#include "apps/timings/commands/commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "apps/timings/output.hpp"

namespace pacer::timings {

namespace {

struct Command {
    const char *name, *summary;
    Run (*add)(Arguments&);
};

constexpr std::array commands = {
    Command{"show", "Show launches as their app did, from the raw samples", add_show},
    Command{"export", "Write raw samples and environment as CSV or JSON", add_export},
    Command{"validate", "Check that dumps are intact and their answers were right", add_validate},
    Command{"merge", "Merge many launches into one file", add_merge},
    Command{"compare", "Compare two sets of launches with statistical tests", add_compare},
    Command{"verdict", "Say whether everything is as fast as it was, for whoever decides it", add_verdict},
    Command{"noise", "Show how small a change is visible here, and with how many launches", add_noise},
    Command{"nodes", "Find nodes that are slower than their peers", add_nodes},
    Command{"network", "Find the node, link or switch that makes messages slow", add_network},
    Command{"scaling", "Show speedup and efficiency by number of cores, with fitted laws", add_scaling},
    Command{"plot", "Plot launches, into a file or on the terminal", add_plot},
    Command{"report", "Write a self-contained HTML page about launches", add_report},
    Command{"summary", "Summarise on one page what a machine can do, from dumps of the suite", add_summary},
};

std::string command_names() {
    std::string names;
    for (const auto& command : commands) names += (names.empty() ? "" : ", ") + std::string(command.name);
    return names;
}

}  // namespace

ExitStatus run_command(int argc, char** argv) {
    Arguments arguments("timings",
                        "Reads the timing dumps that Pacer's apps write: shows, compares and plots them.");
    std::array<Run, commands.size()> runs;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        runs[i] = commands[i].add(arguments.add_command(commands[i].name, commands[i].summary));
    }
    arguments.set_footer("timings SUBCOMMAND --help lists the options of a subcommand.");

    const std::string first = argc > 1 ? argv[1] : "";
    const auto chosen = std::find_if(commands.begin(), commands.end(),
                                     [&](const auto& command) { return command.name == first; });
    if (chosen == commands.end() && !first.empty() && !first.starts_with('-')) {
        throw UsageError(fmt::format("unknown command '{}'; choose from {}", first, command_names()));
    }
    if (const auto text = arguments.read(argc, argv)) {
        print(*text);
        return ExitStatus::right;
    }
    if (chosen == commands.end()) {
        throw UsageError(
            fmt::format("no command given; choose from {} (see timings --help)", command_names()));
    }
    return runs[static_cast<std::size_t>(chosen - commands.begin())]();
}

}  // namespace pacer::timings
