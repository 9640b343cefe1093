// Summing many doubles exactly, at the speed of memory where their exponents allow.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "common/exact_sum/fold_window.hpp"
#include "common/exact_sum/scatter.hpp"
#include "common/exact_sum/state.hpp"

namespace pacer {

// One thread's exact sum in the making. Blocks of values go through a window of 2 to 4 folds (46, 97 or 148
// binades between the largest and the smallest value) that follows the data, or where that is too narrow
// through a table with an integer for each exponent.
class ExactAccumulator {
  public:
    // Any doubles, in any mode of rounding and flushing.
    void add(std::span<const double> values);

    // What was added so far.
    const ExactSum& sum();

    // How often each way was taken, for tests.
    struct Paths {
        std::int64_t in_window[FoldWindow::most_folds + 1] = {};  // blocks, by folds
        std::int64_t missed = 0;     // blocks that did not fit the window there was
        std::int64_t scattered = 0;  // blocks that went through the table
        std::int64_t singly = 0;     // blocks added value by value
        std::int64_t replaced = 0;   // blocks with NaN or infinities, which then took one of the ways above
    };
    const Paths& paths() const { return paths_; }

  private:
    void add_block(std::span<const double> block);
    bool fits_window(std::span<const double> block);
    bool move_window(const Exponents& exponents);
    void add_widely(std::span<const double> block, const Exponents& exponents);
    void add_infinite(std::span<const double> block);
    void empty_window();

    ExactSum sum_;
    FoldWindow window_;
    bool use_window_ = false;  // the block before went through it
    __extension__ using Int128 = __int128;
    std::array<Int128, FoldWindow::most_folds> pending_{};  // what went through the window since it was moved
    std::unique_ptr<ScatterTable> table_;                   // once it is needed
    Paths paths_;
};

}  // namespace pacer
