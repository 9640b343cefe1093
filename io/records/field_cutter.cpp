#include "io/records/field_cutter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "io/records/any_number.hpp"

namespace pacer {

using namespace separators;

namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

// Where a character begins that UTF-8 writes as several bytes; npos: nowhere.
std::size_t find_wide(std::string_view text) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    for (std::size_t at = 0; at + 1 < text.size(); ++at) {
        if (byte(at) >= 0xc2 && (byte(at + 1) & 0xc0) == 0x80) return at;
    }
    return text.npos;
}

}  // namespace

FieldCutter::FieldCutter(const RecordFormat& format) : format_(format), kinds_(kinds_of(format)) {
    for (const auto& width : format.widths) all_widths_ += width.bytes;
}

// False: so that a caller can say "return refuse(...)".
bool FieldCutter::refuse(std::size_t at, std::string reason) {
    column_ = static_cast<std::int64_t>(at) + 1;
    reason_ = std::move(reason);
    return false;
}

void FieldCutter::push(std::size_t start, std::string_view text) {
    fields_.push_back(text);
    starts_.push_back(static_cast<std::int64_t>(start));
}

// Fortran writes 3*0.0 for three equal numbers, and blanks between its numbers. An identifier is kept as it
// is, and so is a text that commas or tabs separate from the columns chosen: they would move.
void FieldCutter::push_unquoted(std::size_t start, std::string_view text, bool by_blanks) {
    const auto& ids = format_.id.numbers();
    const bool as_it_is = (format_.columns.chosen() && !by_blanks) ||
                          std::find(ids.begin(), ids.end(), std::ssize(fields_)) != ids.end();
    for (auto times = as_it_is ? 1 : take_repeat(text); times > 0; --times) push(start, text);
}

// Moves `at` from a quote to behind its partner. Two quotes within stand for one.
bool FieldCutter::take_quoted(std::size_t& at, std::string_view& text) {
    const auto first = at++;
    const auto begin = unquoted_.size();
    for (;; ++at) {
        const auto quote = line_.find('"', at);
        if (quote == line_.npos) {
            return refuse(first,
                          "a quote is not closed on its line; a field must not go on in the next line");
        }
        unquoted_.append(line_, at, quote - at);
        at = quote + 1;
        if (at == line_.size() || line_[at] != '"') break;
        unquoted_ += '"';
    }
    text = std::string_view(unquoted_).substr(begin);
    return true;
}

// What separates the fields of this line if nothing is said: by the rule of plain rows of numbers, what
// stands between two words must be of one kind. Words may be texts with blanks in them: a tab before or
// behind all of them tells that blanks are perhaps no separators.
bool FieldCutter::find_separator(unsigned& separator) {
    unsigned found = 0, leading = 0, trailing = 0;
    bool any = false;
    std::string_view ignored;
    for (std::size_t at = 0;;) {
        const auto gap = at;
        unsigned kinds = 0;
        for (; at < line_.size() && kind_of(at) != other; ++at) kinds |= kind_of(at);
        const bool ended = at == line_.size() || is_comment(at);
        if (!any) leading = kinds;
        if (ended) trailing = kinds;
        if (any && !ended) found |= (kinds & firm) != 0 ? kinds & firm : (kinds & tab) != 0 ? tab : space;
        if (any && ended) found |= kinds & firm;
        if (several(found)) return refuse(gap, mixed(found));
        if (ended) break;
        if (!any) found |= kinds & firm;
        any = true;
        if (line_[at] == '"') {
            if (!take_quoted(at, ignored)) return false;
        } else {
            while (at < line_.size() && kind_of(at) == other) ++at;
        }
    }
    unquoted_.clear();
    if (!any) found = leading & firm;  // of tabs alone a line is blank
    if (((leading | trailing) & tab) != 0 && any && (found == 0 || found == space)) found |= tab;
    if (any && found == 0) found = space;
    if (several(found)) return refuse(0, mixed(found));
    separator = found == 0 ? unsigned{space} : found;
    return true;
}

