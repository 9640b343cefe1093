// reduce: the sum of 0 .. n-1 in several ways, each timed, verified, and compared with the machine's limit.
#include <fmt/format.h>

#include "apps/reduce/reduce.hpp"
#include "io/output.hpp"

namespace {

using namespace pacer;

const std::string summary = "Sums 0 + 1 + ... + (n-1) in several ways; times, verifies and compares them.";

// The options of this app alone.
void add_options(CommandLine& line, reduce::Settings& settings) {
    const std::map<std::string, reduce::Source> sources = {{"iota", reduce::Source::iota},
                                                           {"memory", reduce::Source::memory}};
    const std::map<std::string, reduce::Type> types = {{"i64", reduce::Type::i64},
                                                       {"f64", reduce::Type::f64}};
    line.add_choice("--source", settings.source, sources,
                    "Values are made as they are summed, or lie in memory");
    line.add_choice("--type", settings.type, types, "64-bit integers, or doubles");
    std::map<std::string, reduce::Data> data;
    for (std::size_t i = 0; i < reduce::data_names.size(); ++i) {
        data.emplace(reduce::data_names[i], static_cast<reduce::Data>(i));
    }
    line.add_choice("--data", settings.data, data, "The doubles in memory");
    line.add_word(
            "--expect", [&](const std::string& word) { settings.expected = reduce::parse_hexadecimal(word); },
            "Fail unless the exact sum of the doubles in memory has these bits: 0x1.8p+3")
        .placeholder("HEX");
    line.add_count("--chunk", settings.chunk, "Elements that the variant chunked draws at a time");
    line.add_count("--memory", settings.memory_bytes,
                   "Bytes that the data may take on a node [what is free]");
}

ExitStatus run(const Team& world, int argc, char** argv) {
    Options options;
    reduce::Settings settings;
    options.elements = settings.elements;
    CommandLine line("reduce", summary, options);
    add_options(line, settings);
    if (const auto done = line.parse(world, argc, argv, list(std::span(reduce::variants)))) return *done;
    settings.elements = options.elements;

    const auto variants = reduce::choose_variants(settings, options.variants);
    const auto uses = uses_of(variants);
    const Output output(world, options, "reduce");
    auto session = open_session(world, "reduce", options, uses, argc, argv);
    const auto problem = reduce::make_problem(world, session.threads, settings, variants);
    measure(session, Experiment<reduce::Problem, reduce::Answer>{
                         "reduce", problem, variants, reduce::parameters(settings), reduce::work(settings),
                         reduce::check, reduce::own_part, reduce::particulars,
                         reduce::doubles_in_memory(settings) ? reduce::observe : nullptr});
    session.headlines = reduce::headlines();
    close_session(session);
    const auto unexpected = reduce::unexpected_sum(problem);
    if (!unexpected.empty()) session.launch.warnings.push_back(unexpected);
    const auto status = output.deliver(session);
    if (unexpected.empty()) return status;
    if (world.root()) say("reduce: {}\n", unexpected);
    return ExitStatus::wrong;
}

}  // namespace

int main(int argc, char** argv) {
    return pacer::launch("reduce", argc, argv, [&](const Team& world) { return run(world, argc, argv); });
}
