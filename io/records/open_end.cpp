#include "io/records/open_end.hpp"

#include <algorithm>
#include <string_view>

#include "io/records/quick_number.hpp"

namespace pacer {

// A line of words is no record, or ends in an identifier.
bool ends_open(std::span<const char> text, const RecordFormat& format) {
    if (text.empty() || text.back() == '\n') return false;
    const std::string_view all(text.data(), text.size());
    const auto line = all.substr(all.rfind('\n') + 1);
    const bool in_number = is_digit(line.back()) || line.ends_with(format.decimal_comma ? ',' : '.');
    const bool in_word = format.id.chosen() && line.back() != '"' && line.back() > ' ';
    const bool commented =
        std::any_of(line.begin(), line.end(), [&](char c) { return format.is_comment(c); });
    return (in_number || in_word) && !commented;
}

bool has_lines_before_last(std::int64_t lines, const ReadSettings& settings) {
    return lines > std::max<std::int64_t>(settings.lines_before_records(), 1);
}

}  // namespace pacer
