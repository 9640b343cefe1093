// The numbers that reduce sums: made from an element's index alone, so the same for any number of ranks.
// Those in memory follow no rule that a variant could use instead of reading them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/number.hpp"
#include "common/parallel/partition.hpp"

namespace pacer::reduce {

enum class Data {
    whole,       // whole numbers below 1024: sums are exact in any order
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

// Writes the elements of `range`, out of 0 .. elements-1, to `buffer`.
void make_data(Data data, Range range, std::int64_t elements, double* buffer);

// The integers in memory are below this.
inline constexpr std::int64_t integer_bound = std::int64_t{1} << 32;
void make_integers(Range range, std::uint64_t* buffer);

// The sum of integers, or of Data::whole, without a buffer: what a sum over the buffer has to come to.
Int128 sum_of_integers(Range range);
std::int64_t sum_of_whole(Range range);

}  // namespace pacer::reduce
