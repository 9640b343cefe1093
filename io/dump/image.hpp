// The bytes of a timing dump.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "common/measure/record.hpp"

namespace pacer {

// Makes a dump of format 2 in memory and calls `use` with its bytes. Throws std::runtime_error, which
// completes "cannot write FILE: ", for what no reader would take, as a sample of 0 seconds; and
// std::invalid_argument if a record's samples do not fit its repeats and ranks.
void make_dump(std::span<const Launch> launches, const std::function<void(std::string_view)>& use);

// The launches in a dump of any format, in the order of their ids. Throws std::runtime_error, which completes
// "cannot read FILE: ". `format`, if wanted: the number of the format.
std::vector<Launch> launches_in(std::string_view image, int* format = nullptr);

}  // namespace pacer
