#include <fmt/format.h>

#include <array>
#include <map>
#include <span>
#include <string>

#include "apps/fileio/delivery/deliver.hpp"
#include "apps/fileio/fileio.hpp"
#include "apps/fileio/flow/tally.hpp"
#include "common/base/say.hpp"
#include "common/base/units.hpp"
#include "common/launch/session.hpp"
#include "common/measure/progress.hpp"
#include "io/output.hpp"

namespace {

using namespace pacer;
using fileio::OnError;

constexpr auto summary =
    "Applies a calculation to every record of files: with --out delivers the results, without measures how.";

struct Wishes {
    fileio::Settings settings;
    fileio::Delivery delivery;
    std::string make_input;  // file to write and no more
};

void add_format_options(CommandLine& line, Wishes& wishes, const std::string& input) {
    auto& format = wishes.settings.format;
    std::map<std::string, Separator> separators;
    for (const auto separator :
         {Separator::automatic, Separator::blank, Separator::tab, Separator::comma, Separator::semicolon}) {
        separators.emplace(name_of(separator), separator);
    }
    line.add_choice("--separator", format.separator, separators,
                    "What separates numbers [blanks, one tab or one comma; a line has one kind]")
        .group(input);
    line.add_flag("--decimal-comma", format.decimal_comma, "1,5 is one and a half; semicolons separate too")
        .group(input);
    line.add_flag("--ragged", format.ragged, "Records need not have as many numbers as their file's first")
        .group(input);
    line.add_count("--lines-per-record", format.lines_per_record,
                   "Lines that are one record together, without blank ones or comments")
        .group(input);
    line.add_word(
            "--columns",
            [&wishes](const std::string& word) { wishes.settings.columns = fileio::parse_columns(word); },
            "What a calculation gets of each record, such as 1,3,4")
        .placeholder("N,N")
        .group(input);
}

void add_options(CommandLine& line, Wishes& wishes) {
    auto& settings = wishes.settings;
    const std::map<std::string, OnError> on_error = {{"stop", OnError::stop}, {"skip", OnError::skip}};
    const std::string input = "Input", delivering = "Delivering";
    line.add_words("inputs", settings.inputs,
                   "Files, folders or - to read, .gz and .zst too [made: -n rows of 3 numbers]");
    line.add_text("--calculation", settings.calculation,
                  "What to do with a record:\n" + fileio::calculations_help());
    line.add_choice("--workload", settings.workload, workloads(),
                    "Cost of a record by its index, for wait and lorenz");
    line.add_choice("--on-error", settings.on_error, on_error,
                    "A bad record ends the run, or is left out and listed");
    line.add_word(
            "--max-rejected",
            [&settings](const std::string& word) {
                settings.max_rejected = fileio::parse_max_rejected(word);
            },
            "Status 1 if more records are rejected: N of them, or P% [only if all are]")
        .placeholder("N|P%");
    line.add_count("--skip-header", settings.skip_header, "Lines to skip at the start of each file")
        .group(input);
    add_format_options(line, wishes, input);
    line.add_count("--block", settings.block_bytes,
                   "Bytes handed out at a time [as the time they take tells]")
        .group(input);
    line.add_count("--memory", settings.memory_bytes, "Bytes that rank 0 may use, however large the input")
        .group(input);
    line.add_text("--make-input", wishes.make_input, "Write the input that is otherwise made there, and exit")
        .group(input);
    line.add_number("--record-timeout", settings.record_timeout_seconds, 1e9,
                    "Seconds after which a record is named and ends the run, 0: never");
    line.add_text("--out", wishes.delivery.target.path, "File for the results, NAME.h5 or NAME.csv")
        .group(delivering);
    line.add_flag("--resume", wishes.delivery.resume, "Go on with a run that was cut, or start it")
        .group(delivering);
}

void take_format(Wishes& wishes) {
    auto& settings = wishes.settings;
    if (settings.format.decimal_comma && settings.format.separator == Separator::comma)
        throw UsageError("--decimal-comma and --separator comma contradict each other");
    if (settings.format.lines_per_record < 1) throw UsageError("--lines-per-record wants at least 1");
}

// What is given but has no meaning in this kind of run.
void refuse_meaningless(const CommandLine& line, const Wishes& wishes) {
    const auto given = [&](const std::string& option) { return line.count(option) > 0; };
    if (!wishes.settings.inputs.empty() && given("--elements")) {
        throw UsageError("--elements is for the input that is made, and there is input given");
    }
    if (given("--max-rejected") && wishes.settings.on_error == OnError::stop)
        throw UsageError(
            "--max-rejected is for --on-error skip: without it the first bad record ends the run");
    if (wishes.delivery.target.path.empty()) {
        if (given("--resume")) throw UsageError("--resume goes on with delivering: name the file with --out");
        return;
    }
    for (const auto* option :
         {"--variants", "--repeats", "--max-seconds", "--workload", "--dump", "--no-dump", "--format",
          "--proof", "--profile", "--no-limits", "--seed", "--elements", "--make-input"}) {
        if (given(option)) throw UsageError(fmt::format("{} is for measuring, and --out delivers", option));
    }
    if (wishes.settings.inputs.empty())
        throw UsageError("--out wants input: files, folders, or - for standard input");
}

ExitStatus measure_variants(const Team& world, const Options& options, const Wishes& wishes, int argc,
                            char** argv) {
    const auto variants = choose(std::span(fileio::variants), options.variants);
    const auto uses = uses_of(variants);
    const Output output(world, options, "fileio");
    auto session = open_session(world, "fileio", options, uses, argc, argv);
    const auto& threads = session.threads;
    fileio::Watch watch(world, "fileio", std::max(threads.process, threads.hybrid),
                        wishes.settings.record_timeout_seconds);
    const auto problem = fileio::make_problem(world, wishes.settings, watch);
    const auto& expected = problem->expected;
    const auto why = fileio::why_not_right(wishes.settings.max_rejected, expected.done, expected.rejected,
                                           problem->ragged);
    if (!why.empty()) {
        if (world.root()) say("fileio: {}\n", why);
        return ExitStatus::wrong;
    }
    measure(session, Experiment<fileio::Problem, fileio::Answer>{
                         "fileio", *problem, variants, fileio::parameters(*problem), fileio::work(*problem),
                         fileio::check, fileio::own_part, fileio::particulars});
    close_session(session);
    const auto status = output.deliver(session);
    if (status == ExitStatus::right) {
        print_after_table(session, [&] {
            const auto& all = problem->expected;
            return fmt::format("{}, in every repeat\n",
                               fileio::conservation(all.lines_read, all.done, all.rejected, all.skipped));
        });
    }
    return status;
}

ExitStatus run(const Team& world, int argc, char** argv) {
    Options options;
    Wishes wishes;
    options.elements = wishes.settings.elements;
    options.run.max_seconds = 30;  // ten repeats of the input that is made, which takes 1 s serially
    CommandLine line("fileio", summary, options);
    add_options(line, wishes);
    if (const auto done = line.parse(world, argc, argv, list(std::span(fileio::variants)))) return *done;
    refuse_meaningless(line, wishes);
    take_format(wishes);
    constexpr std::int64_t least_memory = 4096;
    if (wishes.settings.memory_bytes < least_memory) throw UsageError("--memory wants at least 4Ki");
    wishes.settings.elements = options.elements;
    wishes.settings.seed = options.run.seed;
    if (!wishes.make_input.empty()) {
        on_root(world, [&] {
            fileio::make_input(wishes.make_input, options.elements, options.run.seed, options.force);
        });
        return ExitStatus::right;
    }
    if (wishes.delivery.target.path.empty()) return measure_variants(world, options, wishes, argc, argv);

    wishes.delivery.target.force = options.force;
    wishes.delivery.quiet = options.quiet;
    wishes.delivery.progress = options.run.progress;
    const auto threads = decide_threads(world);
    fileio::Watch watch(world, "fileio", std::max(threads.process, threads.hybrid),
                        wishes.settings.record_timeout_seconds);
    return deliver(world, threads, wishes.settings, wishes.delivery, watch);
}

}  // namespace

int main(int argc, char** argv) {
    return pacer::launch("fileio", argc, argv, [&](const Team& world) { return run(world, argc, argv); });
}
