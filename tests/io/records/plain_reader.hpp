// Lines of text as records, read as plainly as can be: what the real reading is judged by. The rules are
// those of io/records/records.hpp if nothing is said of the format.
#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pacer::plain {

struct Line {
    enum class Kind { record, blank, bad } kind = Kind::bad;
    std::vector<double> numbers{};
    bool quoted = false;  // then the real reading may refuse a little more than is refused here
};

inline std::string_view trimmed(std::string_view text, std::string_view of) {
    const auto first = std::min(text.find_first_not_of(of), text.size());
    text.remove_prefix(first);
    return text.substr(0, text.find_last_not_of(of) + 1);
}

// Digits with a point or without, and an exponent by a letter, or by three digits as in Fortran's 1.0+100,
// down to -324.
inline std::optional<double> number(std::string_view word) {
    std::string plain;
    const auto take = [&](std::size_t bytes) {
        plain += word.substr(0, bytes);
        word.remove_prefix(bytes);
        return bytes;
    };
    const auto take_digits = [&] {
        return take(std::min(word.find_first_not_of("0123456789"), word.size()));
    };
    const auto is_next = [&](std::string_view any_of) {
        return !word.empty() && any_of.find(word.front()) != any_of.npos;
    };
    if (is_next("+-")) take(1);
    const auto whole = take_digits();
    const bool point = is_next(".");
    if (point) take(1);
    const auto decimals = point ? take_digits() : 0;
    if (whole + decimals == 0) return {};
    const bool letter = is_next("eEdDqQ");
    if (letter || is_next("+-")) {
        plain += 'e';
        if (letter) word.remove_prefix(1);
        if (is_next("+-")) take(1);
        const auto digits = take_digits();
        if (letter ? digits == 0 : whole != 1 || !point || digits != 3) return {};
        if (!letter && plain.compare(plain.size() - 4, 4, "-324") > 0) return {};
    }
    const double value = std::strtod(plain.c_str(), nullptr);
    return word.empty() && std::isfinite(value) ? std::optional(value) : std::nullopt;
}

// Adds the numbers of a word, which may be 3*0.0. False: it is none.
inline bool add_word(std::string_view word, std::vector<double>& numbers) {
    std::size_t times = 1;
    if (const auto star = word.find('*'); star != word.npos) {
        const auto [behind, error] = std::from_chars(word.data(), word.data() + star, times);
        if (error != std::errc() || behind != word.data() + star || times < 1 || times > 65536) return false;
        word.remove_prefix(star + 1);
    }
    const auto value = number(word);
    if (value) numbers.insert(numbers.end(), times, *value);
    return value.has_value();
}

constexpr char in_quotes = '\1';

// Puts that letter in place of each field in quotes, and their contents apart. False: one is not closed.
inline bool take_quotes(std::string& line, std::vector<std::string>& contents) {
    constexpr std::string_view separators = " \t,";
    std::string left;
    bool starts = true;
    for (std::size_t at = 0; at < line.size();) {
        if (starts && line[at] == '#') break;
        if (!starts || line[at] != '"') {
            starts = separators.find(line[at]) != separators.npos;
            left += line[at++];
            continue;
        }
        std::string content;
        for (++at;; ++at) {
            if (at == line.size()) return false;
            const bool doubled = line[at] == '"' && at + 1 < line.size() && line[at + 1] == '"';
            if (line[at] == '"' && !doubled) break;
            if (doubled) ++at;
            content += line[at];
        }
        ++at;
        contents.push_back(content);
        left += in_quotes;
        starts = false;
    }
    line = left;
    return true;
}

// The fields of a line without comments. None: it can be read in two ways.
inline std::optional<std::vector<std::string_view>> fields_of(std::string_view text, bool commented) {
    constexpr std::string_view blanks = " \t";
    const auto inner = trimmed(text, blanks);
    std::vector<std::string_view> fields;
    const auto split = [&](std::string_view rest, char separator, std::string_view padding) {
        for (;;) {
            const auto end = std::min(rest.find(separator), rest.size());
            fields.push_back(trimmed(rest.substr(0, end), padding));
            if (end == rest.size()) return;
            rest.remove_prefix(end + 1);
        }
    };
    if (inner.find(',') != inner.npos) {
        split(inner, ',', blanks);
    } else if (inner.find('\t') != inner.npos || (!inner.empty() && inner.find(' ') == inner.npos)) {
        auto outer = trimmed(text, " ");
        if (commented) outer = outer.substr(0, outer.find_last_not_of(blanks) + 1);
        split(outer, '\t', " ");
        if (fields.size() > 1 && fields.back().empty()) fields.pop_back();
    } else {
        for (auto rest = inner; !rest.empty();) {
            const auto end = std::min(rest.find(' '), rest.size());
            fields.push_back(rest.substr(0, end));
            rest = trimmed(rest.substr(end), " ");
        }
    }
    for (const auto field : fields) {
        if (field.empty() || field.find_first_of(blanks) != field.npos) return {};
    }
    return fields;
}

// Where a comment begins.
inline std::size_t comment_in(std::string_view line) {
    for (std::size_t at = 0; (at = line.find('#', at)) != line.npos; ++at) {
        if (at == 0 || std::string_view(" \t,").find(line[at - 1]) != std::string_view::npos) return at;
    }
    return line.npos;
}

// A line with its end, if it has one.
inline Line read(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    Line line;
    const auto cr = text.find('\r');
    std::string masked(text.substr(0, comment_in(text)));
    std::vector<std::string> contents;
    line.quoted = masked.find('"') != masked.npos;
    // Beside a zero byte a CR is half a letter of UTF-16.
    if (cr != text.npos && !(line.quoted && text.substr(cr + 1).starts_with('\0'))) return line;
    const bool commented = !line.quoted && masked.size() < text.size();
    if (line.quoted) {
        masked = text;
        if (!take_quotes(masked, contents)) return line;
        // A table of tabs, perhaps, and texts with blanks.
        const auto inner = trimmed(masked, " \t");
        const auto has = [](std::string_view in, char c) { return in.find(c) != in.npos; };
        if (has(masked, '\t') && has(inner, ' ') && !has(inner, '\t') && !has(inner, ',')) return line;
    }
    const auto fields = fields_of(masked, commented);
    if (!fields) return line;
    std::size_t content = 0;
    for (const auto field : *fields) {
        if (line.quoted && field == std::string_view(&in_quotes, 1) && content < contents.size()) {
            const auto value = number(trimmed(contents[content++], " \t"));
            if (!value) return line;
            line.numbers.push_back(*value);
        } else if (!add_word(field, line.numbers)) {
            return line;
        }
    }
    line.kind = line.numbers.empty() ? Line::Kind::blank : Line::Kind::record;
    return line;
}

// Whole lines, each with its end; the last one may lack it.
inline std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto bytes = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, bytes));
        text.remove_prefix(bytes);
    }
    return lines;
}

}  // namespace pacer::plain
