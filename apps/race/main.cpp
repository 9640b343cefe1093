// race: n increments of a shared counter, racy and cured in several ways, each timed, checked and priced.
#include "apps/race/prices.hpp"
#include "apps/race/race.hpp"
#include "io/output.hpp"

namespace {

using namespace pacer;
using race::Place;

const std::string summary =
    "Increments a shared counter in several ways; counts the updates that races lose, and prices the cures.";

// The options of this app alone.
void add_options(CommandLine& line, race::Settings& settings) {
    line.describe("--elements", "Increments by threads, of a counter in memory");
    line.add_count("--window-increments", settings.window_increments,
                   "Increments by ranks, of a counter in an MPI window");
}

ExitStatus run(const Team& world, int argc, char** argv) {
    Options options;
    race::Settings settings;
    options.elements = settings.increments;
    CommandLine line("race", summary, options);
    add_options(line, settings);
    if (const auto done = line.parse(world, argc, argv, list(std::span(race::variants)))) return *done;
    settings.increments = options.elements;

    const auto chosen = choose(std::span(race::variants), options.variants);
    const Output output(world, options, "race");
    auto session = open_session(world, "race", options, uses_of(chosen), argc, argv);
    const auto contests = race::make_contests(world, session.threads, settings, chosen, !options.no_limits);
    for (const auto& [problem, variants] : contests) {
        plan(session, Experiment<race::Problem, race::Answer>{
                          "race", problem, variants, race::parameters(problem), race::work(problem),
                          race::check, race::own_part, race::particulars, race::observe});
    }
    measure(session);
    session.headlines = race::headlines();
    close_session(session);
    for (auto& sentence : race::lucky_races(session.launch)) {
        session.launch.warnings.push_back(std::move(sentence));
    }
    const auto status = output.deliver(session);
    print_after_table(session, [&] { return race::prices(session.launch); });
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    return pacer::launch("race", argc, argv, [&](const Team& world) { return run(world, argc, argv); });
}
