// The fast way to sum doubles exactly: integers in the mantissas of vector registers.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace pacer {

// A window of `folds` * 51 bits: adding 1.5 * 2^(52 + top) to a double below 2^(51 + top) rounds it to a
// multiple of 2^top, which lies as an integer in the low bits of the result's mantissa; what is lost by
// rounding, known exactly, goes to the next fold, 51 bits below.
struct FoldWindow {
    static constexpr int most_folds = 4, fold_bits = 51;
    static constexpr int highest_top = 971;                                  // 1.5 * 2^(52 + top) is finite
    static constexpr int lowest_top = -1074 + (most_folds - 1) * fold_bits;  // no fold ends below 2^-1074
    int top = 0;
    int folds = 2;
};

struct WindowSum {
    std::array<std::int64_t, FoldWindow::most_folds> sums;  // of fold k, in units of 2^(top - 51 k)
    bool complete;  // every value lay in the window: the sums are exact; else they mean nothing
    bool last_fold_unused;
};

constexpr std::int64_t fold_block = 4096;  // values whose integers add up to less than 2^63 in magnitude

// Sums up to fold_block values of any kind; NaN and infinities are never complete. Wants the mode of
// DefaultFloatMode.
WindowSum sum_in_window(std::span<const double> values, FoldWindow window);

// The exponent fields among values: 1 of subnormals too, 2047 of infinities and NaN.
struct Exponents {
    int highest = 0;        // 0 if all values are zero
    int lowest = 0;         // of those that are not zero
    bool any_tiny = false;  // a subnormal or, perhaps, a zero
};
Exponents exponents_of(std::span<const double> values);

// The instruction sets that both functions are compiled for and this CPU has, best first. They use the best,
// or what was asked for: for tests.
std::vector<std::string_view> vector_levels();
void use_vector_level(std::string_view name);

}  // namespace pacer