bool FieldCutter::split(unsigned separator) {
    const auto separates = [&](std::size_t at) {
        const char c = line_[at];
        return separator == space ? is_blank(c)
                                  : (separator == tab     ? c == '\t'
                                     : separator == comma ? c == ','
                                                          : c == ';');
    };
    bool behind_separator = false;
    for (std::size_t at = 0;;) {
        while (at < line_.size() && is_blank(line_[at]) && (separator == space || !separates(at))) ++at;
        if (at == line_.size() || is_comment(at)) break;
        const auto start = at;
        bool comment = false;
        if (line_[at] == '"') {
            std::string_view text;
            if (!take_quoted(at, text)) return false;
            push(start, text);
            const auto behind = at;
            while (at < line_.size() && is_blank(line_[at]) && !separates(at)) ++at;
            comment = at < line_.size() && at > behind && is_comment(at);
            if (at < line_.size() && !separates(at) && !comment)
                return refuse(at, "a quoted field is followed by more than a separator");
        } else {
            while (at < line_.size() && !separates(at) && !comment) {
                ++at;
                comment = at < line_.size() && is_blank(line_[at - 1]) && is_comment(at);
            }
            push_unquoted(start, trimmed(line_.substr(start, at - start)), separator == space);
        }
        behind_separator = false;
        if (at == line_.size() || comment) break;
        if (separator != space) ++at, behind_separator = true;
    }
    // A tab at the line's end is none, unless fields may be empty.
    const bool passed_over = format_.trailing_separator || (separator == tab && !format_.missing.has_empty());
    if (behind_separator && !passed_over) push(line_.size(), {});
    return true;
}

// Whether there is anything in the line behind the column in which that byte lies.
bool FieldCutter::is_column_behind(std::size_t byte) const {
    std::size_t end = 0;
    for (auto width = format_.widths.begin(); width != format_.widths.end() && end <= byte; ++width)
        end += static_cast<std::size_t>(width->bytes);
    return end < line_.size() && !trimmed(line_.substr(end)).empty();
}

bool FieldCutter::cut_widths() {
    if (const auto at = line_.find('\t'); at != line_.npos)
        return refuse(at, "a tab in a line of fixed columns; replace tabs by blanks: expand");
    const auto text = trimmed(line_);
    if (text.empty() || is_comment(0)) return true;
    if (const auto at = find_wide(text); at != text.npos && is_column_behind(at)) {
        return refuse(at,
                      "a character of several bytes, behind which --width may mean bytes or characters; "
                      "make it one byte: iconv -f UTF-8 -t LATIN1");
    }
    if (static_cast<std::int64_t>(text.size()) > all_widths_) {
        return refuse(
            static_cast<std::size_t>(all_widths_),
            fmt::format("the line has {} characters, but --width describes {}", text.size(), all_widths_));
    }
    std::size_t at = 0;
    for (const auto& width : format_.widths) {
        const auto bytes = static_cast<std::size_t>(width.bytes);
        if (!width.passed_over) {
            const auto field = trimmed(text.substr(std::min(at, text.size()), bytes));
            const auto blanks = std::min(field.find_first_not_of(' '), field.size());
            push(at + blanks, field.substr(blanks));
        }
        at += bytes;
    }
    return true;
}

bool FieldCutter::cut(std::string_view line) {
    line_ = line;
    fields_.clear();
    starts_.clear();
    unquoted_.clear();
    unquoted_.reserve(line.size());  // so that fields stay where they are
    by_commas_ = false;
    if (!format_.widths.empty()) return cut_widths();
    unsigned separator = space;
    switch (format_.separator) {
        case Separator::automatic:
            if (!find_separator(separator)) return false;
            break;
        case Separator::blank:
            break;
        case Separator::tab:
            separator = tab;
            break;
        case Separator::comma:
            separator = comma;
            break;
        case Separator::semicolon:
            separator = semicolon;
            break;
    }
    by_commas_ = separator == comma;
    return split(separator);
}

}  // namespace pacer
