#include "apps/fileio/calculation/calculation.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "apps/fileio/calculation/library.hpp"
#include "apps/fileio/calculation/lorenz.hpp"
#include "apps/fileio/calculation/program.hpp"
#include "apps/fileio/calculation/statistics.hpp"
#include "common/base/status.hpp"
#include "common/base/units.hpp"
#include "common/exact_sum/exact_sum.hpp"

namespace pacer::fileio {

namespace {

using Parameter = std::optional<std::string_view>;  // what stands behind the ":"

// The double nearest to the exact sum of at least one field, NaN if a value is missing. What an addition
// rounds off is known exactly (Knuth, The art of computer programming 2, 4.2.2). These rests can nearly
// always be added without rounding, which leaves only the last one; if not, or if a sum on the way is too
// large, another way is taken that is always exact.
double sum_of(std::span<const double> fields) {
    double sum = fields[0], rests = 0;
    bool exact = true;
    for (const double field : fields.subspan(1)) {
        const double before = sum, rests_before = rests;
        sum = before + field;
        const double of_field = sum - before;
        const double rest = (before - (sum - of_field)) + (field - of_field);
        rests = rests_before + rest;
        // One of these two differences is exact. No branches, which would cost more.
        exact = exact & (rests - rests_before == rest) & (rests - rest == rests_before);
    }
    return exact ? sum + rests : exact_sum(fields);
}

double parse_duration(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, double>, 4> units = {
        {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}}};
    constexpr double longest = 86400;
    double count = 0;
    const char* const end = word.data() + word.size();
    const auto [behind, error] = std::from_chars(word.data(), end, count);
    for (const auto& [unit, seconds] : units) {
        if (error != std::errc() || std::string_view(behind, end) != unit) continue;
        if (count >= 0 && count * seconds <= longest) return count * seconds;
    }
    throw UsageError(fmt::format(
        "'{}' is not a waiting time: write a number and ns, us, ms or s, such as wait:1ms; at most a day",
        word));
}

// Asleep, so that a core is free for others; until a moment, so that a signal in between does not prolong it.
void sleep_until(timespec start, double seconds) {
    // The kernel may wake a thread later by its slack, to save power: 50 us unless it asks for less.
    thread_local const int slack = ::prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
    static_cast<void>(slack);
    const double whole = std::floor(seconds);
    timespec end{start.tv_sec + static_cast<std::time_t>(whole),
                 start.tv_nsec + std::lround((seconds - whole) * 1e9)};
    if (end.tv_nsec >= 1'000'000'000) {
        ++end.tv_sec;
        end.tv_nsec -= 1'000'000'000;
    }
    while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, nullptr) == EINTR) {
    }
}

Calculation make_wait(Parameter parameter) {
    const double seconds = parse_duration(parameter.value_or("1ms"));
    Calculation calculation;
    calculation.identity = fmt::format("wait:{}s", seconds);
    calculation.takes_all = calculation.takes_missing = true;
    calculation.fields = calculation.results = 1;
    calculation.scales = true;
    calculation.wait_seconds = seconds;
    calculation.calculate = [seconds](std::span<const double> fields, double weight,
                                      std::span<double> results, std::string&) {
        timespec start{};
        ::clock_gettime(CLOCK_MONOTONIC, &start);
        results[0] = sum_of(fields);
        constexpr double forever = 1e9;  // 30 years: what a timespec holds on any machine
        if (seconds * weight > 0) sleep_until(start, std::fmin(seconds * weight, forever));
        return true;
    };
    return calculation;
}

Calculation make_sum(Parameter) {
    Calculation calculation;
    calculation.identity = "sum";
    calculation.takes_all = calculation.takes_missing = true;
    calculation.fields = calculation.results = 1;
    calculation.calculate = [](std::span<const double> fields, double, std::span<double> results,
                               std::string&) {
        results[0] = sum_of(fields);
        return true;
    };
    calculation.calculate_rows = [](std::span<const double> rows, std::size_t fields,
                                    std::span<double> results) {
        for (auto& result : results) {
            result = sum_of(rows.first(fields));
            rows = rows.subspan(fields);
        }
    };
    return calculation;
}

