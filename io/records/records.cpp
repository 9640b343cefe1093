#include "io/records/records.hpp"

#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>

#include "common/machine/clones.hpp"
#include "io/records/any_number.hpp"
#include "io/records/foreign.hpp"
#include "io/records/quick_number.hpp"
#include "io/records/quick_row.hpp"

namespace pacer {

using namespace separators;

namespace {

// Newlines in `blocks` blocks of 64 bytes. Counted in lanes of a byte each, which hold 255 at most.
PACER_CLONES std::int64_t newlines_in_blocks(const char* text, std::int64_t blocks) {
    constexpr int width = 64;
    std::int64_t newlines = 0;
    while (blocks > 0) {
        const auto rounds = std::min<std::int64_t>(blocks, 255);
        std::uint8_t lane[width] = {};
        for (std::int64_t round = 0; round < rounds; ++round) {
            for (int i = 0; i < width; ++i) lane[i] = static_cast<std::uint8_t>(lane[i] + (text[i] == '\n'));
            text += width;
        }
        std::uint32_t sum = 0;
        for (int i = 0; i < width; ++i) sum += lane[i];
        newlines += sum;
        blocks -= rounds;
    }
    return newlines;
}

bool is_printable(char c) {
    return c >= ' ' && c <= '~';
}

const char* after_line(const char* at, const char* end) {
    if (at == end) return end;
    if (*at == '\n') return at + 1;
    const auto* const newline =
        static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    return newline == nullptr ? end : newline + 1;
}

// A CR that no LF follows, nor the end; null if there is none.
const char* find_lone_cr(const char* at, const char* end) {
    while ((at = static_cast<const char*>(std::memchr(at, '\r', static_cast<std::size_t>(end - at)))) !=
           nullptr) {
        if (++at == end) return nullptr;
        if (*at != '\n') return at - 1;
    }
    return nullptr;
}

std::string_view without_blanks(std::string_view text) {
    const auto first = std::min(text.find_first_not_of(" \t"), text.size());
    text.remove_prefix(first);
    return text.substr(0, text.find_last_not_of(" \t") + 1);
}

// What people and programs write where there is no value.
bool may_mean_missing(std::string_view word) {
    constexpr std::string_view words[] = {"NA",   "N/A",  "n/a",  "nan",    "NaN",    "NAN", "-nan",
                                          "null", "NULL", "None", "none",   "-",      "--",  "---",
                                          ".",    "?",    "MM",   "(null)", "missing"};
    const bool overflow = word.find_first_not_of('*') == word.npos;  // of a format of Fortran
    return overflow || std::find(std::begin(words), std::end(words), word) != std::end(words);
}

}  // namespace

std::int64_t count_lines(std::span<const char> text) {
    if (text.empty()) return 0;
    const auto blocks = static_cast<std::int64_t>(text.size() / 64);
    const auto rest = text.subspan(static_cast<std::size_t>(blocks) * 64);
    return newlines_in_blocks(text.data(), blocks) + std::count(rest.begin(), rest.end(), '\n') +
           (text.back() != '\n');
}

RecordParser::RecordParser(const RecordFormat& format)
    : format_(format),
      kinds_(&kinds_of(format)),
      automatic_(format.separator == Separator::automatic),
      decimal_comma_(format.decimal_comma),
      tabs_only_(format.separator == Separator::tab),
      must_be_cut_(format.must_be_cut()),
      // Which field of its record one of a line is shows only when all its lines are read.
      needs_all_(!format.columns.chosen() || format.lines_per_record > 1),
      refused_(automatic_ || format.separator == Separator::blank ? 0 : space),
      cutter_(format) {
    for (const char c : format.comment) comment_[static_cast<unsigned char>(c)] = true;
    for (const auto column : needs_all_ ? format.id.numbers() : format.columns.numbers()) {
        const auto field = static_cast<std::size_t>(column);
        if (field >= chosen_.size()) chosen_.resize(field + 1);
        chosen_[field] = true;
    }
}

// "\r" belongs to the line's end only if that follows.
std::uint8_t RecordParser::kind_at(const char* at, const char* end) const {
    if (at == end) return line_end;
    const auto kind = kind_of(*at);
    if (kind != other || *at != '\r') return kind;
    return at + 1 == end || at[1] == '\n' ? line_end : other;
}

bool RecordParser::is_mixed(unsigned separators) const {
    return several(separators) || (separators & refused_) != 0;
}

bool RecordParser::by_commas() const {
    return (separators_ & comma) != 0;
}

void RecordParser::add(double value) {
    if (count_ == room_.size()) room_.resize(std::max<std::size_t>(16, 2 * count_));
    room_[count_++] = value;
}

// False: so that a caller can say "return reject(...)".
bool RecordParser::reject(std::int64_t column, std::string reason) {
    column_ = column;
    reason_ = std::move(reason);
    return false;
}

bool RecordParser::reject_empty(std::int64_t column, std::size_t field, Gap gap) {
    const auto* const advice = gap == Gap::at_end               ? "; see --trailing-separator, --missing"
                               : gap == Gap::tabs && automatic_ ? "; --separator blank treats tabs as blanks"
                                                                : "; see --missing";
    return reject(column, fmt::format("field {} is empty{}", field, advice));
}

bool RecordParser::reject_mixed(std::int64_t column) {
    return reject(column, automatic_ ? mixed(separators_)
                                     : "two numbers are separated by a blank, not by the separator");
}

// For a line that was read as far as `from`: what follows is a comment, or was not looked at.
void RecordParser::refuse_lone_cr(const char* line, const char* from, const char* end, bool good) {
    const char* const found = find_lone_cr(from, end);
    if (found == nullptr) return;
    if (!good && found[1] == '\0') return;  // UTF-16: half a letter that is no CR
    lone_cr_ = true;
    reject(found - line + 1, std::string(lone_cr_advice));
}

void RecordParser::note_rounded(std::string_view word, double value) {
    if (!word.empty() && !is_digit(word.front())) word.remove_prefix(1);
    std::string whole;
    if (digits_of_whole(word, whole) && fmt::format("{:.0f}", std::abs(value)) != whole)
        rounded_.push_back(count_);
}

// Reads the word at `at` in any notation and moves `at` behind it.
bool RecordParser::read_slowly(const char* line, const char*& at, const char* end, double& value) {
    const char* const first = at;
    while (kind_at(at, end) == other) ++at;
    const std::string_view word(first, static_cast<std::size_t>(at - first));
    const bool number = read_any_number(word, decimal_comma_, plain_, value);
    if (number && std::isfinite(value)) return true;
    auto repeated = word;
    if (!needs_all_) return reject_word(first - line + 1, word, number, value);  // to be cut: may be a text
    if (const auto times = take_repeat(repeated); repeated.size() < word.size() &&
                                                  read_any_number(repeated, decimal_comma_, plain_, value) &&
                                                  std::isfinite(value)) {
        for (std::size_t i = 1; i < times; ++i) add(value);
        return true;
    }
    return reject_word(first - line + 1, word, number, value);
}

// What may help where a word is no number.
const char* RecordParser::advice_on(std::string_view word) const {
    const auto count = [&](char c) { return std::count(word.begin(), word.end(), c); };
    if (may_mean_missing(word)) return "; see --missing";
    if (word.find_first_of(format_.comment) != word.npos) return "; a comment must follow a blank";
    if (count(';') > 0 && automatic_) return "; see --separator semicolon, --decimal-comma";
    if (count(',') > 0 && !decimal_comma_) return "; see --decimal-comma";
    if (!is_digit(word.front())) return "";
    if (count(':') > 0 || count('/') > 1 || count('-') > 1) return "; a date is kept by --id";
    // 5.71225-118.20171
    const auto sign = word.find_first_of("+-");
    const bool touches = sign != word.npos && is_digit(word[sign - 1]) && word.find('.') < sign;
    return touches && sign + 1 < word.size() && is_digit(word[sign + 1]) ? "; see --width" : "";
}

// Says why a word is no number, or none that may be.
bool RecordParser::reject_word(std::int64_t column, std::string_view word, bool number, double value) {
    const auto strange = std::find_if_not(word.begin(), word.end(), is_printable) - word.begin();
    if (const auto at = static_cast<std::size_t>(strange); at < word.size())
        return reject(column + strange, foreign_character(word.substr(at)));
    if (!number) {
        return reject(column, quoted(word) + " is not a number" + advice_on(word));
    }
    const bool in_digits = std::isinf(value) && std::any_of(word.begin(), word.end(), is_digit);
    return reject(column, quoted(word) + (in_digits ? " is out of range" : " is not finite; see --missing"));
}

void RecordParser::read_most(const char*& from, const char* end) {
    const auto row = read_quick_row(*kinds_, layouts_, from, end - quick_bytes, room_);
    from = row.behind;
    count_ = row.fields;
    separators_ = row.separators;
}

// Reads a number that a field consists of.
bool RecordParser::read_number(const char* line, const char*& at, const char* end, double& value) {
    constexpr std::ptrdiff_t fewest_digits = 16;
    constexpr auto exact = static_cast<double>(largest_exact_whole);
    const char* const first = at;
    const char* behind = at;
    if (!decimal_comma_) behind = fast_float::from_chars(at, end, value).ptr;
    if (behind == at || kind_at(behind, end) == other || !std::isfinite(value)) {
        if (!read_slowly(line, at, end, value)) return false;
    } else {
        at = behind;
    }
    if (at - first >= fewest_digits && std::abs(value) >= exact)
        note_rounded({first, static_cast<std::size_t>(at - first)}, value);
    return true;
}

// Reads what stands between two fields, or before the first or behind the last, and moves `at` to what
// follows. `ended`: the line or a comment does.
bool RecordParser::read_gap(const char* line, const char*& at, const char* end, bool& ended) {
    const char* const gap = at;
    const char* last_tab = nullptr;
    unsigned kinds = 0, kind = 0;
    int firm_ones = 0, tabs = 0;
    for (; kind = kind_at(at, end), kind != other && kind != line_end; ++at) {
        kinds |= kind;
        if ((kind & firm) != 0 && (++firm_ones > 1 || count_ == 0))
            return reject_empty(at - line + 1, count_ + 1, Gap::between);
        if (kind == tab) ++tabs, last_tab = at;
    }
    const bool comment = kind == other && is_comment(*at);
    ended = kind == line_end || comment;
    if (kind == line_end && count_ == 0 && tabs > 0 && tabs_only_)
        return reject_empty(last_tab - line + 1, 1, Gap::tabs);
    if (ended && firm_ones > 0 && !format_.trailing_separator)
        return reject_empty(at - line + 1, count_ + 1, Gap::at_end);
    if (count_ == 0) {
        leading_tab_ = tabs > 0 ? last_tab - line + 1 : 0;
        return true;
    }
    const bool by_tab = firm_ones == 0 && (separators_ & ~unsigned{tab}) == 0;
    if (tabs > 1 && by_tab && !comment) return reject_empty(last_tab - line + 1, count_ + 1, Gap::tabs);
    if (ended) {
        separators_ |= kinds & firm;
        return !is_mixed(separators_) || reject_mixed(gap - line + 1);
    }
    separators_ |= firm_ones > 0 ? kinds & firm : tabs > 0 ? tab : space;
    return !is_mixed(separators_) || reject_mixed(gap - line + 1);
}

// Reads the line's fields, and moves `at` to its end or to what makes it bad.
bool RecordParser::read_fields(const char*& at, const char* end) {
    const char* const line = at;
    count_ = 0;
    separators_ = 0;
    leading_tab_ = 0;
    rounded_.clear();
    if (end - at > quick_bytes && !decimal_comma_) read_most(at, end);
    if (is_mixed(separators_)) {  // where?
        at = line;
        count_ = 0;
        separators_ = 0;
    } else if (count_ > 0 && *at == '\n') {
        return was_quick_ = true;
    }
    for (bool ended = false;;) {
        if (!read_gap(line, at, end, ended)) return false;
        if (ended) break;
        double value = 0;
        if (!read_number(line, at, end, value)) return false;
        add(value);
    }
    const bool by_tab = (separators_ & ~unsigned{tab}) == 0;
    return count_ == 0 || leading_tab_ == 0 || !by_tab || reject_empty(leading_tab_, 1, Gap::tabs);
}

std::int64_t RecordParser::fields_if_numbers(const char* line, const char* end) {
    if (find_lone_cr(line, end) != nullptr) return 0;
    std::string zeros;
    bool in_word = false;
    for (const char* at = line; at != end; ++at) {
        const bool word = kind_at(at, end) == other;
        if (word && !in_word && is_comment(*at)) break;
        if (!word) zeros += *at;
        if (word && !in_word) zeros += '0';
        in_word = word;
    }
    const char* at = zeros.data();
    return !zeros.empty() && next(at, at + zeros.size()) == Line::record ? std::ssize(fields()) : 0;
}

// Whether a field is needed as a number.
bool RecordParser::is_needed(std::size_t field) const {
    return (field < chosen_.size() && chosen_[field]) != needs_all_;
}

// Whether a line that is no plain row of numbers may be a record all the same.
bool RecordParser::may_be_cut(const char* line, const char* behind) const {
    return !needs_all_ || std::find(line, behind, '"') != behind;
}

bool RecordParser::read_cut_field(std::size_t field) {
    const auto word = without_blanks(cutter_.fields()[field]);  // "  50"
    double value = std::nan("");
    if (!is_needed(field) || format_.missing.has(word)) {
        add(value);
        return true;
    }
    if (word.empty()) {
        const bool last = field > 0 && field + 1 == cutter_.fields().size();
        return reject_empty(cutter_.column_of(field), field + 1, last ? Gap::at_end : Gap::between);
    }
    bool number = false;
    if (!decimal_comma_) {
        const auto read = fast_float::from_chars(word.data(), word.data() + word.size(), value);
        number = read.ec == std::errc() && read.ptr == word.data() + word.size();
    }
    number = number || read_any_number(word, decimal_comma_, plain_, value);
    if (!number || !std::isfinite(value)) return reject_word(cutter_.column_of(field), word, number, value);
    constexpr auto exact = static_cast<double>(largest_exact_whole);
    if (std::abs(value) >= exact) note_rounded(word, value);
    add(format_.missing.has(value) ? std::nan("") : value);
    return true;
}

// Cuts the line into fields, whatever they are, and reads those that are needed.
RecordParser::Line RecordParser::read_cut(const char* line, const char* behind) {
    count_ = 0;
    rounded_.clear();
    ids_.clear();
    std::string_view text(line, static_cast<std::size_t>(behind - line));
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (!cutter_.cut(text)) {
        reject(cutter_.column(), cutter_.reason());
        return Line::bad;
    }
    separators_ = cutter_.by_commas() ? comma : 0;
    const auto& fields = cutter_.fields();
    for (std::size_t field = 0; field < fields.size(); ++field) {
        if (!read_cut_field(field)) return Line::bad;
    }
    if (fields.empty()) return Line::blank;
    for (const auto column : format_.id.numbers()) {
        const auto field = static_cast<std::size_t>(column);
        if (field >= fields.size()) {
            reject(1,
                   fmt::format("there is no column {} for --id among {} fields", column + 1, fields.size()));
            return Line::bad;
        }
        if (!read_id(field)) return Line::bad;
    }
    return Line::record;
}

bool RecordParser::read_id(std::size_t field) {
    constexpr std::size_t longest = 1024;  // a text beyond that is no identifier
    const auto text = cutter_.fields()[field];
    const auto column = cutter_.column_of(field);
    if (text.size() > longest) return reject(column, fmt::format("more than {} bytes for --id", longest));
    const auto control =
        std::find_if(text.begin(), text.end(), [](char c) { return c >= 0 && c < ' ' && c != '\t'; });
    if (control != text.end())
        return reject(column + (control - text.begin()),
                      foreign_character(text.substr(static_cast<std::size_t>(control - text.begin()))));
    ids_.push_back(text);
    return true;
}

RecordParser::Line RecordParser::next(const char*& at, const char* end) {
    if (*at == byte_order_mark.front() && std::string_view(at, end).starts_with(byte_order_mark))
        at += byte_order_mark.size();
    const char* const line = at;
    was_quick_ = false;
    const bool good = !must_be_cut_ && read_fields(at, end);
    const char* const rest = good ? at : line;
    at = after_line(at, end);
    lone_cr_ = false;
    constexpr std::ptrdiff_t longest_line_end = 2;
    if (!good || at - rest > longest_line_end) refuse_lone_cr(line, rest, at, good);
    if (lone_cr_) return Line::bad;
    if (good) return count_ == 0 ? Line::blank : Line::record;
    const auto as_cut = must_be_cut_ || may_be_cut(line, at) ? read_cut(line, at) : Line::bad;
    if (as_cut == Line::bad) refuse_zero_byte(line, at);
    return as_cut;
}

// What seems to be wrong with separators or quotes may be that it is no text at all.
void RecordParser::refuse_zero_byte(const char* line, const char* end) {
    const char* const zero = std::find(line, end, '\0');
    if (zero != end && !reason_.starts_with("byte 0x")) reject(zero - line + 1, foreign_character({zero, 1}));
}

std::int64_t RecordParser::next_alike(const char*& at, const char* end, std::span<double> room) {
    if (!was_quick_) return 0;
    std::int64_t rows = 0;
    for (; room.size() >= count_ && end - at > quick_bytes; ++rows) {
        const auto row = read_quick_row(*kinds_, layouts_, at, end - quick_bytes, room.first(count_));
        if (row.fields != count_ || row.separators != separators_ || *row.behind != '\n') break;
        at = row.behind + 1;
        room = room.subspan(count_);
    }
    return rows;
}

}  // namespace pacer
