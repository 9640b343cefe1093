// queues: tasks handed to workers in several ways, each timed, verified, and compared with the best schedule
// there can be.
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "apps/queues/chart.hpp"
#include "apps/queues/queues.hpp"
#include "apps/queues/trace.hpp"
#include "io/files/part_file.hpp"
#include "io/files/whole_file.hpp"
#include "io/output.hpp"

namespace {

using namespace pacer;

const std::string summary = "Hands tasks to workers in several ways; times, verifies and compares them.";

// The file's name if it can be written there; throws UsageError before the run.
std::string trace_file(const std::string& path, bool force) {
    const auto name = file_to_write(path, force);
    check_writable(name);
    return name;
}

void write_trace_file(const std::string& name, bool force, const std::vector<queues::Timeline>& timelines,
                      const queues::Problem& problem) {
    constexpr std::size_t at_once = std::size_t{1} << 20;
    PartFile file(name);
    std::string text;
    queues::write_trace(timelines, problem, [&](std::string_view more) {
        text += more;
        if (text.size() < at_once) return;
        file.append(text);
        text.clear();
    });
    file.append(text);
    file.commit(force);
}

// The options of this app alone.
void add_options(CommandLine& line, queues::Settings& settings, std::string& trace) {
    line.add_count("--steps", settings.steps, "Steps of a task on average, each about a nanosecond");
    line.add_choice("--workload", settings.workload, workloads(),
                    "All tasks cost the same, ever more, or a few of them much more than the others");
    line.add_count("--cost-seed", settings.cost_seed, "Of the costs of the heavy workload");
    line.add_count("--ahead", settings.ahead, "Tasks that a worker of fifo and lifo is sent at a time");
    line.add_text("--trace", trace, "Write who did what when, FILE.json for Perfetto").group("Output");
}

ExitStatus run(const Team& world, int argc, char** argv) {
    Options options;
    queues::Settings settings;
    std::string trace;
    options.elements = settings.tasks;
    CommandLine line("queues", summary, options);
    add_options(line, settings, trace);
    if (const auto done = line.parse(world, argc, argv, list(std::span(queues::variants)))) return *done;
    settings.tasks = options.elements;
    settings.limits = !options.no_limits;

    const auto variants = choose(std::span(queues::variants), options.variants);
    const Output output(world, options, "queues");
    on_root(world, [&] {
        if (!trace.empty()) trace = trace_file(trace, options.force);
    });
    auto session = open_session(world, "queues", options, uses_of(variants), argc, argv);
    const auto problem = queues::make_problem(world, session.threads, settings, variants);
    measure(session, Experiment<queues::Problem, queues::Answer>{
                         "queues", problem, variants, queues::parameters(settings), queues::work(problem),
                         queues::check, queues::own_part, queues::particulars, queues::observe});
    close_session(session);
    const auto status = output.deliver(session);

    const bool as_table = options.format == Format::table && !options.quiet;
    if (!as_table && trace.empty()) return status;
    set_activity("gathering who did what");
    const auto timelines = queues::gather_timelines(world, problem, session.launch.records);
    on_root(world, [&] {
        // The trace first: a reader of stdout may have gone, which ends this process.
        if (!trace.empty()) write_trace_file(trace, options.force, timelines, problem);
        if (as_table) print_out(queues::chart(timelines, settings.tasks));
        if (trace.empty() || options.quiet) return;
        print_out(fmt::format("trace: {}\n", trace), as_table ? stdout : stderr);
    });
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    return pacer::launch("queues", argc, argv, [&](const Team& world) { return run(world, argc, argv); });
}
