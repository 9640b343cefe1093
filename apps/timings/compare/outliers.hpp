// Launches that stand out from the others of the same program: a disturbed node, another clock rate.
#pragma once

#include <string>
#include <vector>

#include "apps/timings/compare/cases.hpp"

namespace pacer::timings {

struct OutlyingLaunch {
    const Launch* launch = nullptr;
    double ratio = 1;  // of its median to the median of all launches
};

// Those that took over 3 % more or less time than the median launch and do not fit the spread of the others,
// see pacer::outlying(). In the order of the launches; none below 4 launches.
std::vector<OutlyingLaunch> outlying_launches(const Case& one);

// A sentence for each outlying launch, by id: "launch ID stands out in 2 of 5 cases: reduce/mpi 2 x 1 took
// 100 times as long as in the median launch, ...". Of many cases the most extreme are named.
std::vector<std::string> sentences_of_outliers(const std::vector<Case>& cases);

}  // namespace pacer::timings
