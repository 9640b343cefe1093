// timings verdict: is everything as fast as it was? For whoever has to decide it.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "apps/timings/commands/commands.hpp"
#include "apps/timings/commands/options.hpp"
#include "apps/timings/commands/sides.hpp"
#include "apps/timings/compare/environments.hpp"
#include "apps/timings/compare/launch_statistics.hpp"
#include "apps/timings/compare/same_tests.hpp"
#include "apps/timings/compare/verdict.hpp"
#include "common/base/units.hpp"

namespace pacer::timings {

namespace {

struct Settings {
    Sides sides;
    bool all = false, before = false;
    Output output;
};

// Whatever program it was: a suite has all of them on the same ranks.
std::vector<Launch> of_the_suite(std::vector<Launch> launches) {
    for (auto& launch : launches) {
        for (auto& [name, value] : launch.environment) {
            if (name == "program") value = "suite";
        }
    }
    return launches;
}

// Whether launches like these can be compared with the baseline at all, before hours are spent on them.
ExitStatus look_before(const Sides& sides, const Output& output) {
    if (sides.candidate.empty())
        throw bad_usage("--before wants the baseline, --to, and a launch on the nodes of today",
                        "timings verdict");
    const auto base = read_launches(sides.base, sides.dedupe), probe = read_launches(sides.candidate);
    std::size_t most = 0;
    for (const auto& one : select(cases_of(base), sides.options.only))
        most = std::max(most, one.launches.size());
    if (most < static_cast<std::size_t>(fewest_launches))
        throw UsageError(fmt::format("the baseline has {} a case, and comparing takes {}: make another",
                                     counted(most, "launch", "launches"), fewest_launches));
    const auto other = other_tests(of_the_suite(base), of_the_suite(probe));
    Document document("timings verdict");
    document.list("other_tests", "not the same tests:", other);
    if (other.empty()) document.text("the same hardware, ranks and nodes");
    const auto before = hosts_of(base), now = hosts_of(probe);
    if (other.empty() && before != now)
        document.text(fmt::format("the baseline ran on {}, and this is {}: no two nodes are quite alike",
                                  before.empty() ? "unknown hosts" : before, now));
    deliver(document, output, sides.files());
    return other.empty() || sides.options.allow_other_hardware ? ExitStatus::right : ExitStatus::other_tests;
}

ExitStatus run(const Settings& settings) {
    if (settings.before) return look_before(settings.sides, settings.output);
    const auto read = read_and_compare(settings.sides, "verdict");
    const bool all = settings.all || !settings.output.for_people() || settings.output.is(Format::html);
    deliver(verdict_of(read.base, read.candidate, read.comparison, all), findings_of(read, "verdict"),
            settings.output, settings.sides.files());
    return read.comparison.status;
}

}  // namespace

Run add_verdict(Arguments& command) {
    const auto settings = std::make_shared<Settings>();
    add_sides(command, settings->sides);
    command.add_flag("--all", settings->all, "Also show the cases that are as before");
    command.add_flag("--before", settings->before,
                     "Only say whether launches like the one after --to can be compared with the baseline");
    add_output(command, settings->output, monitoring_formats);
    command.set_footer(statuses);
    return [settings] { return run(*settings); };
}

}  // namespace pacer::timings
