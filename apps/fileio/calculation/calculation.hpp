// What is calculated from each record: built in, or a function from the user's own shared library.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace pacer::fileio {

class Programs;

struct Calculation {
    std::string name;        // as asked for: "lorenz:10000", "./mine.so:calculate"
    std::string identity;    // what it must equal for results to be comparable: the name, and a hash of a
                             // library's file
    int fields = 0;          // a record needs at least
    bool takes_all = false;  // fields, however many a record has
    bool takes_missing =
        false;                // fields may be NaN, where a value is missing; else such records are rejected
    int results = 0;          // numbers of each record
    bool summarises = false;  // no results of each record: column statistics of the whole input instead
    bool scales = false;      // its cost follows `weight`
    double wait_seconds = 0;  // that a record of weight 1 waits, however fast the machine is
    std::int64_t operations =
        0;  // additions and multiplications of a record of weight 1, 0: unknown or too few to matter

    // From the fields of a record (at least as many as needed) to its results. `weight` scales the cost and
    // is 1 unless the run asked for uneven work. False, and a reason in `message`, if the record is to be
    // rejected. May throw. Called by several threads at once.
    std::function<bool(std::span<const double> fields, double weight, std::span<double> results,
                       std::string& message)>
        calculate;

    // The same for rows of so many fields, all of which it takes: if it neither rejects any, nor takes long.
    // Results: [rows x results]. May be empty.
    std::function<void(std::span<const double> rows, std::size_t fields, std::span<double> results)>
        calculate_rows{};

    // Undoes what such a function may leave behind, such as another working folder; called after some
    // records. None: nothing.
    std::function<void()> tidy{};

    // Instead of that function: programs that calculate whole blocks.
    std::shared_ptr<Programs> programs{};
};

// The calculation of that name: wait:DURATION, sum, lorenz:STEPS, stats, exec:[N:]COMMAND, LIBRARY[:FUNCTION]
// (a word with a "/" or one that ends in ".so"). Throws UsageError: unknown, a parameter that does not parse,
// no such file or function, a library made for another version of the interface.
Calculation make_calculation(const std::string& name);

// For --help: a line for each calculation.
std::string calculations_help();

}  // namespace pacer::fileio
