#include "common/exact_sum/accumulator.hpp"

#include <algorithm>
#include <cmath>

#include "common/exact_sum/exact_sum.hpp"
#include "common/exact_sum/float_mode.hpp"

namespace pacer {

namespace {

constexpr std::size_t few = 16;            // values that are sooner added one by one
constexpr std::size_t sampled = 64;        // values that the first window is made for
constexpr std::size_t worth_table = 2048;  // values that pay for a table
constexpr int head_room = 3;               // binades above the largest value seen
constexpr int nonfinite = 2047;

// The window for values with such exponents; 0 folds if there is none.
FoldWindow window_for(const Exponents& exponents) {
    for (const int room : {head_room, 0}) {
        // All values are below 2^end and multiples of 2^begin.
        const int end = exponents.highest - 1022, begin = exponents.lowest - 1075;
        const int top =
            std::clamp(end + room - FoldWindow::fold_bits, FoldWindow::lowest_top, FoldWindow::highest_top);
        if (end > top + FoldWindow::fold_bits) continue;
        for (int folds = 2; folds <= FoldWindow::most_folds; ++folds) {
            if (begin >= top - (folds - 1) * FoldWindow::fold_bits) return {top, folds};
        }
    }
    return {0, 0};
}

}  // namespace

void ExactAccumulator::add(std::span<const double> values) {
    sum_.note(values);
    if (values.size() <= few) {
        for (const double value : values) sum_.add(value);
        return;
    }
    const DefaultFloatMode mode;
    if (!use_window_) use_window_ = move_window(exponents_of(values.first(std::min(values.size(), sampled))));
    constexpr auto block = static_cast<std::size_t>(fold_block);
    for (; values.size() > block; values = values.subspan(block)) add_block(values.first(block));
    add_block(values);
}

void ExactAccumulator::add_block(std::span<const double> block) {
    if (use_window_) {
        if (fits_window(block)) return;
        ++paths_.missed;
    }
    const auto exponents = exponents_of(block);
    if (exponents.highest == nonfinite) return add_infinite(block);
    use_window_ = move_window(exponents);
    // In a window made for it the block fits.
    if (!use_window_ || !fits_window(block)) add_widely(block, exponents);
}

bool ExactAccumulator::fits_window(std::span<const double> block) {
    const auto result = sum_in_window(block, window_);
    if (!result.complete) return false;
    for (int fold = 0; fold < window_.folds; ++fold) {
        const auto at = static_cast<std::size_t>(fold);
        pending_[at] += result.sums[at];
    }
    ++paths_.in_window[window_.folds];
    if (result.last_fold_unused) --window_.folds;
    return true;
}

// Returns whether there is a window for such values.
bool ExactAccumulator::move_window(const Exponents& exponents) {
    if (exponents.highest == 0) return true;  // zeros fit any
    if (exponents.highest == nonfinite) return use_window_;
    const FoldWindow wanted = window_for(exponents);
    if (wanted.folds == 0) return false;
    if (wanted.top != window_.top) empty_window();
    window_ = wanted;
    return true;
}

void ExactAccumulator::empty_window() {
    for (int fold = 0; fold < FoldWindow::most_folds; ++fold) {
        auto& pending = pending_[static_cast<std::size_t>(fold)];
        const bool negative = pending < 0;
        const auto magnitude = static_cast<UInt128>(negative ? -pending : pending);
        if (magnitude != 0) sum_.add_scaled(magnitude, negative, window_.top - fold * FoldWindow::fold_bits);
        pending = 0;
    }
}

void ExactAccumulator::add_widely(std::span<const double> block, const Exponents& exponents) {
    if (!table_ && block.size() < worth_table) {
        ++paths_.singly;
        for (const double value : block) sum_.add(value);
        return;
    }
    ++paths_.scattered;
    if (!table_) table_ = std::make_unique<ScatterTable>();
    table_->add(block, exponents);
}

// The finite values of the block, and zeros in place of the others, which are added singly.
void ExactAccumulator::add_infinite(std::span<const double> block) {
    ++paths_.replaced;
    std::array<double, fold_block> finite;
    for (std::size_t i = 0; i < block.size(); ++i) {
        const bool is_finite = std::isfinite(block[i]);
        finite[i] = is_finite ? block[i] : 0;
        if (!is_finite) sum_.add(block[i]);
    }
    add_block(std::span(finite).first(block.size()));
}

const ExactSum& ExactAccumulator::sum() {
    empty_window();
    if (table_) table_->drain(sum_);
    return sum_;
}

double exact_sum(std::span<const double> values) {
    ExactAccumulator accumulator;
    accumulator.add(values);
    return accumulator.sum().round();
}

}  // namespace pacer
