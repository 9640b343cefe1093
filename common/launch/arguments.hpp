// What a program, or a command of it, may be called with. CLI11 does the work, behind these methods: its
// header alone takes a compiler longer than most files here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/status.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace pacer {

// How a command line is refused: what is wrong with it, a full stop removed, and where to look the options
// up.
UsageError bad_usage(std::string_view what, std::string_view command);

// An option that was declared. Each call says more of it.
class Argument {
  public:
    explicit Argument(CLI::Option* option) : option_(option) {}
    Argument& group(const std::string& heading);              // under which --help shows it
    Argument& usual(const std::string& value);                // what --help shows in brackets
    Argument& required();                                     // without it the command line is refused
    Argument& excludes(const std::string& other);             // both together are refused
    Argument& placeholder(const std::string& word);           // what --help calls the value
    Argument& one_of(const std::vector<std::string>& words);  // others are refused
    Argument& names_file();  // none, of a variable that is not set, is refused

  private:
    CLI::Option* option_;
};

// Options are called by names such as "-n,--elements"; a name without a dash is that of words without option.
// What they are bound to must outlive this, and what it holds is what counts unless the option is given. Of
// an option that is given again the last counts, so that scripts can append to their own; lists are joined.
class Arguments {
  public:
    Arguments(const std::string& program, const std::string& summary);
    ~Arguments();
    Arguments(const Arguments&) = delete;
    Arguments& operator=(const Arguments&) = delete;

    Argument add_flag(const std::string& names, bool& value, const std::string& help);
    Argument add_text(const std::string& names, std::string& value, const std::string& help);
    // Calls `assign` with what was given, which may throw UsageError.
    Argument add_word(const std::string& names, std::function<void(const std::string&)> assign,
                      const std::string& help);
    // A word or several of them after one name.
    Argument add_words(const std::string& names, std::vector<std::string>& value, const std::string& help);
    // Separated by commas: what follows is none of them.
    Argument add_list(const std::string& names, std::vector<std::string>& value, const std::string& help);
    // 2e9, 2G, 64Ki: see parse_count.
    Argument add_count(const std::string& names, std::int64_t& value, const std::string& help);
    Argument add_count(const std::string& names, std::optional<std::int64_t>& value, const std::string& help);
    // From 0 to `largest`.
    Argument add_number(const std::string& names, double& value, double largest, const std::string& help);
    Argument add_whole(const std::string& names, std::uint64_t& value, const std::string& help);

    // One of the names in `choices`.
    template <class Enum>
    Argument add_choice(const std::string& names, Enum& value, const std::map<std::string, Enum>& choices,
                        const std::string& help) {
        std::vector<std::string> words;
        std::string usual;
        for (const auto& [word, meaning] : choices) {
            words.push_back(word);
            if (meaning == value) usual = word;
        }
        auto made = add_word(
            names, [&value, choices](const std::string& word) { value = choices.at(word); }, help);
        return made.one_of(words).placeholder("NAME").usual(usual);
    }

    void set_footer(const std::string& text);

    // Another set of arguments, of a command that is named first. Lives as long as this.
    Arguments& add_command(const std::string& name, const std::string& summary);

    // How often an option was given.
    std::size_t count(const std::string& name) const;

    // All that was given, by the options' names, with the values as they were, commas between several.
    std::vector<std::pair<std::string, std::string>> given() const;

    // The program's.
    std::string name() const;

    // Reads the command line. Returns what is to be printed instead of running: for --help and --version.
    // Throws UsageError, one sentence, for whatever is unknown or unusable.
    std::optional<std::string> read(int argc, const char* const* argv);

  private:
    explicit Arguments(CLI::App* command);  // somebody else's

    std::unique_ptr<CLI::App> own_;
    CLI::App* app_;
    std::vector<std::unique_ptr<Arguments>> commands_;
};

}  // namespace pacer
