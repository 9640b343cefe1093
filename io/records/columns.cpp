#include "io/records/columns.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <system_error>

#include "common/base/status.hpp"

namespace pacer {

namespace {

constexpr std::int64_t most_columns = 1'000'000;  // more are a mistake

// Takes digits off the front of a word; 0 if there are none, or too many.
std::int64_t take_number(std::string_view& word) {
    std::int64_t number = 0;
    const auto [behind, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    if (error != std::errc() || number < 0) return 0;
    word.remove_prefix(static_cast<std::size_t>(behind - word.data()));
    return number;
}

bool is_number_or_range(std::string_view word) {
    constexpr std::string_view digits = "0123456789";
    const auto dash = word.find('-');
    const auto first = word.substr(0, dash);
    if (first.empty() || first.find_first_not_of(digits) != first.npos) return false;
    if (dash == word.npos) return true;
    const auto last = word.substr(dash + 1);
    return !last.empty() && last.find_first_not_of(digits) == last.npos;
}

// A word in quotes, without them; what follows stays in `text`. False if there is no second quote.
bool take_quoted(std::string_view& text, std::string& name) {
    for (text.remove_prefix(1); !text.empty(); text.remove_prefix(1)) {
        if (text.front() == '"') {
            text.remove_prefix(1);
            if (!text.starts_with('"')) return true;
        }
        name += text.front();
    }
    return false;
}

}  // namespace

Columns::Columns(std::string_view option, const std::string& written) : option_(option), written_(written) {
    const auto refuse = [&](std::string_view why) {
        throw UsageError(fmt::format("{} {}: {}", option_, written_, why));
    };
    for (std::string_view rest = written;;) {
        Word word;
        const bool quoted = rest.starts_with('"');
        if (quoted) {
            if (!take_quoted(rest, word.text)) refuse("a quote is not closed");
        } else {
            word.text = rest.substr(0, rest.find(','));
            rest.remove_prefix(word.text.size());
        }
        if (word.text.empty()) refuse("a column is missing; write them as 2,4-6 or by name");
        if (!quoted && is_number_or_range(word.text)) {
            std::string_view text = word.text;
            word.first = word.last = take_number(text);
            if (!text.empty()) text.remove_prefix(1), word.last = take_number(text);
            if (word.first < 1 || word.last < word.first || word.last > most_columns)
                refuse("columns count from 1, and ranges go up");
            for (auto column = word.first; column <= word.last; ++column) numbers_.push_back(column - 1);
        }
        words_.push_back(std::move(word));
        if (rest.empty()) break;
        if (rest.front() != ',') refuse("a comma is missing behind a quote");
        rest.remove_prefix(1);
    }
}

bool Columns::has_names() const {
    return std::any_of(words_.begin(), words_.end(), [](const Word& word) { return word.first == 0; });
}

void Columns::resolve(const std::vector<std::string>& names, std::string_view where) {
    numbers_.clear();
    for (const auto& word : words_) {
        const auto found = std::find(names.begin(), names.end(), word.text);
        const auto number = found - names.begin();
        const bool is_name = found != names.end();
        if (word.first > 0) {
            if (is_name && word.first != number + 1 && word.first == word.last) {
                throw UsageError(fmt::format(
                    "{} {}: column {} of {} is called '{}'; for that one write '\"{}\"', and leave "
                    "out --header for numbers",
                    option_, written_, number + 1, where, word.text, word.text));
            }
            for (auto column = word.first; column <= word.last; ++column) numbers_.push_back(column - 1);
            continue;
        }
        if (!is_name) {
            // A title, perhaps, as of a table.
            throw UsageError(fmt::format("{} {}: there is no column '{}' in {}, which names {}{}", option_,
                                         written_, word.text, where, fmt::join(names, ", "),
                                         names.size() > 1 ? ""
                                         : names.front().find(';') != std::string::npos
                                             ? "; see --separator"
                                             : "; for names on a later line see --skip-header"));
        }
        if (std::find(found + 1, names.end(), word.text) != names.end()) {
            throw UsageError(fmt::format("{} {}: several columns of {} are called '{}'; choose by number",
                                         option_, written_, where, word.text));
        }
        numbers_.push_back(number);
    }
}

}  // namespace pacer
