// overhead: what starting and joining workers and exchanging messages costs, and from what grain on it pays.
#include <iterator>
#include <string_view>

#include "apps/overhead/break_even.hpp"
#include "apps/overhead/overhead.hpp"
#include "apps/overhead/spawned_workers.hpp"
#include "apps/overhead/spawner.hpp"
#include "common/launch/session.hpp"
#include "common/placement/host.hpp"
#include "io/output.hpp"

namespace {

using namespace pacer;
using overhead::Kind;

const std::string summary =
    "Times what it costs to start and join workers and to exchange messages, and says from what grain on it "
    "pays.";

void plan_problem(Session& session, const overhead::Problem& problem,
                  const std::vector<overhead::OverheadVariant>& chosen) {
    std::vector<overhead::OverheadVariant> its;
    for (const auto& variant : chosen) {
        if (overhead::kind_of(variant) == problem.kind) its.push_back(variant);
    }
    plan(session,
         Experiment<overhead::Problem, overhead::Answer>{.app = "overhead",
                                                         .problem = problem,
                                                         .variants = its,
                                                         .parameters = overhead::parameters(problem),
                                                         .work = {},
                                                         .check = overhead::check,
                                                         .part = overhead::own_part,
                                                         .particulars = overhead::particulars,
                                                         .observe = overhead::observe,
                                                         .baseline = overhead::baseline(problem.kind),
                                                         .seconds = overhead::seconds});
}

void print_break_even(const Session& session, bool crowded) {
    // OMP_NUM_THREADS may say less, the host have more than this process may use.
    const auto cores = std::ssize(machine().cores_of(machine().cpus));
    print_after_table(session, [&] { return overhead::break_even_table(session.launch, cores, crowded); });
}

// MPI is initialised before the command line is read, and the last of equal options counts.
int mpi_thread_level(int argc, char** argv) {
    int level = MPI_THREAD_SERIALIZED;
    const std::string_view option = "--thread-level";
    for (int i = 1; i < argc; ++i) {
        std::string_view word = argv[i];
        if (!word.starts_with(option)) continue;
        word.remove_prefix(option.size());
        const std::string_view value = word.empty() && i + 1 < argc ? argv[i + 1] : word;
        level = value == "single" || value == "=single" ? MPI_THREAD_SINGLE : MPI_THREAD_SERIALIZED;
    }
    return level;
}

ExitStatus run(const Team& world, int argc, char** argv, overhead::Starter& starter) {
    Options options;
    overhead::Settings settings;
    options.elements = settings.elements;
    CommandLine line("overhead", summary, options);
    line.describe("--elements", "Elements of 8 bytes in the largest message, 0: none");
    line.add_count("--workers", settings.workers, "Most workers to start [as many as cores, 2 at least]");
    line.add_choice<overhead::ThreadLevel>(
        "--thread-level", settings.thread_level,
        {{"single", overhead::ThreadLevel::single}, {"serialized", overhead::ThreadLevel::serialized}},
        "What MPI is told of the program's threads");
    if (const auto done = line.parse(world, argc, argv, list(std::span(overhead::variants)))) return *done;
    if (line.count("--workers") > 0 && settings.workers < 1) throw UsageError("--workers wants 1 at least");
    settings.elements = options.elements;

    const auto variants = choose(std::span(overhead::variants), options.variants);
    const Output output(world, options, "overhead");
    auto session = open_session(world, "overhead", options, uses_of(variants), argc, argv);
    const auto workers = overhead::most_workers(settings, session.threads);
    const auto means = overhead::make_means(world, settings, workers, variants, starter);
    const auto problems = overhead::make_problems(world, session.threads, settings, workers, variants, *means,
                                                  !options.no_limits);
    for (const auto& problem : problems) plan_problem(session, problem, variants);
    measure(session);
    starter.stop();
    session.headlines = overhead::headlines();
    close_session(session);
    const auto status = output.deliver(session);
    print_break_even(session, means->crowded);
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view role = argc > 1 ? argv[1] : "";
    if (role == overhead::spawner_role) return overhead::be_spawner(argc, argv);
    if (role == overhead::spawned_worker_role) return overhead::be_spawned_worker(argc, argv);
    overhead::Starter starter(overhead::own_program());
    const auto body = [&](const Team& world) {
        if (!world.root()) starter.stop();
        return run(world, argc, argv, starter);
    };
    return pacer::launch("overhead", argc, argv, body, mpi_thread_level(argc, argv));
}
