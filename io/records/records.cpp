#include "io/records/records.hpp"

#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>

#include "common/machine/clones.hpp"
#include "io/records/any_number.hpp"
#include "io/records/quick_number.hpp"

namespace pacer {

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

// What a byte may be between numbers: each a bit, so that those of a line can be gathered.
constexpr std::uint8_t other = 0, space = 1, tab = 2, comma = 4, semicolon = 8, line_end = 16;
constexpr unsigned firm = comma | semicolon;

constexpr std::array<std::uint8_t, 256> make_kinds(std::uint8_t of_tab, std::uint8_t of_comma,
                                                   std::uint8_t of_semicolon) {
    std::array<std::uint8_t, 256> kinds{};
    kinds[' '] = space;
    kinds['\t'] = of_tab;
    kinds[','] = of_comma;
    kinds[';'] = of_semicolon;
    kinds['\n'] = line_end;
    return kinds;
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

// In quotes, no longer than fits a message. All of it is printable.
std::string quoted(std::string_view word) {
    constexpr std::size_t longest = 40;
    if (word.size() <= longest) return fmt::format("'{}'", word);
    return fmt::format("'{}...'", word.substr(0, longest));
}

}  // namespace

std::int64_t count_lines(std::span<const char> text) {
    if (text.empty()) return 0;
    const auto blocks = static_cast<std::int64_t>(text.size() / 64);
    const auto rest = text.subspan(static_cast<std::size_t>(blocks) * 64);
    return newlines_in_blocks(text.data(), blocks) + std::count(rest.begin(), rest.end(), '\n') +
           (text.back() != '\n');
}

const RecordParser::Kinds& RecordParser::kinds_of(const RecordFormat& format) {
    static constexpr Kinds automatic = make_kinds(tab, comma, other);
    static constexpr Kinds automatic_decimal_comma = make_kinds(tab, other, semicolon);
    static constexpr Kinds blanks = make_kinds(space, other, other);
    static constexpr Kinds tabs = make_kinds(tab, other, other);
    static constexpr Kinds commas = make_kinds(space, comma, other);
    static constexpr Kinds semicolons = make_kinds(space, other, semicolon);
    switch (format.separator) {
        case Separator::automatic:
            return format.decimal_comma ? automatic_decimal_comma : automatic;
        case Separator::blank:
            return blanks;
        case Separator::tab:
            return tabs;
        case Separator::comma:
            return commas;
        case Separator::semicolon:
            return semicolons;
    }
    return automatic;
}

RecordParser::RecordParser(const RecordFormat& format)
    : kinds_(&kinds_of(format)),
      automatic_(format.separator == Separator::automatic),
      decimal_comma_(format.decimal_comma),
      tabs_only_(format.separator == Separator::tab),
      refused_(automatic_ || format.separator == Separator::blank ? 0 : space) {}

// "\r" belongs to the line's end only if that follows.
std::uint8_t RecordParser::kind_at(const char* at, const char* end) const {
    if (at == end) return line_end;
    const auto kind = kind_of(*at);
    if (kind != other || *at != '\r') return kind;
    return at + 1 == end || at[1] == '\n' ? line_end : other;
}

bool RecordParser::is_mixed(unsigned separators) const {
    return (separators & (separators - 1)) != 0 || (separators & refused_) != 0;
}

bool RecordParser::by_commas() const {
    return (separators_ & comma) != 0;
}

std::string_view name_of(Separator separator) {
    constexpr std::string_view names[] = {"automatic", "blank", "tab", "comma", "semicolon"};
    return names[static_cast<std::size_t>(separator)];
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

bool RecordParser::reject_empty(std::int64_t column, std::size_t field, bool between_tabs) {
    const bool advise = between_tabs && automatic_;
    return reject(column, fmt::format("field {} is empty{}", field,
                                      advise ? "; --separator blank treats tabs as blanks" : ""));
}

bool RecordParser::reject_mixed(std::int64_t column) {
    if (!automatic_) return reject(column, "two numbers are separated by a blank, not by the separator");
    std::string names;
    for (const auto& [kind, name] : {std::pair{comma, "commas"}, std::pair{semicolon, "semicolons"},
                                     std::pair{tab, "tabs"}, std::pair{space, "blanks"}}) {
        if ((separators_ & kind) != 0) names += (names.empty() ? "" : " and ") + std::string(name);
    }
    const bool decimal = (separators_ & comma) != 0;
    return reject(column, fmt::format("{} both separate numbers; say which is meant with {}--separator",
                                      names, decimal ? "--decimal-comma or " : ""));
}

// For a line that was read as far as `from`: what follows is a comment, or was not looked at.
void RecordParser::refuse_lone_cr(const char* line, const char* from, const char* end, bool good) {
    const char* const found = find_lone_cr(from, end);
    if (found == nullptr) return;
    if (!good && found[1] == '\0') return;  // UTF-16: half a letter that is no CR
    lone_cr_ = true;
    reject(found - line + 1, "a CR alone does not end a line here; convert line ends to LF: tr '\\r' '\\n'");
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
    const auto* const strange = std::find_if_not(first, at, is_printable);
    if (strange != at) {
        return reject(strange - line + 1,
                      fmt::format("byte 0x{:02x} is not text", static_cast<unsigned char>(*strange)));
    }
    const auto column = first - line + 1;
    if (!number) {
        const auto has = [&](char c) { return word.find(c) != std::string_view::npos; };
        const auto* const advice = has('#')                 ? "; a comment must follow a blank"
                                   : has(';') && automatic_ ? "; see --separator semicolon, --decimal-comma"
                                                            : "";
        return reject(column, quoted(word) + " is not a number" + advice);
    }
    const bool in_digits = std::isinf(value) && std::any_of(word.begin(), word.end(), is_digit);
    return reject(column, quoted(word) + (in_digits ? " is out of range" : " is not finite"));
}

// Reads fields as long as they and what separates them are of the most frequent kinds; moves `from` behind
// the last of them.
void RecordParser::read_most(const char*& from, const char* end) {
    const char* at = from;
    const char* const last = end - quick_bytes;
    double* to = room_.data();
    const double* const full = to + room_.size();
    unsigned separators = 0, kind = 0;  // kind: of the byte behind the last field
    while (kind != line_end && to != full) {
        while (*at == ' ' && at < last) ++at;
        if (at >= last) break;
        const char* const behind = read_quickly(at, *to);
        if (behind == nullptr || !std::isfinite(*to)) break;
        const unsigned next = kind_of(*behind);
        if (next == other) break;
        separators |= kind;
        kind = next;
        ++to;
        from = behind;
        at = behind + 1;
    }
    separators_ = separators;
    count_ = static_cast<std::size_t>(to - room_.data());
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
            return reject_empty(at - line + 1, count_ + 1, false);
        if (kind == tab) ++tabs, last_tab = at;
    }
    const bool comment = kind == other && *at == '#';
    ended = kind == line_end || comment;
    if (kind == line_end && count_ == 0 && tabs > 0 && tabs_only_)
        return reject_empty(last_tab - line + 1, 1, true);
    if (ended && firm_ones > 0) return reject_empty(at - line + 1, count_ + 1, false);
    if (count_ == 0) {
        leading_tab_ = tabs > 0 ? last_tab - line + 1 : 0;
        return true;
    }
    const bool by_tab = firm_ones == 0 && (separators_ & ~unsigned{tab}) == 0;
    if (tabs > 1 && by_tab && !comment) return reject_empty(last_tab - line + 1, count_ + 1, true);
    if (ended) return true;
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
        return true;
    }
    for (bool ended = false;;) {
        if (!read_gap(line, at, end, ended)) return false;
        if (ended) break;
        double value = 0;
        if (!read_number(line, at, end, value)) return false;
        add(value);
    }
    const bool by_tab = (separators_ & ~unsigned{tab}) == 0;
    return count_ == 0 || leading_tab_ == 0 || !by_tab || reject_empty(leading_tab_, 1, true);
}

std::int64_t RecordParser::fields_if_numbers(const char* line, const char* end) {
    if (find_lone_cr(line, end) != nullptr) return 0;
    std::string zeros;
    bool in_word = false;
    for (const char* at = line; at != end; ++at) {
        const bool word = kind_at(at, end) == other;
        if (word && !in_word && *at == '#') break;
        if (!word) zeros += *at;
        if (word && !in_word) zeros += '0';
        in_word = word;
    }
    const char* at = zeros.data();
    return !zeros.empty() && next(at, at + zeros.size()) == Line::record ? std::ssize(fields()) : 0;
}

RecordParser::Line RecordParser::next(const char*& at, const char* end) {
    const char* const line = at;
    const bool good = read_fields(at, end);
    const char* const rest = good ? at : line;
    at = after_line(at, end);
    lone_cr_ = false;
    constexpr std::ptrdiff_t longest_line_end = 2;
    if (!good || at - rest > longest_line_end) refuse_lone_cr(line, rest, at, good);
    if (!good || lone_cr_) return Line::bad;
    return count_ == 0 ? Line::blank : Line::record;
}

}  // namespace pacer
