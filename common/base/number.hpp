// An answer that is either a whole number of up to 128 bits or a double, without losing either.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pacer {

__extension__ using Int128 = __int128;  // __extension__: -Wpedantic knows no 128-bit integers

// Plain data, so that ranks can exchange it as bytes.
struct Number {
    Int128 whole = 0;
    double real = 0;
    bool is_real = false;

    static Number of_whole(Int128 value) { return {value, 0, false}; }
    static Number of_real(double value) { return {0, value, true}; }
    double as_double() const { return is_real ? real : static_cast<double>(whole); }
};

// Sum of two numbers of the same kind; a real operand makes the sum real, and so do more than 128 bits.
Number operator+(const Number& a, const Number& b);

// Decimal and exact: all digits of a whole number, the shortest digits that read back as the same double.
std::string to_string(const Number& number);

// What to_string wrote: digits, of up to 128 bits, are a whole number, all else is a double. (A double
// without a fraction is therefore read as a whole number.) None if the word as a whole is no number.
std::optional<Number> parse_number(std::string_view word);

}  // namespace pacer
