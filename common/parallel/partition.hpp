// Equal shares of a range of indices.
#pragma once

#include <algorithm>
#include <cstdint>

namespace pacer {

// Indices begin .. end-1.
struct Range {
    std::int64_t begin = 0, end = 0;
    constexpr std::int64_t size() const { return end - begin; }
    bool operator==(const Range&) const = default;
};

// Part `index` of `parts`: the parts lie in order, cover the range, and differ in size by at most one.
constexpr Range part_of(Range whole, std::int64_t parts, std::int64_t index) {
    const std::int64_t each = whole.size() / parts, longer = whole.size() % parts;
    const std::int64_t begin = whole.begin + index * each + std::min(index, longer);
    return {begin, begin + each + (index < longer ? 1 : 0)};
}

// The part in which an index of the range lies.
constexpr std::int64_t part_with(Range whole, std::int64_t parts, std::int64_t index) {
    const std::int64_t each = whole.size() / parts, longer = whole.size() % parts;
    const std::int64_t at = index - whole.begin, in_longer = longer * (each + 1);
    return at < in_longer ? at / (each + 1) : longer + (at - in_longer) / each;
}

}  // namespace pacer
