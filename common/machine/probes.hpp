// The loops whose speed counts as a limit of the machine, a row each.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string_view>

namespace pacer {

// What a probe of memory goes through: so many elements of a, of a and b, or of all three. A probe that
// writes one array writes c, as the one that copies a.
struct Stretch {
    double *a = nullptr, *b = nullptr, *c = nullptr;
    std::int64_t count = 0, passes = 1;
};

// What does best depends on the processor: each probe comes in several shapes, and the fastest counts. Where
// a probe writes, the last of them passes the caches by.
struct Probe {
    std::string_view name;
    std::string_view unit;   // of what is done in a second
    std::string_view words;  // "130.5 Gadd/s of int64 by 1 core"
    std::size_t shapes = 1;
    std::string_view arrays = {};  // that it goes through; none: it computes
    // Does the work on one core and returns how much that was, bytes as STREAM counts them: what is read
    // before it is written is not.
    double (*run)(std::size_t shape, const Stretch& stretch) = nullptr;
};

namespace probes {

double add_int64(std::size_t shape, const Stretch&);
double add_float64(std::size_t shape, const Stretch&);
double multiply_add(std::size_t shape, const Stretch&);
double read(std::size_t shape, const Stretch& stretch);
double write(std::size_t shape, const Stretch& stretch);
double copy(std::size_t shape, const Stretch& stretch);
double triad(std::size_t shape, const Stretch& stretch);

inline constexpr std::array all = {
    Probe{"int64_add", "add/s", "of int64", 3, "", add_int64},
    Probe{"float64_add", "add/s", "of float64", 3, "", add_float64},
    // A multiplication and an addition count as one: fused, where the processor can.
    Probe{"float64_fma", "FMA/s", "of float64", 3, "", multiply_add},
    Probe{"read", "B/s", "read", 3, "a", read},
    Probe{"write", "B/s", "written", 3, "c", write},
    Probe{"copy", "B/s", "copied", 2, "ac", copy},
    Probe{"triad", "B/s", "by triad", 2, "abc", triad},
};

}  // namespace probes

// The row of that name. Throws std::invalid_argument; in a constant expression there is no such program.
constexpr const Probe& probe(std::string_view name) {
    for (const auto& row : probes::all) {
        if (row.name == name) return row;
    }
    throw std::invalid_argument("there is no such probe");
}

}  // namespace pacer
