// The few figures of an app that tell what a machine can do. Each app declares its own, in headlines.cpp.
#pragma once

#include <string_view>
#include <vector>

#include "common/measure/record.hpp"

namespace pacer {

enum class Quantity { rate, seconds, seconds_per_item };
enum class Cores { one, all, any };  // all: more than one

// A headline is the best of the cases that fit: those of a variant, of any if it is empty, whose parameter
// `parameter` reads `value` (and so the second one, if there is one), on so many cores. Of a time on all
// cores the cases with the most of them count: it grows with them.
struct HeadlineRule {
    std::string_view key, label;  // "memory_read_one_core", "memory read, 1 core"
    std::string_view variant, parameter, value;
    Cores cores;
    Quantity quantity;
    std::string_view second_parameter = {}, second_value = {};
};

// Those that the right answers of a launch tell, in the order of the rules.
std::vector<Headline> headlines_of(const Launch& launch, const std::vector<HeadlineRule>& rules);

}  // namespace pacer
