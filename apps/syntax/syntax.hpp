// syntax: what idioms of C++ cost, each against others that do the same. The problem, the answer, and the
// idioms, each of which has a table of variants in the file of its name.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/syntax/tree.hpp"
#include "common/base/number.hpp"
#include "common/machine/memory.hpp"
#include "common/measure/run.hpp"
#include "common/measure/variant.hpp"

namespace pacer::syntax {

// The largest vector that is filled by reallocating for each element.
inline constexpr std::int64_t largest_reallocated = 2000;

// What --work and --files accept: seconds an execution, and a heap of some hundred megabytes.
inline constexpr std::int64_t most_work = 1'000'000'000, most_files = 1'000'000;

struct Settings {
    std::int64_t elements = 100'000;  // of the largest size; the small ones are 4 and 10
    std::int64_t files = 10'000;
    // Elements that one execution handles, in as many calls of the idiom as that takes: so many that the
    // clock and the timed loop, some nanoseconds an execution, do not count.
    std::int64_t work = 1'000'000;
    bool limits = true;
};

struct Idiom;

// One idiom at one size. Built outside the clock, on rank 0; elsewhere only what names the case. An execution
// changes some values for some of its calls, see over_parts(), and leaves them as they were.
struct Problem {
    const Idiom* idiom = nullptr;
    std::int64_t elements = 0;
    mutable std::int64_t calls = 1;             // of the idiom, in one execution
    std::string_view order;                     // "random" or "sorted", where it matters
    std::string_view wanted;                    // "all" or "first", of the files that match
    mutable std::vector<double> values;         // whole numbers from 1 to 1024, so that their sums are exact
    mutable std::vector<double> original;       // the same values, to be changed and restored by `alias`
    std::shared_ptr<const TemporaryTree> tree;  // of `files`
    mutable bool altered = false;               // see alter()
    mutable double kept = 0;                    // the value that it changed
    mutable Number want;
    mutable double want_seen = 0;  // what is to be seen between the calls of an execution
    Limit limit;                   // of one execution
};

// What one execution comes to. Only what the idiom makes is set.
struct Answer {
    double total = 0;            // of all calls
    double seen = 0;             // see over_parts(): of what they have made, between them
    std::vector<double> values;  // of the last call, in a vector of its own
    Buffer<double> output;       // of the last call, in memory that all calls of the execution use
    std::int64_t count = 0;      // of the elements in the first of two parts
    std::int64_t originals_changed = 0, others_changed = 0;  // over all calls
    bool aliases = false;         // a change of one is promised to be a change of the other
    std::int64_t peak_bytes = 0;  // of the heap
};

using Way = Variant<Problem, Answer>;

// The elements that a call has to read and write at least, for each element of the problem.
struct Traffic {
    int read = 0, written = 0;
};

struct Idiom {
    std::string_view name;
    std::span<const Way> ways;  // the first is what a newcomer writes: the baseline
    Number (*want)(const Problem&);
    Number (*read)(const Problem&, const Answer&);
    double (*seen)(const Problem&) = nullptr;  // what is to be seen, where the last call's output is not all
    Traffic traffic = {};                      // none: no limit is known
    int places = 0;                            // in Answer::output, of each element
    bool by_order = false;                     // whether the order of the values matters
    Observations (*observe)(const Problem&, const Answer&) = nullptr;
    // Why this way is not taken at this size; empty if it is.
    std::string (*obstacle)(const Problem&, const Way&) = nullptr;
};

extern const Idiom fill, sum, square, condition, partition, nesting, alias, files;
inline constexpr std::array idioms = {&fill, &sum, &square, &condition, &partition, &nesting, &alias, &files};

// The idioms with all their ways.
std::vector<Group<Problem, Answer>> all_groups();

// One idiom's ways at one size.
struct Comparison {
    std::unique_ptr<Problem> problem;
    std::vector<Way> ways;
};

// Every chosen idiom, by its group, at every size. Collective. Throws UsageError: too much wanted, too little
// memory, no folder for temporary files.
std::vector<Comparison> make_comparisons(const Team& world, const Settings& settings,
                                         const std::vector<Group<Problem, Answer>>& chosen);

// After which nothing can be executed.
void remove_temporary_files(const std::vector<Comparison>& comparisons);

// Gives the value in the middle another value, makes a call more of `alias`, which does not look at it, or
// hides a file; and undoes it when called again.
void alter(const Problem& problem, const Way& way, const Team& team);
// Spoils what it has read of the answer: the next execution may get the same memory, and must write its
// answer itself.
Judgement judge(const Problem& problem, Answer& answer, const Team& team);
Work work(const Problem& problem);
Facts parameters(const Problem& problem);
void describe(const Problem& problem, const Way& way, Record& record);

// For each idiom and size, what is fastest, and how much longer the baseline takes.
std::string summary(const std::vector<Comparison>& comparisons, const Launch& launch);

// Uninitialised memory for so many values, at the start of a page: how it lies to the values that are read is
// the same for all ways.
Buffer<double> output_for(std::int64_t values);

// Position-weighted, so that a wrong or misplaced value shows: the sum of (first + i) * values[i]. Values
// that are no whole numbers below 2^53 come to a number that no right answer has.
Int128 weighted(std::span<const double> values, std::int64_t first = 1);

}  // namespace pacer::syntax
