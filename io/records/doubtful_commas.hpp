// Commas in a line of digits that separate numbers for one reader, and for another belong to one number.
#pragma once

#include <string_view>

namespace pacer {

enum class Commas {
    clear,     // "1,2,3", "12,5,7.5", "1 2"
    doubtful,  // "12,5", "-12,5e3", "1,234", "1,234,567.89"
    refused,   // "1.234,56": hardly anything but one number
};

// Judges a line that separates numbers by commas; it may have its line end, and a comment that begins with
// one of those characters.
Commas doubt_of_commas(std::string_view line, std::string_view comments = "#");

// "1 234,56": where commas are decimal points, a line of two numbers, or of one with a blank between
// thousands.
bool may_have_blanks_in_number(std::string_view line, std::string_view comments = "#");

}  // namespace pacer
