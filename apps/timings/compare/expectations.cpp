#include "apps/timings/compare/expectations.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <string_view>

#include "common/base/split.hpp"

namespace pacer::timings {

namespace {

std::string trimmed(std::string_view text) {
    const auto begin = std::min(text.find_first_not_of(" \t\r"), text.size());
    const auto end = text.find_last_not_of(" \t\r");
    return std::string(text.substr(begin, end == std::string_view::npos ? 0 : end + 1 - begin));
}

bool is_day(std::string_view text) {
    constexpr std::string_view form = "dddd-dd-dd";
    return std::equal(text.begin(), text.end(), form.begin(), form.end(),
                      [](char c, char wanted) { return wanted == 'd' ? c >= '0' && c <= '9' : c == wanted; });
}

// What is in a line; no name if it says nothing.
Expectation expectation_in(const std::string& line, const std::string& where) {
    if (trimmed(line).empty() || trimmed(line).front() == '#') return {};
    const auto fields = split(line, '|');
    const auto field = [&](std::size_t i) { return i < fields.size() ? trimmed(fields[i]) : std::string(); };
    Expectation made{field(0), field(1), field(2)};
    if (fields.size() != 3 || made.name.empty() || made.reason.empty() || !is_day(made.until))
        throw UsageError(fmt::format(
            "{}: give CASE | REASON | YYYY-MM-DD, such as reduce/simd | older compiler | 2026-12-31", where));
    return made;
}

bool was_never_run(const Difference& row) {
    return row.reference.launches + row.subject.launches == 0;
}

bool may_be_expected(const Difference& row) {
    constexpr std::array some = {Finding::slower, Finding::missing, Finding::inconclusive};
    return std::find(some.begin(), some.end(), row.finding) != some.end() ||
           (row.finding == Finding::not_compared && was_never_run(row));
}

std::string_view words_of(const Difference& row) {
    if (row.finding == Finding::slower) return "slower";
    if (row.finding == Finding::missing) return "missing";
    return row.finding == Finding::inconclusive ? "inconclusive" : "untested";
}

void expect(Difference& row, const Expectation& expectation) {
    const auto note = row.note.empty() ? "" : "; " + row.note;
    row.note = fmt::format("{}, until {}: {}{}", words_of(row), expectation.until, expectation.reason, note);
    row.finding = Finding::expected;
    row.launches_needed = 0;
}

}  // namespace

std::string utc_today() {
    return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::system_clock::now()));
}

std::vector<Expectation> read_expectations(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw UsageError(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    std::vector<Expectation> found;
    int number = 0;
    for (std::string line; std::getline(file, line);) {
        auto one = expectation_in(line, fmt::format("{}, line {}", path, ++number));
        if (!one.name.empty()) found.push_back(std::move(one));
    }
    if (file.bad()) throw UsageError(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    return found;
}

std::vector<std::string> apply(const std::vector<Expectation>& expectations, const std::string& today,
                               std::vector<Difference>& rows) {
    const auto keys = keys_of(rows);
    std::vector<std::string> lines;
    for (const auto& one : expectations) {
        std::vector<Difference*> meant;
        for (auto& row : rows) {
            if (matches(row.key, one.name) || name_of(row.key, keys) == one.name) meant.push_back(&row);
        }
        const auto say = [&](std::string_view what) {
            lines.push_back(fmt::format("{} ({}): {}", one.name, one.reason, what));
        };
        if (meant.empty()) {
            say("no case here has that name");
        } else if (one.until < today) {
            say(fmt::format("expected until {}, and no longer", one.until));
        } else if (std::none_of(meant.begin(), meant.end(), [](auto* row) {
                       return may_be_expected(*row) || row->finding == Finding::expected;
                   })) {
            say("expected, and did not happen");
        } else {
            for (auto* row : meant) {
                if (may_be_expected(*row)) expect(*row, one);
            }
        }
    }
    return lines;
}

}  // namespace pacer::timings
