#include "io/records/doubtful_commas.hpp"

#include <algorithm>
#include <cstddef>

#include "io/records/foreign.hpp"
#include "io/records/quick_number.hpp"

namespace pacer {

namespace {

constexpr std::size_t thousands = 3;  // digits of a group

// Takes what a number may consist of off the front of a text.
class Front {
  public:
    Front(std::string_view text, std::string_view comments) : rest_(text), comments_(comments) {
        if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
        take_blanks();
    }

    bool take(std::string_view any_of) {
        if (rest_.empty() || any_of.find(rest_.front()) == any_of.npos) return false;
        rest_.remove_prefix(1);
        return true;
    }
    std::size_t take_digits() {
        const auto digits = std::find_if_not(rest_.begin(), rest_.end(), is_digit) - rest_.begin();
        rest_.remove_prefix(static_cast<std::size_t>(digits));
        return static_cast<std::size_t>(digits);
    }
    void take_exponent() {
        if (!take("eEdD")) return;
        take("+-");
        take_digits();
    }
    void take_blanks() {
        while (take(" \t\r\n")) {
        }
    }
    bool starts_with(char c) const { return !rest_.empty() && rest_.front() == c; }
    bool at_end() {
        take_blanks();
        return rest_.empty() || comments_.find(rest_.front()) != comments_.npos;
    }

  private:
    std::string_view rest_, comments_;
};

// Behind the first digits: points between thousands, and a comma.
bool is_decimal_behind_thousands(Front line) {
    while (line.take(".")) {
        if (line.take_digits() != thousands) return false;
    }
    return line.take(",") && line.take_digits() > 0 && line.at_end();
}

}  // namespace

bool may_have_blanks_in_number(std::string_view text, std::string_view comments) {
    Front line(text, comments);
    line.take("+-");
    const bool zero = line.starts_with('0');
    const auto first = line.take_digits();
    if (first == 0 || first > thousands || zero) return false;
    int groups = 0;
    while (line.take(" ")) {
        const auto digits = line.take_digits();
        if (digits == 0) break;
        if (digits != thousands) return false;
        ++groups;
    }
    if (line.take(",")) line.take_digits();
    return groups > 0 && line.at_end();
}

Commas doubt_of_commas(std::string_view text, std::string_view comments) {
    Front line(text, comments);
    line.take("+-");
    const bool zero = line.starts_with('0');
    const auto first = line.take_digits();
    const bool first_of_groups = first > 0 && first <= thousands && !zero;
    if (line.starts_with('.'))
        return first_of_groups && is_decimal_behind_thousands(line) ? Commas::refused : Commas::clear;
    int commas = 0;
    bool groups = first_of_groups;
    for (; line.take(","); ++commas) {
        const auto digits = line.take_digits();
        if (digits == 0) return Commas::clear;
        groups = groups && digits == thousands;
    }
    if (first == 0 || commas == 0 || !(groups || commas == 1)) return Commas::clear;
    if (groups && line.take(".")) line.take_digits();
    line.take_exponent();
    return line.at_end() ? Commas::doubtful : Commas::clear;
}

}  // namespace pacer
