#include "apps/fileio/request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "apps/fileio/calculation/calculation.hpp"

namespace pacer::fileio {

namespace {

// How lines are read.
void add_format_options(CommandLine& line, Request& request, const std::string& input) {
    auto& format = request.settings.format;
    const auto add_text = [&](const std::string& names, auto take, const char* help,
                              const char* placeholder) {
        line.add_word(names, take, help).placeholder(placeholder).group(input);
    };
    line.add_flag("--header", format.header,
                  "The first line of each file names its columns, perhaps as a comment: # time e_mev")
        .group(input);
    line.add_count("--skip-header", request.settings.skip_header,
                   "Lines to skip at the start of each file, before the names if there are any")
        .group(input);
    add_text(
        "--columns", [&format](const std::string& word) { format.columns = Columns("--columns", word); },
        "Columns that the calculation gets, which alone must be numbers: 2,4-6 or, with --header, time,e_mev "
        "[all]",
        "LIST");
    add_text(
        "--id", [&format](const std::string& word) { format.id = Columns("--id", word); },
        "Columns that are kept as they are and carried into the results, such as names and dates: 1 or "
        "source_id",
        "LIST");
    add_text(
        "--missing", [&format](const std::string& word) { format.missing = MissingWords(word); },
        "Fields that mean a missing value: NA,-9999,empty (a number means all that equal it)", "WORDS");
    std::map<std::string, Separator> separators;
    for (const auto separator :
         {Separator::automatic, Separator::blank, Separator::tab, Separator::comma, Separator::semicolon}) {
        separators.emplace(name_of(separator), separator);
    }
    line.add_choice("--separator,--delimiter", format.separator, separators,
                    "What separates fields [blanks, one tab or one comma, the same within a line]")
        .group(input);
    line.add_flag("--decimal-comma", format.decimal_comma,
                  "Read 1,5 as one and a half; semicolons separate numbers too")
        .group(input);
    line.add_flag("--trailing-separator", format.trailing_separator,
                  "Lines may end with a separator, which begins no field: 1,2,")
        .group(input);
    add_text(
        "--width",
        [&format](const std::string& word) {
            format.widths = parse_widths(word);
            format.widths_written = word;
        },
        "Fields of fixed widths in characters: 8,8,6; 3x passes over 3, and 31(5,3x) is 31 times 5,3x",
        "LIST");
    add_text(
        "--comment", [&format](const std::string& word) { format.comment = word == "none" ? "" : word; },
        "Characters each of which begins a comment, at the start of a line or of a field: '%!;' or none [#]",
        "TEXT");
    line.add_count("--fields", format.fields,
                   "Fields that each record must have [as many as the names, or as the first of its file]")
        .group(input);
    line.add_flag("--ragged", format.ragged,
                  "Accept records with other numbers of fields than the first of their file")
        .group(input);
    line.add_count("--lines-per-record", format.lines_per_record,
                   "Lines that form one record, without blank lines or comments within")
        .group(input);
    line.add_list("--include", request.settings.included,
                  "Patterns of file names; folders offer only these: '*.csv,*.txt'")
        .placeholder("PATTERNS")
        .group(input);
}

// What is given but has no meaning in this kind of run.
void refuse_meaningless(const CommandLine& line, const Request& request) {
    const auto given = [&](const std::string& option) { return line.count(option) > 0; };
    if (!request.settings.inputs.empty() && given("--elements")) {
        throw UsageError("--elements is for generated input, but input files are given");
    }
    if (given("--max-rejected") && request.settings.on_error == OnError::stop)
        throw UsageError(
            "--max-rejected needs --on-error skip: without it the first bad record ends the run");
    if (request.delivery.target.path.empty()) {
        if (given("--resume")) throw UsageError("--resume needs --out, the file of the run to resume");
        if (given("--segments"))
            throw UsageError("--segments needs --out; what it would measure is the variant segments");
        if (given("--deadline"))
            throw UsageError("--deadline needs --out: a measurement ends by --max-seconds");
        return;
    }
    for (const auto* option :
         {"--problems", "--variants", "--repeats", "--max-seconds", "--workload", "--dump", "--no-dump",
          "--format", "--proof", "--profile", "--no-limits", "--seed", "--elements", "--make-input"}) {
        if (given(option))
            throw UsageError(fmt::format("{} is for measuring and cannot be combined with --out", option));
    }
    if (request.settings.inputs.empty())
        throw UsageError("--out needs input: files, folders, or - for standard input");
    if (!request.delivery.segments) return;
    const auto& inputs = request.settings.inputs;
    if (std::find(inputs.begin(), inputs.end(), "-") != inputs.end())
        throw UsageError(
            "--segments needs files, which every rank can read: leave it out for standard input");
    if (request.settings.format.lines_per_record > 1)
        throw UsageError(
            "--segments needs records of one line: leave it out with --lines-per-record, since others cannot "
            "be found "
            "from the middle of a file");
}

}  // namespace

void add_options(CommandLine& line, Request& request) {
    auto& settings = request.settings;
    const std::map<std::string, OnError> on_error = {{"stop", OnError::stop}, {"skip", OnError::skip}};
    const std::string input = "Input", delivering = "Delivering";
    line.add_count("-n,--elements", settings.elements, "Rows of the generated input");
    line.add_words("inputs", settings.inputs,
                   "Files or folders to read, or -, also .gz and .zst [generated: -n rows of 3 numbers]");
    line.add_text("--calculation", settings.calculation,
                  "What to do with each record:" + calculations_help());
    line.add_choice("--workload", settings.workload, workloads(),
                    "How the cost of a record depends on its index, for wait and lorenz");
    line.add_choice("--on-error", settings.on_error, on_error, "On a bad record stop, or skip and list it");
    line.add_word(
            "--max-rejected",
            [&settings](const std::string& word) { settings.max_rejected = parse_max_rejected(word); },
            "Exit with status 1 if more than N records, or P %, are rejected [if all are]")
        .placeholder("N|P%");
    add_format_options(line, request, input);
    line.add_count("--block", settings.block_bytes,
                   "Bytes handed out at a time [adapted to the time they take]")
        .group(input);
    line.add_count("--memory", settings.memory_bytes,
                   "Memory in bytes that rank 0 may use, however large the input")
        .group(input);
    line.add_text("--make-input", request.make_input, "Write the generated input to this file, and exit")
        .names_file()
        .group(input);
    line.add_number("--record-timeout", settings.record_timeout_seconds, 1e9,
                    "Seconds after which a record is reported and ends the run, 0: never");
    line.add_text("--out", request.delivery.target.path, "File for the results, NAME.h5 or NAME.csv")
        .names_file()
        .group(delivering);
    line.add_flag("--resume", request.delivery.resume, "Resume a run that was interrupted, or start it")
        .group(delivering);
    line.add_flag("--segments", request.delivery.segments,
                  "Ranks read the input themselves, and write: where rank 0 is the bottleneck. mpirun -np 64 "
                  "fileio "
                  "--segments --calculation sum --out r.h5 data/")
        .group(delivering);
    line.add_number("--deadline", request.delivery.deadline_seconds, 1e9,
                    "Seconds after which the run stops in good order, to be resumed; 0: never")
        .group(delivering);
}

void refuse_unusable(const CommandLine& line, const Request& request) {
    refuse_meaningless(line, request);
    const auto& settings = request.settings;
    settings.format.check();
    constexpr std::int64_t least_memory = 4096;
    if (settings.memory_bytes < least_memory) throw UsageError("--memory must be at least 4Ki");
}

}  // namespace pacer::fileio
