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

// The time below which this machine cannot do the work with this placement.
struct Limit {
    double seconds = 0;   // 0: not measured
    std::string derived;  // "130.5 Gadd/s of int64 by 1 core", what the seconds follow from
};

}  // namespace pacer
