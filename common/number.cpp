#include "common/number.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pacer {

Number operator+(const Number& a, const Number& b) {
    if (a.is_real || b.is_real) return Number::of_real(a.as_double() + b.as_double());
    return Number::of_whole(a.whole + b.whole);
}

std::string to_string(const Number& number) {
    return number.is_real ? fmt::format("{}", number.real) : fmt::format("{}", number.whole);
}

}  // namespace pacer
