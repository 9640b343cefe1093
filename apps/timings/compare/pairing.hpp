// What is compared with what: single launches, pairs of neighbours in time, or sets of hosts.
#pragma once

#include <vector>

#include "apps/timings/compare/cases.hpp"
#include "apps/timings/compare/launch_statistics.hpp"

namespace pacer::timings {

enum class Basis {
    launch,
    pair,  // launches of both sides that ran in turns, A B B A ...
    hosts  // all launches on the same hosts, whatever their jobs: no two nodes are quite alike
};

// The times of both sides that are held against each other, in seconds; of pairs the i-th against the i-th.
struct Compared {
    Basis basis = Basis::launch;
    std::vector<double> base, candidate;
};

// Every launch by itself, wherever and whenever it ran.
Compared by_launch(const Case& base, const Case& candidate);

// By sets of hosts if the sides did not run on the same hosts, about equally often: a median for each set. In
// pairs if their launches took turns, by the time of their start, and fewest_pairs of them are left. Else by
// launch.
Compared by_nature(const Case& base, const Case& candidate);

RatioEstimate estimate(const Compared& compared);

}  // namespace pacer::timings
