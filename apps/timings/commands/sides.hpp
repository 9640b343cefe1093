// The two sides of a comparison as commands take them, with what is said of them, and the comparison itself.
#pragma once

#include <string>
#include <vector>

#include "apps/timings/compare/comparison.hpp"
#include "apps/timings/monitoring.hpp"
#include "common/launch/arguments.hpp"

namespace pacer::timings {

struct Sides {
    std::vector<std::string> base, candidate, confirm;  // files
    std::vector<std::string> pairs, ignored;
    std::string margin, expected;
    bool dedupe = false;
    ComparisonOptions options;

    std::vector<std::string> files() const;
};

// The options, those of `command` that follow its name.
void add_sides(Arguments& command, Sides& sides);

// What was read, as it was compared; the new side without the fresh launches.
struct ReadSides {
    std::vector<Launch> base, candidate, confirm;
    Comparison comparison;
};
ReadSides read_and_compare(Sides sides, const std::string& command);
Findings findings_of(const ReadSides& read, const std::string& command);

// How a comparison ends, for --help.
inline constexpr const char* statuses =
    "Exit status: 0 nothing got slower; 1 a case got slower, or an answer is wrong; 2 bad usage, or a file "
    "that cannot be read; 3 inconclusive: take more launches, on an idle machine; 4 not the same tests: "
    "cases "
    "are missing, or the hardware or the number of ranks is another.";

}  // namespace pacer::timings
