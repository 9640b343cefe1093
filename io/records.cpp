#include "io/records.hpp"

#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <string_view>
#include <system_error>

#include "common/clones.hpp"

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

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_printable(char c) {
    return c >= ' ' && c <= '~';
}

// What a byte may be between numbers.
enum class Byte : std::uint8_t { other, blank, comma, end };

constexpr auto kinds = [] {
    std::array<Byte, 256> kind{};
    kind[' '] = kind['\t'] = Byte::blank;
    kind[','] = Byte::comma;
    kind['\n'] = kind['#'] = Byte::end;
    return kind;
}();

Byte kind_of(char c) {
    return kinds[static_cast<unsigned char>(c)];
}

// "\r" belongs to the line's end only if that follows.
Byte kind_at(const char* at, const char* end) {
    if (at == end) return Byte::end;
    const auto kind = kind_of(*at);
    if (kind != Byte::other || *at != '\r') return kind;
    return at + 1 == end || at[1] == '\n' ? Byte::end : Byte::other;
}

const char* after_blanks(const char* at, const char* end) {
    while (at != end && kind_of(*at) == Byte::blank) ++at;
    return at;
}

const char* after_line(const char* at, const char* end) {
    if (at == end) return end;
    if (*at == '\n') return at + 1;
    const auto* const newline =
        static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    return newline == nullptr ? end : newline + 1;
}

// Eight bytes of text, the first one lowest.
std::uint64_t eight_bytes(const char* at) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, sizeof bytes);
    if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap64(bytes);
    return bytes;
}

constexpr std::uint64_t each_byte(std::uint64_t value) {
    return value * 0x0101010101010101;
}

// How many of eight bytes, from the first, are digits. A byte that is none sets its own upper bit, and may by
// a carry set those of bytes behind it.
int leading_digits(std::uint64_t bytes) {
    const auto others = ((bytes + each_byte(0x46)) | (bytes - each_byte(0x30))) & each_byte(0x80);
    return std::countr_zero(others) / 8;
}

// The value of eight digits: pairs, then fours, then all.
std::uint64_t value_of_digits(std::uint64_t bytes) {
    bytes -= each_byte('0');
    bytes = bytes * 10 + (bytes >> 8);
    constexpr std::uint64_t mask = 0x000000ff000000ff;
    constexpr std::uint64_t upper = 100 + (std::uint64_t{1000000} << 32);
    constexpr std::uint64_t lower = 1 + (std::uint64_t{10000} << 32);
    return ((bytes & mask) * upper + ((bytes >> 16) & mask) * lower) >> 32;
}

// Powers of ten that a double holds exactly.
constexpr double exact_powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr std::int64_t largest_exact_power = 22;
constexpr std::uint64_t largest_exact_whole = std::uint64_t{1} << 53;

constexpr std::uint64_t whole_powers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

// Reads up to eight digits at the end of `whole`.
int add_digits(const char* at, std::uint64_t& whole) {
    const auto bytes = eight_bytes(at);
    const auto digits = leading_digits(bytes);
    if (digits == 0) return 0;
    const auto padded = bytes << (64 - 8 * digits) | (each_byte('0') >> 1) >> (8 * digits - 1);
    whole = whole * whole_powers[digits] + value_of_digits(padded);
    return digits;
}

// The bits of the double nearest to whole * 10^power; those of infinity if that is too large, or if this way
// cannot tell the nearest. A whole number of up to 53 bits times or divided by an exact power of ten is
// rounded once, that is, correctly (Clinger, How to read floating point numbers accurately, 1990); most
// others take Lemire's way (Number parsing at a gigabyte per second, 2021), which fast_float
// offers as a whole and, without a promise, as this part.
std::uint64_t bits_of(std::uint64_t whole, std::int64_t power) {
    if (whole <= largest_exact_whole && power >= -largest_exact_power && power <= largest_exact_power) {
        const auto exact = static_cast<double>(whole);
        return std::bit_cast<std::uint64_t>(power < 0 ? exact / exact_powers[-power]
                                                      : exact * exact_powers[power]);
    }
    const auto found = fast_float::compute_float<fast_float::binary_format<double>>(power, whole);
    if (found.power2 < 0) return std::bit_cast<std::uint64_t>(HUGE_VAL);
    return found.mantissa | static_cast<std::uint64_t>(found.power2) << 52;
}

// What the quick way may look at: it need not ask at every byte whether the text ends.
constexpr std::ptrdiff_t quick_bytes = 48;

// Reads most numbers: up to 8 digits, a point or none, up to 16 digits, an exponent of up to 3 digits or
// none. Without branches on signs and lengths, which are as good as random. Returns where the number ends;
// null if it is another kind of number, or none.
const char* read_quickly(const char* at, double& value) {
    const bool negative = *at == '-';
    at += negative;
    std::uint64_t whole = 0;
    const char* const first = at;
    while (is_digit(*at) && at - first < 8) whole = whole * 10 + static_cast<std::uint64_t>(*at++ - '0');
    int digits = static_cast<int>(at - first);
    std::int64_t power = 0;
    if (*at == '.') {
        ++at;
        int decimals = add_digits(at, whole);
        if (decimals == 8) decimals += add_digits(at + 8, whole);
        at += decimals;
        digits += decimals;
        power = -decimals;
    }
    if (digits == 0 || digits > 19 || is_digit(*at)) return nullptr;
    if ((*at & 0xde) == 'D') {  // or d, E, e
        const bool minus = at[1] == '-';
        at += 1 + (minus || at[1] == '+');
        if (!is_digit(at[0])) return nullptr;
        std::int64_t exponent = *at++ - '0';
        for (int more = 0; more < 2 && is_digit(*at); ++more) exponent = exponent * 10 + (*at++ - '0');
        if (is_digit(*at)) return nullptr;
        power += minus ? -exponent : exponent;
    }
    const auto sign = std::uint64_t{negative} << 63;
    value = std::bit_cast<double>(bits_of(whole, power) | sign);
    return at;
}

