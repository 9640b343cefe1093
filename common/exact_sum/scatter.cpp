#include "common/exact_sum/scatter.hpp"

#include <algorithm>
#include <bit>

#include "common/exact_sum/prefetch.hpp"

namespace pacer {

void ScatterTable::add(std::span<const double> values, const Exponents& exponents) {
    const auto add_one = [this](double value, std::size_t turn) __attribute__((always_inline)) {
        constexpr std::uint64_t leading = std::uint64_t{1} << 52;
        const auto bits = std::bit_cast<std::uint64_t>(value);
        auto& sum = sums_[turn][bits >> 52];
        if (__builtin_add_overflow(sum, (bits & (leading - 1)) | leading, &sum)) [[unlikely]] {
            ++carries_[bits >> 52];
        }
    };
    constexpr std::size_t line = 8;
    std::size_t i = 0;
    for (; i + line <= values.size(); i += line) {
        prefetch(values.data() + i, fold_block);  // of the next block
#pragma GCC unroll 8
        for (std::size_t j = 0; j < line; ++j) add_one(values[i + j], j % turns);
    }
    for (; i < values.size(); ++i) add_one(values[i], 0);

    if (exponents.any_tiny) {
        for (const double value : values) {
            const auto bits = std::bit_cast<std::uint64_t>(value);
            tiny_[bits >> 63] += (bits << 1) >> 53 == 0 ? 1 : 0;
        }
    }
    lowest_ = std::min(lowest_, exponents.any_tiny ? 0 : static_cast<std::size_t>(exponents.lowest));
    highest_ = std::max(highest_, static_cast<std::size_t>(exponents.highest));
}

void ScatterTable::drain(ExactSum& sum) {
    for (const std::size_t first : {std::size_t{0}, fields}) {
        const bool negative = first != 0;
        for (std::size_t field = lowest_; field <= highest_; ++field) {
            UInt128 total = UInt128{carries_[first + field]} << 64;
            for (const auto& sums : sums_) total += sums[first + field];
            if (total == 0) continue;
            const int power = static_cast<int>(std::max<std::size_t>(field, 1)) - 1075;
            sum.add_scaled(total, negative, power);
            for (auto& sums : sums_) sums[first + field] = 0;
            carries_[first + field] = 0;
        }
        auto& tiny = tiny_[negative ? 1 : 0];
        sum.add_scaled(UInt128{tiny} << 52, !negative, ExactSum::exponent);
        tiny = 0;
    }
}

}  // namespace pacer
