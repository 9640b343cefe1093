// The least work that has to be done, and the time below which this machine cannot do it.
#pragma once

#include <cstdint>
#include <string>

namespace pacer {

enum class Operation { none, int64_add, float64_add, float64_fma };

// What every variant of the app has to do at least, whatever its method.
struct Work {
    std::int64_t items = 0;       // elements, records, ...
    std::int64_t bytes = 0;       // that must come from memory; 0: none
    std::int64_t operations = 0;  // arithmetic, of the kind below
    Operation operation = Operation::none;
};

// What a probe reached in this launch.
struct MeasuredRate {
    std::string probe;
    int ranks = 1, threads = 1;  // who worked at once: so many threads of each rank
    std::int64_t bytes = 0;      // of the data that they worked on together; 0: none lay in memory
    double rate = 0;
    std::string unit;  // of the rate: "B/s"
    bool operator==(const MeasuredRate&) const = default;
};

// The time below which this machine cannot do the work with this placement.
struct Limit {
    double seconds = 0;   // 0: not measured
    std::string derived;  // "130.5 Gadd/s of int64 by 1 core", what the seconds follow from
    int rate = -1;        // which of the launch's measured rates that is; -1: none of them
};

}  // namespace pacer
