#include "common/base/number.hpp"

#include <fmt/format.h>

#include <charconv>

namespace pacer {

Number operator+(const Number& a, const Number& b) {
    Int128 sum = 0;
    if (a.is_real || b.is_real || __builtin_add_overflow(a.whole, b.whole, &sum)) {
        return Number::of_real(a.as_double() + b.as_double());
    }
    return Number::of_whole(sum);
}

std::string to_string(const Number& number) {
    return number.is_real ? fmt::format("{}", number.real) : fmt::format("{}", number.whole);
}

std::optional<Number> parse_number(std::string_view word) {
    const bool negative = word.starts_with('-');
    const auto digits = word.substr(negative ? 1 : 0);
    Int128 whole = 0;
    bool is_whole = !digits.empty();
    for (const char digit : digits) {
        is_whole = is_whole && digit >= '0' && digit <= '9' && !__builtin_mul_overflow(whole, 10, &whole);
        // Downwards, if negative: the least number has no positive counterpart.
        const int units = negative ? '0' - digit : digit - '0';
        is_whole = is_whole && !__builtin_add_overflow(whole, units, &whole);
    }
    if (is_whole) return Number::of_whole(whole);
    double real = 0;
    const char* const end = word.data() + word.size();
    const auto parsed = std::from_chars(word.data(), end, real);
    return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(Number::of_real(real))
                                                         : std::nullopt;
}

}  // namespace pacer
