// Numbers of any notation that records may have: a part of RecordParser.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pacer {

// Reads all of a word: false if it is no number. Infinite if it is beyond a double, or says so. `plain`: room
// for the word as C++ writes it.
bool read_any_number(std::string_view word, bool decimal_comma, std::string& plain, double& value);

// The digits of an unsigned whole number, written 12, 12.0 or 1.2e1. False if it is none.
bool digits_of_whole(std::string_view number, std::string& digits);

// Fortran writes 3*0.0 for three equal numbers: gives 3 and leaves 0.0. For any other word 1.
std::size_t take_repeat(std::string_view& word);

}  // namespace pacer
