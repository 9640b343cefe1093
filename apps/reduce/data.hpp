// The doubles that reduce sums: made from an element's index alone, so the same for any number of ranks.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/parallel/partition.hpp"

namespace pacer::reduce {

enum class Data {
    whole,       // i mod 1024: sums are exact in any order
    uniform,     // in [0, 1)
    both_signs,  // in [-1, 1)
    wide,        // of both signs, exponents spread over 600 binades
    cancelling,  // large values of both signs that cancel, some small ones that are all that is left
};

inline constexpr std::array<std::string_view, 5> data_names = {"whole", "uniform", "signed", "wide",
                                                               "cancelling"};
constexpr std::string_view name_of(Data data) {
    return data_names[static_cast<std::size_t>(data)];
}

inline constexpr std::int64_t period = 1024;  // of whole

// Writes the elements of `range`, out of 0 .. elements-1, to `buffer`.
void make_data(Data data, Range range, std::int64_t elements, double* buffer);

}  // namespace pacer::reduce
