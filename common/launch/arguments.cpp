#include "common/launch/arguments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <limits>
#include <type_traits>

#include "common/base/build_info.hpp"
#include "common/base/units.hpp"

namespace pacer {

namespace {

// The whole of `word` as a number from 0 to `largest`. Throws UsageError.
template <class Number>
Number read_number(const std::string& names, const std::string& word, Number largest) {
    Number value = 0;
    const char* const end = word.data() + word.size();
    const auto read = std::from_chars(word.data(), end, value);
    if (read.ec == std::errc() && read.ptr == end && value >= 0 && value <= largest) return value;
    const auto shown = word.size() > 40 ? word.substr(0, 40) + "..." : word;
    throw UsageError(fmt::format("{} expects {} from 0 to {}, not '{}'", names.substr(names.find("--")),
                                 std::is_integral_v<Number> ? "a whole number" : "a number", largest, shown));
}

// "--format". CLI11's own get_name() is empty for options that --help does not show.
std::string name_of(const CLI::Option& option) {
    const auto& names = option.get_lnames();
    return names.empty() ? option.get_name() : "--" + names.front();
}

}  // namespace

UsageError bad_usage(std::string_view what, std::string_view command) {
    while (what.ends_with('\n') || what.ends_with('.')) what.remove_suffix(1);
    return UsageError(fmt::format("{} (see {} --help)", what, command));
}

Argument& Argument::group(const std::string& heading) {
    option_->group(heading);
    return *this;
}

Argument& Argument::usual(const std::string& value) {
    option_->default_str(value);
    return *this;
}

Argument& Argument::required() {
    option_->required();
    return *this;
}

Argument& Argument::excludes(const std::string& other) {
    option_->excludes(other);
    return *this;
}

Argument& Argument::placeholder(const std::string& word) {
    option_->type_name(word);
    return *this;
}

Argument& Argument::one_of(const std::vector<std::string>& words) {
    const auto refuse_others = [option = option_, words](const std::string& word) -> std::string {
        if (std::find(words.begin(), words.end(), word) != words.end()) return {};
        throw UsageError(
            fmt::format("unknown {} '{}'; choose from {}", name_of(*option), word, fmt::join(words, ", ")));
    };
    option_->check(refuse_others, fmt::format("{{{}}}", fmt::join(words, ",")));
    return *this;
}

Argument& Argument::names_file() {
    const auto refuse_none = [option = option_](const std::string& word) -> std::string {
        if (!word.empty()) return {};
        throw UsageError(fmt::format("{} needs a file name", name_of(*option)));
    };
    option_->check(refuse_none, "");
    return *this;
}

Arguments::Arguments(const std::string& program, const std::string& summary)
    : own_(std::make_unique<CLI::App>(summary, program)), app_(own_.get()) {
    app_->option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    app_->set_version_flag("--version",
                           of_another_project()
                               ? fmt::format("{} {} (Pacer {})", program, build_info().version, version())
                               : fmt::format("{} (Pacer) {}", program, version()));
}

Arguments::Arguments(CLI::App* command) : app_(command) {}
Arguments::~Arguments() = default;

Argument Arguments::add_flag(const std::string& names, bool& value, const std::string& help) {
    return Argument(app_->add_flag(names, value, help));
}

Argument Arguments::add_text(const std::string& names, std::string& value, const std::string& help) {
    return Argument(app_->add_option(names, value, help)->default_str(value));
}

Argument Arguments::add_word(const std::string& names, std::function<void(const std::string&)> assign,
                             const std::string& help) {
    return Argument(app_->add_option_function<std::string>(names, assign, help));
}

Argument Arguments::add_words(const std::string& names, std::vector<std::string>& value,
                              const std::string& help) {
    return Argument(
        app_->add_option(names, value, help)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll));
}

Argument Arguments::add_list(const std::string& names, std::vector<std::string>& value,
                             const std::string& help) {
    auto* const option = app_->add_option(names, value, help)->delimiter(',')->allow_extra_args(false);
    return Argument(option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll));
}

Argument Arguments::add_count(const std::string& names, std::int64_t& value, const std::string& help) {
    auto made = add_word(
        names, [&value](const std::string& word) { value = parse_count(word); }, help);
    if (value != 0) made.usual(fmt::format("{}", value));
    return made.placeholder("COUNT");
}

Argument Arguments::add_count(const std::string& names, std::optional<std::int64_t>& value,
                              const std::string& help) {
    auto made = add_word(
        names, [&value](const std::string& word) { value = parse_count(word); }, help);
    return made.placeholder("COUNT");
}

Argument Arguments::add_number(const std::string& names, double& value, double largest,
                               const std::string& help) {
    const auto assign = [&value, names, largest](const std::string& word) {
        value = read_number(names, word, largest);
    };
    return add_word(names, assign, help).placeholder("NUMBER").usual(fmt::format("{}", value));
}

Argument Arguments::add_whole(const std::string& names, std::uint64_t& value, const std::string& help) {
    const auto assign = [&value, names](const std::string& word) {
        value = read_number<std::uint64_t>(names, word, std::numeric_limits<std::int64_t>::max());
    };
    return add_word(names, assign, help).placeholder("NUMBER").usual(fmt::format("{}", value));
}

void Arguments::set_footer(const std::string& text) {
    app_->footer(text);
}

Arguments& Arguments::add_command(const std::string& name, const std::string& summary) {
    commands_.push_back(std::unique_ptr<Arguments>(new Arguments(app_->add_subcommand(name, summary))));
    return *commands_.back();
}

std::size_t Arguments::count(const std::string& name) const {
    return app_->count(name);
}

std::vector<std::pair<std::string, std::string>> Arguments::given() const {
    std::vector<std::pair<std::string, std::string>> all;
    for (const auto* const option : app_->get_options()) {
        if (option->count() == 0) continue;
        all.emplace_back(name_of(*option), fmt::format("{}", fmt::join(option->results(), ",")));
    }
    return all;
}

std::string Arguments::name() const {
    return app_->get_name();
}

std::optional<std::string> Arguments::read(int argc, const char* const* argv) {
    const auto refuse = [&](std::string_view what) {
        const auto chosen = app_->get_subcommands();
        return bad_usage(
            what, chosen.empty() ? app_->get_name() : app_->get_name() + " " + chosen.front()->get_name());
    };
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        // CLI11 takes the next word for the value, and brackets for a list.
        if (word.starts_with("--") && word.find('=') == word.size() - 1)
            throw refuse(fmt::format("{} needs a value", word));
        if (word.starts_with('[') && word.ends_with(']'))
            throw refuse(fmt::format("'{}' could be a list or a name: write ./{}", word, word));
    }
    try {
        app_->parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        // CLI11 ends each group of options, be it shown or not, with empty lines.
        auto text = app_->help();
        for (std::size_t at; (at = text.find("\n\n\n")) != text.npos;) text.erase(at, 1);
        return text.erase(text.find_last_not_of('\n') + 1) + "\n";
    } catch (const CLI::CallForVersion& wish) {
        return fmt::format("{}\n", wish.what());
    } catch (const CLI::ExtrasError& error) {
        const auto extras = app_->remaining(true);
        if (extras.empty()) throw refuse(error.what());
        throw refuse(fmt::format("{} '{}'",
                                 extras.front().starts_with('-') ? "unknown option" : "unexpected argument",
                                 extras.front()));
    } catch (const CLI::ParseError& error) {
        throw refuse(error.what());
    }
    return std::nullopt;
}

}  // namespace pacer
