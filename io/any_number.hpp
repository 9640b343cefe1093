// Numbers of any notation that records may have: a part of RecordParser.
#pragma once

#include <string>
#include <string_view>

namespace pacer {

// Reads all of a word: false if it is no number. Infinite if it is beyond a double, or says so. `plain`: room
// for the word as C++ writes it.
bool read_any_number(std::string_view word, bool decimal_comma, std::string& plain, double& value);

}  // namespace pacer
