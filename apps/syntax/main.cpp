// syntax: what idioms of C++ cost, each timed against others that do the same, verified, and summed up.
#include "apps/syntax/syntax.hpp"
#include "io/output.hpp"

namespace {

using namespace pacer;

const std::string description =
    "Compares idioms of C++ that do the same: fill, sum, square, condition, partition, nesting, alias, "
    "files.";

// The options of this app alone.
void add_options(CommandLine& line, syntax::Settings& settings) {
    line.add_list("--idioms", settings.idioms, "Only these, separated by commas; --list names them");
    line.add_count("--files", settings.files, "Files of the tree that is searched");
    line.add_count("--work", settings.work,
                   "Elements that an execution handles, in as many calls of the idiom as that takes");
}

ExitStatus run(const Team& world, int argc, char** argv) {
    Options options;
    syntax::Settings settings;
    options.elements = settings.elements;
    CommandLine line("syntax", description, options);
    add_options(line, settings);
    if (const auto done = line.parse(world, argc, argv, syntax::list_ways())) return *done;
    settings.elements = options.elements;
    settings.limits = !options.no_limits;

    const auto choices = syntax::choose_ways(options.variants, settings.idioms);
    const Output output(world, options, "syntax");
    auto session = open_session(world, "syntax", options, {Uses::core}, argc, argv);
    set_activity("making the problems");
    const auto comparisons = syntax::make_comparisons(world, settings, choices);
    for (const auto& [problem, ways] : comparisons) {
        plan(session, Experiment<syntax::Problem, syntax::Answer>{
                          "syntax", *problem, ways, syntax::parameters(*problem), syntax::work(*problem),
                          syntax::check, syntax::own_part, syntax::particulars, problem->idiom->observe,
                          problem->idiom->ways.front().name});
    }
    measure(session);
    // Before anything is printed: where the reader has gone, printing ends this process.
    syntax::remove_temporary_files(comparisons);
    close_session(session);
    const auto status = output.deliver(session);
    print_after_table(session, [&] { return syntax::summary(comparisons, session.launch); });
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    return pacer::launch("syntax", argc, argv, [&](const Team& world) { return run(world, argc, argv); });
}
