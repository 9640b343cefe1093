// The way to sum doubles exactly whatever their exponents: one integer for each sign and exponent.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "common/exact_sum/fold_window.hpp"
#include "common/exact_sum/state.hpp"

namespace pacer {

// 64 KiB, of which values whose exponents are close use little.
class ScatterTable {
  public:
    // Up to fold_block finite values with these exponents.
    void add(std::span<const double> values, const Exponents& exponents);
    // Moves all that was added to `sum`.
    void drain(ExactSum& sum);

  private:
    static constexpr std::size_t fields = 2048;  // of exponents
    // By sign and exponent: sums of mantissas with their leading bit, and the carries out of these.
    std::array<std::uint64_t, 2 * fields> sums_{}, carries_{};
    std::array<std::uint64_t, 2> tiny_{};  // by sign: how many of exponent 0, which have no such bit, got one
    std::size_t lowest_ = fields, highest_ = 0;  // the exponents met so far
};

}  // namespace pacer
