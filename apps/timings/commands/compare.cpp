// timings compare: compares two sets of launches with statistical tests.
#include <memory>

#include "apps/timings/commands/commands.hpp"
#include "apps/timings/commands/options.hpp"
#include "apps/timings/commands/sides.hpp"

namespace pacer::timings {

namespace {

struct Settings {
    Sides sides;
    Output output;
};

ExitStatus run(const Settings& settings) {
    const auto read = read_and_compare(settings.sides, "compare");
    deliver(document_of(read.comparison), findings_of(read, "compare"), settings.output,
            settings.sides.files());
    return read.comparison.status;
}

}  // namespace

Run add_compare(Arguments& command) {
    const auto settings = std::make_shared<Settings>();
    add_sides(command, settings->sides);
    add_output(command, settings->output, monitoring_formats);
    command.set_footer(
        std::string(
            "Launches in turns (A B B A, see jobs/compare.sh) are compared in pairs; launches on other "
            "hosts by sets of hosts, at least 4 a side; all others one by one. One launch cannot be "
            "compared: take at least 4 a side, 8 or more for several cases. ") +
        statuses);
    return [settings] { return run(*settings); };
}

}  // namespace pacer::timings
