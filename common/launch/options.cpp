#include "common/launch/options.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <limits>

#include "common/base/build_info.hpp"
#include "common/base/say.hpp"
#include "common/launch/agreement.hpp"
#include "common/measure/progress.hpp"

namespace pacer {

CommandLine::CommandLine(const std::string& program, const std::string& summary, Options& options)
    : Arguments(program, summary), options_(options) {
    constexpr double most_seconds = 1e9;
    const std::string run = "Measuring", output = "Output";
    add_list("--problems", options_.problems, "Only these problems, separated by commas (see --list)");
    add_list("--variants", options_.variants, "Only these variants, separated by commas (see --list)");
    add_count("--repeats", options_.run.repeats,
              "Timed repeats of each variant [until its median is known to 2 %]")
        .group(run);
    add_number(
        "--max-seconds", options_.run.max_seconds, most_seconds,
        "Time budget in seconds for all warm-ups and repeats, 0: unlimited (also if only --repeats is given)")
        .group(run);
    add_whole("--seed", options_.run.seed, "Seed for the order in which variants run").group(run);
    add_flag("--no-limits", options_.no_limits, "Skip measuring the machine's limits").group(run);
    add_flag("--strict-placement", options_.strict_placement,
             "Refuse to run if ranks or threads are badly placed")
        .group(run);
    add_text("--dump", options_.dump, "File for the timing dump [<app>-<UTC time>-np<ranks>.h5]")
        .names_file()
        .group(output);
    add_flag("--no-dump", options_.no_dump, "Do not write a timing dump").group(output).excludes("--dump");
    add_flag("--all-ranks", options_.all_ranks,
             "Keep the seconds of every rank beyond 1024 ranks, too, not only their quartiles")
        .group(output);
    add_count("--most-ranks", options_.run.most_ranks, "Instead of 1024").group("");  // for tests
    add_flag("--force", options_.force, "Overwrite existing files").group(output);
    add_choice("--format", options_.format, formats(), "Format of the report on standard output")
        .group(output);
    add_flag("--proof", options_.proof, "Show each rank's share of the work, and where it ran").group(output);
    add_flag("--profile", options_.profile,
             "Show the time spent in marked regions of the source (for single lines use perf)")
        .group(output);
    add_flag("--quiet", options_.quiet, "Print only errors").group(output);
    add_flag("--list", options_.list, "List the variants and exit");
}

void CommandLine::add_former_name_of_problems(const std::string& name) {
    former_name_ = name;
    add_list(name, options_.problems, "The same").group("");
}

std::optional<ExitStatus> CommandLine::parse(const Team& world, int argc, char** argv,
                                             const std::string& variant_list) {
    std::optional<std::string> text;
    Start start{fmt::format("{} {} ({:.8})", name(), build_info().version, build_info().commit), {}, {}};
    try {
        text = read(argc, argv);
    } catch (const UsageError& error) {
        start.refusal = error.what();
    }
    start.options = given();
    agree(world, start);
    if (!text && options_.list) text = variant_list;
    if (text) {
        on_root(world, [&] { print_out(*text); });
        return ExitStatus::right;
    }
    if (!former_name_.empty() && count(former_name_) > 0 && count("--problems") > 0)
        throw UsageError(
            fmt::format("{} is the old name of --problems: give only one of them", former_name_));
    options_.run.progress = !options_.quiet && world.root() && progress::on_terminal();
    if (options_.all_ranks) options_.run.most_ranks = std::numeric_limits<std::int64_t>::max();
    const bool only_repeats = count("--repeats") > 0 && count("--max-seconds") == 0;
    if (only_repeats) options_.run.max_seconds = 0;
    return std::nullopt;
}

}  // namespace pacer
