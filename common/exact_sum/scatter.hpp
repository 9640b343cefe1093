// The way to sum doubles exactly whatever their exponents: one integer for each sign and exponent.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "common/exact_sum/fold_window.hpp"
#include "common/exact_sum/state.hpp"

namespace pacer {

// 180 KiB, of which values whose exponents are close use little.
class ScatterTable {
  public:
    // Up to fold_block finite values with these exponents.
    void add(std::span<const double> values, const Exponents& exponents);
    // Moves all that was added to `sum`.
    void drain(ExactSum& sum);

  private:
    static constexpr std::size_t fields = 2048;  // of exponents
    // Values take turns at so many integers for an exponent. With one, values of few exponents wait for each
    // other's stores: a block of them and a lone tiny value took five times as long as a plain sum.
    static constexpr std::size_t turns = 4;
    // Keeps the integers of an exponent out of each other's cache sets, for some 600 exponents in use.
    static constexpr std::size_t apart = 640;

    // By turn, sign and exponent: sums of mantissas with their leading bit.
    std::array<std::array<std::uint64_t, 2 * fields + apart>, turns> sums_{};
    std::array<std::uint64_t, 2 * fields> carries_{};  // out of these, of all turns
    std::array<std::uint64_t, 2> tiny_{};  // by sign: how many of exponent 0, which have no such bit, got one
    std::size_t lowest_ = fields, highest_ = 0;  // the exponents met so far
};

}  // namespace pacer
