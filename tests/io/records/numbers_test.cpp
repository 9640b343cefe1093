// Every number is read to the bit as std::from_chars reads it, and now and then the C library: of all sizes
// and notations, in columns of one layout and of mixed ones, halfway between two doubles and next to it.
//
//     NUMBERS=1000000000 SEED=2 numbers_test
#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "io/records/records.hpp"

namespace pacer {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* const text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

using Random = std::mt19937_64;

int below(Random& random, int bound) {
    return static_cast<int>(random() % static_cast<unsigned>(bound));
}

enum class Kind { shortest, scientific, fixed, whole, digits, border, halfway, tiny, kinds };

// How the numbers of a column are written.
struct Column {
    Kind kind = Kind::shortest;
    int precision = 0;  // digits behind the point
    int before = 0;     // digits before it
    char letter = 'e';  // of exponents; \0: none where it may be left out
    bool wide = false;  // of all exponents, not of those near 1 alone

    static Column any(Random& random) {
        Column column;
        column.kind = static_cast<Kind>(below(random, static_cast<int>(Kind::kinds)));
        column.precision = below(random, 4) == 0 ? below(random, 40) : below(random, 19);
        column.before = below(random, 4) == 0 ? below(random, 20) : 1;
        column.letter = std::string_view("eEeEdDqQ\0", 9)[static_cast<std::size_t>(below(random, 9))];
        column.wide = below(random, 3) == 0;
        return column;
    }
};

double any_double(Random& random, bool wide) {
    const auto bits = random();
    const auto value = std::bit_cast<double>(bits);
    if (wide && std::isfinite(value)) return value;
    return std::ldexp(static_cast<double>(static_cast<std::int64_t>(bits)), -63 + below(random, 12));
}

void append_digits(std::string& word, Random& random, int count) {
    for (auto digits = random(); count > 0; --count, digits /= 10) {
        if (digits < 10) digits = random();
        word += static_cast<char>('0' + digits % 10);
    }
}

// Appends the number as C++ writes it, with "e" before its exponent.
void append_number(std::string& word, Random& random, const Column& column) {
    const auto printed = [&word](const char* format, auto... values) {
        char room[1200];
        word.append(room, static_cast<std::size_t>(std::snprintf(room, sizeof room, format, values...)));
    };
    const auto to_chars = [&word](double value, auto... format) {
        char room[1200];
        word.append(room, std::to_chars(room, room + sizeof room, value, format...).ptr);
    };
    switch (column.kind) {
        case Kind::shortest:
            return to_chars(any_double(random, column.wide));
        case Kind::scientific:
            return to_chars(any_double(random, column.wide), std::chars_format::scientific, column.precision);
        case Kind::fixed:
            return to_chars(any_double(random, false), std::chars_format::fixed, column.precision);
        case Kind::whole:
            if (random() % 2 == 0) word += '-';
            return append_digits(word, random, std::max(column.before, 1));
        case Kind::digits: {
            if (random() % 2 == 0) word += '-';
            append_digits(word, random, column.before);
            if (column.before == 0 || column.precision > 0 || random() % 2 == 0) word += '.';
            append_digits(word, random, std::max(column.precision, column.before == 0 ? 1 : 0));
            if (column.letter == 'E') return;
            const int exponent = column.wide ? below(random, 640) - 340 : below(random, 80) - 40;
            return printed(column.wide ? "e%+04d" : "e%+03d", exponent);
        }
        case Kind::border: {  // where the exact way ends: 2^53 and 10^22
            const auto whole = (std::int64_t{1} << 53) - 8 + below(random, 16);
            const int powers[] = {-23, -22, -21, 21, 22, 23};
            return printed("%llde%+03d", static_cast<long long>(random() % 2 == 0 ? whole : -whole),
                           powers[below(random, 6)]);
        }
        case Kind::halfway: {  // exactly, or as near as so many digits come
            const auto value = static_cast<long double>(any_double(random, false));
            const auto next = static_cast<long double>(
                std::nextafter(static_cast<double>(value), static_cast<double>(2 * value)));
            return printed("%.*Le", random() % 2 == 0 ? 70 : 14 + column.precision, (value + next) / 2);
        }
        case Kind::tiny: {
            const auto bits = random() >> (11 + below(random, 52));  // mostly subnormal
            return to_chars(std::bit_cast<double>(bits), std::chars_format::scientific, column.precision);
        }
        case Kind::kinds:
            break;
    }
}

double as_c_reads(const std::string& word) {
    return std::strtod(word.c_str(), nullptr);
}

// In the notation of the column, which is another language's perhaps.
std::string in_notation(std::string word, const Column& column) {
    const auto letter = word.find('e');
    if (letter == word.npos) return word;
    if (column.letter != '\0') {
        word[letter] = column.letter;
    } else if (word.size() - letter == 5 && word.find('.') == (word.front() == '-' ? 2 : 1) &&
               word.compare(letter + 1, 4, "-324") <= 0) {  // smaller ones are taken for columns that touch
        word.erase(letter, 1);
    }
    return word;
}

struct Batch {
    std::string text;
    std::vector<double> want;
};

Batch make_batch(Random& random) {
    constexpr std::string_view separators[] = {" ", "  ", ",", ", ", " ,", "\t"};
    const auto separator = separators[below(random, static_cast<int>(std::size(separators)))];
    const std::string_view line_end = random() % 4 == 0 ? "\r\n" : "\n";
    const bool mixed = random() % 4 == 0;
    std::vector<Column> columns(static_cast<std::size_t>(1 + below(random, 20)));
    for (auto& column : columns) column = Column::any(random);
    Batch batch;
    std::string word;
    for (int lines = 1 + below(random, 100); lines > 0; --lines) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (mixed) columns[i] = Column::any(random);
            double want = 0;
            do {
                word.clear();
                append_number(word, random, columns[i]);
                const auto* const end = word.data() + word.size();
                const auto read = std::from_chars(word.data(), end, want);
                // Too large or too small for a double; the C library tells which.
                if (read.ec == std::errc::result_out_of_range) want = as_c_reads(word);
                if (random() % 64 == 0) {
                    EXPECT_EQ(want, as_c_reads(word)) << word;
                }
            } while (!std::isfinite(want));
            batch.want.push_back(want);
            if (i > 0) batch.text += separator;
            if (separator.size() == 2 && random() % 2 == 0) batch.text += ' ';
            batch.text += in_notation(word, columns[i]);
        }
        batch.text += line_end;
    }
    return batch;
}

TEST(Numbers, AsStdFromCharsReadsThem) {
    const auto numbers = from_environment("NUMBERS", 10'000'000);
    Random random(from_environment("SEED", 1));
    RecordParser parser;
    for (std::uint64_t done = 0; done < numbers;) {
        const auto batch = make_batch(random);
        const char* at = batch.text.data();
        const char* const end = at + batch.text.size();
        std::size_t number = 0;
        while (at != end) {
            const char* const line = at;
            ASSERT_EQ(parser.next(at, end), RecordParser::Line::record) << parser.reason() << "\n"
                                                                        << std::string(line, at);
            for (const double field : parser.fields()) {
                ASSERT_LT(number, batch.want.size()) << std::string(line, at);
                ASSERT_EQ(std::bit_cast<std::uint64_t>(field),
                          std::bit_cast<std::uint64_t>(batch.want[number]))
                    << field << " is not " << batch.want[number] << " in " << std::string(line, at);
                ++number;
            }
        }
        ASSERT_EQ(number, batch.want.size());
        done += number;
    }
}

}  // namespace
}  // namespace pacer