Calculation make_lorenz(Parameter parameter) {
    const std::int64_t steps = parameter ? parse_count(*parameter) : 0;
    if (steps == 0) throw UsageError("lorenz needs a number of steps, at least 1, such as lorenz:10000");
    return lorenz(steps);
}

Calculation make_stats(Parameter) {
    Calculation calculation;
    calculation.identity = "stats";
    calculation.takes_all = calculation.takes_missing = true;
    calculation.fields = 1;
    calculation.summarises = true;
    calculation.calculate = [](std::span<const double> fields, double, std::span<double>,
                               std::string& message) {
        if (fields.size() <= Statistics::most_columns) return true;
        message = fmt::format("{} fields, but stats handles at most {} columns", fields.size(),
                              Statistics::most_columns);
        return false;
    };
    return calculation;
}

struct BuiltIn {
    std::string_view name, written, summary;
    bool has_parameter;
    Calculation (*make)(Parameter);
};

constexpr std::array<BuiltIn, 4> built_in = {{
    {"wait", "wait[:TIME]", "sleeps for 1ms, or for TIME in ns, us, ms or s; returns the row's sum", true,
     make_wait},
    {"sum", "sum", "the row's sum, rounded once, NaN if a value is missing: hardly any work besides reading",
     false, make_sum},
    {"lorenz", "lorenz:STEPS",
     "STEPS steps of 0.001 in the Lorenz system, starting at the row's first three numbers", true,
     make_lorenz},
    {"stats", "stats", "count, mean, variance, minimum and maximum of each column, without missing values",
     false, make_stats},
}};

constexpr std::string_view program_written = "exec:[N:]COMMAND";
constexpr std::string_view library_written = "LIBRARY.so[:FUNCTION]";

[[noreturn]] void refuse_unknown(const std::string& name) {
    std::string known;
    for (const BuiltIn& entry : built_in) known += fmt::format("{}, ", entry.written);
    // A shared library may have any name, but only a "/" or ".so" tells it from a calculation that is
    // misspelt.
    std::error_code ignored;
    const std::string file = name.substr(0, name.find(':'));
    const bool is_file = std::filesystem::is_regular_file(file, ignored);
    if (is_file && !is_library(file)) refuse_no_library(file);
    throw UsageError(fmt::format("unknown calculation '{}'; choose from {}{} or your own, {}{}", name, known,
                                 program_written, library_written,
                                 is_file ? fmt::format(" (the file here is ./{})", file) : ""));
}

}  // namespace

Calculation make_calculation(const std::string& name) {
    if (name.starts_with("exec:")) return program_calculation(name);
    if (names_library(name)) return library_calculation(name);
    const auto colon = name.find(':');
    const std::string_view first = std::string_view(name).substr(0, colon);
    Parameter parameter;
    if (colon != std::string::npos) parameter = std::string_view(name).substr(colon + 1);
    for (const BuiltIn& entry : built_in) {
        if (entry.name != first) continue;
        if (parameter && !entry.has_parameter) {
            throw UsageError(
                fmt::format("{} takes no parameter: write {}, not {}", first, entry.written, name));
        }
        Calculation calculation = entry.make(parameter);
        calculation.name = name;
        return calculation;
    }
    refuse_unknown(name);
}

std::string calculations_help() {
    std::string help;
    const auto add = [&help](std::string_view written, std::string_view summary) {
        help += fmt::format("\n  {:<22} {}", written, summary);
    };
    for (const BuiltIn& entry : built_in) add(entry.written, entry.summary);
    add(program_written,
        "a program that answers each line of numbers with a line of N [1]: exec:'python3 mine.py'");
    add(library_written, "your own function [calculate], see pacer_calculation.h");
    return help;
}

}  // namespace pacer::fileio
