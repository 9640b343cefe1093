// What a program says. The report on standard output is its result: written whole, or an error. What is said
// on standard error may be lost, with its terminal or on a full disk, and is no reason to end.
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <string_view>
#include <utility>

namespace pacer {

// Writes all of it to stderr at once, as far as it can be written. Throws nothing, raises no signal; may be
// called in a handler of signals, and leaves errno alone.
void say(std::string_view text) noexcept;

// The same, formatted.
template <class... Values>
void say(fmt::format_string<Values...> format, Values&&... values) requires(sizeof...(Values) > 0) {
    say(std::string_view(fmt::format(format, std::forward<Values>(values)...)));
}

// Writes all of it now, or throws UsageError: a full disk must not look like a short report. To stderr it is
// said.
void print_out(std::string_view text, std::FILE* stream = stdout);

}  // namespace pacer
