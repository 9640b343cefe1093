// How times depend on one numeric parameter, such as the size of an array or of a message.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "apps/timings/compare/cases.hpp"

namespace pacer::timings {

// A variant on so many ranks x threads at one value of the parameter.
struct SweepPoint {
    double at = 0;  // the parameter
    double value = 0, low = 0,
           high = 0;  // median over the launches, and its 95 % interval; all the same if there is none
};

struct SweepLine {
    std::string variant;
    int ranks = 1, threads = 1;
    bool is_rate = false;            // bytes a second; else seconds an item
    std::vector<SweepPoint> points;  // by `at`, ascending
};

struct Sweep {
    std::string app, parameter;
    Facts others;  // the parameters that are the same at all points
    std::vector<SweepLine> lines;
    std::vector<std::pair<std::string, double>>
        marks;  // caches by size, where the parameter is one: "L2", 1048576
};

// Cases that differ only in one numeric parameter and have at least four values of it above 0. An app that
// was run with several sets of other parameters has a sweep for each.
std::vector<Sweep> sweeps_of(const std::vector<Case>& cases);

// Whether every case that was run is part of a sweep.
bool are_all_swept(const std::vector<Case>& cases, const std::vector<Sweep>& sweeps);

// Whether the parameter is a size in bytes, by its name: bytes, working_set, or something_bytes.
bool is_size(std::string_view parameter);

}  // namespace pacer::timings