// "1.0D+00" and "1.0+100" as "1.0E+00" and "1.0E+100", without a leading "+". Fortran leaves out the letter
// only before exponents of three digits, and never the point: "10-20" and "2026-112" are no numbers. False,
// and `plain` is undefined, if the word is written otherwise.
bool rewrite(std::string_view word, std::string& plain) {
    if (!word.empty() && word.front() == '+') {
        word.remove_prefix(1);
        if (!word.empty() && word.front() == '-') return false;
    }
    plain.assign(word);
    const auto letter = plain.find_first_of("dD");
    if (letter != std::string::npos) {
        plain[letter] = 'E';
        return true;
    }
    const auto sign = plain.find_last_of("+-");
    if (sign == std::string::npos || sign == 0 || (plain[sign - 1] | 0x20) == 'e') return true;
    if (plain.size() - sign != 4 || plain.find('.') > sign) return false;
    plain.insert(sign, 1, 'E');
    return true;
}

// Reads all of a word; none if it is no number. Infinite if it is beyond a double, or says so.
bool read_word(std::string_view word, double& value) {
    if (word.empty()) return false;
    const auto result = fast_float::from_chars(word.data(), word.data() + word.size(), value);
    // Newer versions say that a number is out of range; its value says so in all versions.
    return result.ec != std::errc::invalid_argument && result.ptr == word.data() + word.size();
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

// Reads the word at `at` in any notation and moves `at` behind it.
bool RecordParser::read_slowly(const char* line, const char*& at, const char* end, double& value) {
    const char* const first = at;
    while (kind_at(at, end) == Byte::other) ++at;
    const std::string_view word(first, static_cast<std::size_t>(at - first));
    const bool number = rewrite(word, plain_) && read_word(plain_, value);
    if (number && std::isfinite(value)) return true;
    const auto* const other = std::find_if_not(first, at, is_printable);
    if (other != at) {
        return reject(other - line + 1,
                      fmt::format("byte 0x{:02x} is not text", static_cast<unsigned char>(*other)));
    }
    const auto column = first - line + 1;
    if (!number) return reject(column, quoted(word) + " is not a number");
    const bool in_digits = std::isinf(value) && std::any_of(word.begin(), word.end(), is_digit);
    return reject(column, quoted(word) + (in_digits ? " is out of range" : " is not finite"));
}

// Reads fields as long as they are of the most frequent kinds; moves `from` behind the last of them.
void RecordParser::read_most(const char*& from, const char* end) {
    const char* at = from;
    const char* const last = end - quick_bytes;
    double* to = room_.data();
    const double* const full = to + room_.size();
    for (auto kind = Byte::blank; kind != Byte::end && to != full; ++at) {
        while (kind_of(*at) == Byte::blank && at < last) ++at;
        if (at >= last) break;
        const char* const behind = read_quickly(at, *to);
        if (behind == nullptr || !std::isfinite(*to)) break;
        kind = kind_of(*behind);
        if (kind == Byte::other) break;
        ++to;
        from = at = behind;
    }
    count_ = static_cast<std::size_t>(to - room_.data());
}

// Reads a number that a field consists of.
bool RecordParser::read_number(const char* line, const char*& at, const char* end, double& value) {
    const char* const behind = fast_float::from_chars(at, end, value).ptr;
    if (behind == at || kind_at(behind, end) == Byte::other || !std::isfinite(value))
        return read_slowly(line, at, end, value);
    at = behind;
    return true;
}

// Reads the line's fields, and moves `at` to its end or to what makes it bad.
bool RecordParser::read_fields(const char*& at, const char* end) {
    const char* const line = at;
    count_ = 0;
    if (end - at > quick_bytes) read_most(at, end);
    bool after_comma = false;
    bool after_field = count_ > 0;
    for (;;) {
        at = after_blanks(at, end);
        const auto kind = kind_at(at, end);
        if (kind == Byte::end && !after_comma) return true;
        if (kind == Byte::other) {
            double value = 0;
            if (!read_number(line, at, end, value)) return false;
            add(value);
        } else if (!after_field) {
            return reject(at - line + 1, fmt::format("field {} is empty", count_ + 1));
        } else {
            ++at;
        }
        after_field = kind == Byte::other;
        after_comma = !after_field;
    }
}

RecordParser::Line RecordParser::next(const char*& at, const char* end) {
    const bool good = read_fields(at, end);
    at = after_line(at, end);
    if (!good) return Line::bad;
    return count_ == 0 ? Line::blank : Line::record;
}

}  // namespace pacer
