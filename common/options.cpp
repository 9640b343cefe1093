#include "common/options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "common/build_info.hpp"
#include "common/progress.hpp"
#include "common/units.hpp"
#include "common/usage.hpp"

namespace pacer {

CommandLine::CommandLine(std::string program, std::string summary, Options& options)
    : cli(std::move(summary), program), program_(std::move(program)), options_(options) {
    const std::string run = "Measuring", output = "Output";
    cli.option_defaults()->multi_option_policy(
        CLI::MultiOptionPolicy::TakeLast);  // scripts append to their defaults
    add_count("-n,--elements", options_.elements, "Size of the problem");
    cli.add_option("--variants", options_.variants, "Only these, separated by commas; --list names them")
        ->delimiter(',')
        ->allow_extra_args(false)  // what follows is no variant
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    add_count("--repeats", options_.run.repeats,
              "Timed repeats of each variant [until its median is known to 2 %]")
        ->group(run);
    cli.add_option("--max-seconds", options_.run.max_seconds,
                   "Time budget of the whole launch, 0: none; with --repeats alone there is none")
        ->capture_default_str()
        ->check(CLI::NonNegativeNumber)
        ->group(run);
    cli.add_option("--seed", options_.run.seed, "Of the order in which variants take turns")
        ->capture_default_str()
        ->group(run);
    cli.add_flag("--no-limits", options_.no_limits, "Do not probe what the machine can do at best")
        ->group(run);
    cli.add_flag("--strict-placement", options_.strict_placement,
                 "Refuse to run when ranks or threads are badly placed")
        ->group(run);
    cli.add_option("--dump", options_.dump, "Timing dump to write [<app>-<UTC time>-np<ranks>.h5]")
        ->group(output);
    cli.add_flag("--no-dump", options_.no_dump, "Write no timing dump")->group(output)->excludes("--dump");
    cli.add_flag("--force", options_.force, "Overwrite existing files")->group(output);
    const std::map<std::string, Format> formats = {
        {"table", Format::table}, {"csv", Format::csv}, {"json", Format::json}};
    add_choice("--format", options_.format, formats, "What to print on standard output")->group(output);
    cli.add_flag("--proof", options_.proof, "Show which rank summed what, where")->group(output);
    cli.add_flag("--profile", options_.profile, "Show where the time goes, by source line")->group(output);
    cli.add_flag("--quiet", options_.quiet, "Print nothing but errors")->group(output);
    cli.add_flag("--list", options_.list, "List the variants and exit");
    cli.set_version_flag("--version", fmt::format("{} (Pacer) {}", program_, version()));
    cli.failure_message([](const CLI::App*, const CLI::Error& error) { return std::string(error.what()); });
}

CLI::Option* CommandLine::add_count(const std::string& name, std::int64_t& value, const std::string& help) {
    const auto assign = [&value](const std::string& word) { value = parse_count(word); };
    auto* option = cli.add_option_function<std::string>(name, assign, help)->type_name("COUNT");
    if (value != 0) option->default_str(fmt::format("{}", value));
    return option;
}

std::optional<ExitStatus> CommandLine::parse(const Team& world, int argc, char** argv,
                                             const std::string& variant_list) {
    try {
        cli.parse(argc, argv);
    } catch (const CLI::Success& wish) {  // --help, --version
        if (world.root()) cli.exit(wish);
        return ExitStatus::right;
    } catch (const CLI::ExtrasError& error) {
        const auto extras = cli.remaining();
        throw bad_usage(extras.empty() ? error.what() : fmt::format("nothing is called '{}'", extras.front()),
                        program_);
    } catch (const CLI::ParseError& error) {
        throw bad_usage(error.what(), program_);
    }
    if (!std::isfinite(options_.run.max_seconds)) throw UsageError("--max-seconds wants a number of seconds");
    if (options_.list) {
        if (world.root()) fmt::print("{}", variant_list);
        return ExitStatus::right;
    }
    options_.run.progress = !options_.quiet && world.root() && progress::on_terminal();
    const bool only_repeats = cli.count("--repeats") > 0 && cli.count("--max-seconds") == 0;
    if (only_repeats) options_.run.max_seconds = 0;
    return std::nullopt;
}

void CommandLine::begin_budget() {
    if (cli.count("--max-seconds") + cli.count("--repeats") == 0)
        options_.run.max_seconds += seconds_since_launch();
}

void refuse_unknown(const std::vector<std::string>& names, const std::vector<std::string_view>& known) {
    for (const auto& name : names) {
        if (std::find(known.begin(), known.end(), name) == known.end()) {
            throw UsageError(
                fmt::format("no variant is called '{}'; there are {}", name, fmt::join(known, ", ")));
        }
    }
}

std::string list_row(std::string_view name, Uses uses, std::string_view summary) {
    const auto occupies = [&]() -> std::string_view {
        switch (uses) {
            case Uses::core:
                return "1 core";
            case Uses::threads:
                return "threads of 1 process";
            case Uses::ranks:
                return "all ranks";
            case Uses::both:
                return "all ranks x threads";
        }
        return "";
    };
    return fmt::format("{:<20} {:<22} {}\n", name, occupies(), summary);
}

}  // namespace pacer
