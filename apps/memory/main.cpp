// memory: what a node's memory gives, by how it is asked: in order or at random, for reading or for writing,
// from which level of the caches.
#include <fmt/format.h>

#include <algorithm>

#include "apps/memory/memory.hpp"
#include "apps/memory/sweep.hpp"
#include "io/output.hpp"

namespace {

using namespace pacer;

const std::string summary =
    "Reads and writes memory in several orders; times, verifies and compares them: lines, prefetching, "
    "latency.";

struct Wishes {
    memory::Settings settings;
    bool sweep = false;
};

void add_options(CommandLine& line, Wishes& wishes) {
    line.describe("--elements",
                  "Doubles in each array on a node [4 x what its caches hold, 2 x on one core]");
    line.add_list(
        "--experiments", wishes.settings.experiments,
        "Only these, separated by commas: read, write, copy, triad, stride, order, matrix, fresh, pages");
    line.add_count("--ahead", wishes.settings.ahead,
                   "Lines between what prefetch asks for and what it reads");
    line.add_count("--memory", wishes.settings.memory_bytes,
                   "Bytes that the arrays may take on a node [what is free]");
    line.add_flag("--sweep", wishes.sweep,
                  "Bandwidth and latency by working set, to 4 x the last cache [or -n]")
        .excludes("--experiments");
}

std::string list_all() {
    std::string text;
    for (const auto& row : memory::experiments) text += list(row.variants);
    return text;
}

// Throws UsageError for a name that is none, or if nothing is left.
std::vector<memory::Chosen> choose_all(const memory::Settings& settings,
                                       const std::vector<std::string>& names) {
    const auto has = [](const auto& some, std::string_view name) {
        return some.empty() || std::find(some.begin(), some.end(), name) != some.end();
    };
    std::vector<std::string_view> rows, variants;
    std::vector<memory::Chosen> chosen;
    for (const auto& row : memory::experiments) {
        rows.push_back(row.name);
        memory::Chosen some{row.name, row.baseline, {}};
        for (const auto& variant : row.variants) {
            variants.push_back(variant.name);
            if (has(names, variant.name)) some.variants.push_back(variant);
        }
        if (has(settings.experiments, row.name) && !some.variants.empty()) chosen.push_back(std::move(some));
    }
    refuse_unknown(names, variants);
    for (const auto& name : settings.experiments) {
        if (has(rows, name)) continue;
        throw UsageError(
            fmt::format("no experiment is called '{}'; there are {}", name, fmt::join(rows, ", ")));
    }
    if (chosen.empty())
        throw UsageError("none of these variants belongs to these experiments; --list names them");
    return chosen;
}

ExitStatus run_experiments(const Team& world, const Options& options, const memory::Settings& settings,
                           int argc, char** argv) {
    const auto chosen = choose_all(settings, options.variants);
    std::vector<memory::MemoryVariant> all;
    for (const auto& one : chosen) all.insert(all.end(), one.variants.begin(), one.variants.end());
    const Output output(world, options, "memory");
    auto session = open_session(world, "memory", options, uses_of(all), argc, argv);
    auto problem = memory::make_problem(world, session.threads, settings, chosen);
    if (!problem.note.empty()) session.launch.warnings.push_back(problem.note);
    if (!options.no_limits) memory::probe_limits(problem, world, session.threads, chosen);
    for (const auto& one : chosen) {
        plan(session, Experiment<memory::Problem, memory::Answer>{
                          .app = "memory",
                          .problem = problem,
                          .variants = one.variants,
                          .parameters = memory::parameters(problem, one.name),
                          .work = {},
                          .check = memory::check,
                          .part = memory::own_part,
                          .particulars = memory::particulars,
                          .baseline = one.baseline,
                          .prepare = problem.eviction ? memory::prepare : nullptr,
                          .inspect = memory::inspect});
    }
    measure(session);
    session.headlines = memory::headlines();
    close_session(session);
    return output.deliver(session);
}

ExitStatus run_sweep(const Team& world, const Options& options, const memory::Settings& settings, int argc,
                     char** argv) {
    const auto variants = choose(std::span(memory::sweep_variants), options.variants);
    const Output output(world, options, "memory");
    auto session = open_session(world, "memory", options, uses_of(variants), argc, argv);
    const auto sweep = memory::make_sweep(world, settings);
    if (!sweep.note.empty()) session.launch.warnings.push_back(sweep.note);
    for (const auto& set : sweep.sets) {
        plan(session,
             Experiment<memory::WorkingSet, memory::SweepAnswer>{.app = "memory",
                                                                 .problem = set,
                                                                 .variants = variants,
                                                                 .parameters = memory::sweep_parameters(set),
                                                                 .work = {},
                                                                 .check = memory::check_sweep,
                                                                 .particulars = memory::sweep_particulars,
                                                                 .baseline = "read",
                                                                 .prepare = memory::prepare_sweep,
                                                                 .inspect = memory::inspect_sweep});
    }
    measure(session);
    session.headlines = memory::headlines();
    close_session(session);
    const auto status = output.deliver(session);
    print_after_table(session, [&] {
        const auto& caches = topology().caches;
        return caches.of_core.empty() ? "\nlevels: this host tells of no caches\n"
                                      : memory::levels(session.launch.records, caches);
    });
    return status;
}

ExitStatus run(const Team& world, int argc, char** argv) {
    Options options;
    options.run.max_seconds = 12;  // ten repeats of everything on two cores
    Wishes wishes;
    CommandLine line("memory", summary, options);
    add_options(line, wishes);
    if (const auto done = line.parse(world, argc, argv, list_all())) return *done;
    if (line.count("--elements") > 0) wishes.settings.elements = options.elements;
    if (!wishes.sweep) return run_experiments(world, options, wishes.settings, argc, argv);
    constexpr double sweep_seconds = 25;
    const bool budget_given = line.count("--max-seconds") + line.count("--repeats") > 0;
    if (!budget_given) options.run.max_seconds = sweep_seconds;
    return run_sweep(world, options, wishes.settings, argc, argv);
}

}  // namespace

int main(int argc, char** argv) {
    return pacer::launch("memory", argc, argv, [&](const Team& world) { return run(world, argc, argv); });
}
