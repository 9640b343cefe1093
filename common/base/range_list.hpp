// Whole numbers as the kernel lists them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pacer {

// "0-3,8" of 0 1 2 3 8, and back; what is no number ends the list.
std::string range_list(const std::vector<int>& numbers);
std::vector<int> numbers_in(std::string_view range_list);

}  // namespace pacer
