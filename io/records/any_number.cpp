#include "io/records/any_number.hpp"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <system_error>

#include "io/records/quick_number.hpp"

namespace pacer {

namespace {

// "1.0D+00", "1.0Q+00" and "1.0+100" as "1.0E+00", "1.0E+00" and "1.0E+100", without a leading "+". Fortran
// leaves out the letter only before exponents of three digits, and never the point: "10-20" and "2026-112"
// are no numbers. Nor is "12.345-100", since with E, ES and D editing one digit is before the point: two
// columns touch there. False, and `plain` is undefined, if the word is written otherwise.
bool rewrite(std::string_view word, bool decimal_comma, std::string& plain) {
    if (!word.empty() && word.front() == '+') {
        word.remove_prefix(1);
        if (!word.empty() && word.front() == '-') return false;
    }
    plain.assign(word);
    if (decimal_comma) {
        if (plain.find('.') != std::string::npos) return false;
        if (const auto point = plain.find(','); point != std::string::npos) plain[point] = '.';
    }
    const auto letter = plain.find_first_of("dDqQ");
    if (letter != std::string::npos) {
        plain[letter] = 'E';
        return true;
    }
    const auto sign = plain.find_last_of("+-");
    if (sign == std::string::npos || sign == 0 || (plain[sign - 1] | 0x20) == 'e') return true;
    const std::size_t first = plain.front() == '-' ? 1 : 0;
    if (plain.size() - sign != 4 || plain.find('.') != first + 1 || !is_digit(plain[first])) return false;
    if (plain.compare(sign, 4, "-324") > 0) return false;  // no double has that exponent
    plain.insert(sign, 1, 'E');
    return true;
}

bool read_word(std::string_view word, double& value) {
    if (word.empty()) return false;
    const auto result = fast_float::from_chars(word.data(), word.data() + word.size(), value);
    // Newer versions say that a number is out of range; its value says so in all versions.
    return result.ec != std::errc::invalid_argument && result.ptr == word.data() + word.size();
}

}  // namespace

bool read_any_number(std::string_view word, bool decimal_comma, std::string& plain, double& value) {
    return rewrite(word, decimal_comma, plain) && read_word(plain, value);
}

bool digits_of_whole(std::string_view word, std::string& digits) {
    const auto mantissa = word.substr(0, word.find_first_of("eEdDqQ+-"));
    std::string_view letters = word.substr(mantissa.size());
    letters.remove_prefix(std::min(letters.find_first_not_of("eEdDqQ+"), letters.size()));
    std::int64_t exponent = 0;
    constexpr std::int64_t most = 400;
    const auto [behind, error] = std::from_chars(letters.data(), letters.data() + letters.size(), exponent);
    if (!letters.empty() && (error != std::errc() || std::abs(exponent) > most)) return false;
    const auto point = std::min(mantissa.find_first_of(".,"), mantissa.size());
    digits = mantissa.substr(0, point);
    if (point < mantissa.size()) digits += mantissa.substr(point + 1);
    const auto length = static_cast<std::int64_t>(point) + exponent;  // before the point, once it is moved
    if (length < 0) return false;
    const auto wanted = static_cast<std::size_t>(length);
    if (digits.size() > wanted && digits.find_first_not_of('0', wanted) != digits.npos) return false;
    digits.resize(wanted, '0');
    digits.erase(0, digits.find_first_not_of('0'));
    return true;
}

std::size_t take_repeat(std::string_view& word) {
    constexpr std::size_t most = 65536;  // more would fill memory for a slip of the pen
    const auto star = word.find('*');
    if (star == word.npos) return 1;
    std::size_t times = 0;
    const auto [behind, error] = std::from_chars(word.data(), word.data() + star, times);
    if (error != std::errc() || behind != word.data() + star || times < 1 || times > most) return 1;
    std::string plain;
    double value = 0;
    const auto number = word.substr(star + 1);
    if (!read_any_number(number, true, plain, value) && !read_any_number(number, false, plain, value))
        return 1;
    word = number;
    return times;
}

}  // namespace pacer
