// Lines of text as numbers: what people and programs write, and what must be refused with a reason.
#include "io/records/records.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status.hpp"
#include "io/records/doubtful_commas.hpp"

namespace pacer {
namespace {

using Line = RecordParser::Line;

// Text that ends where the next page may not be touched.
class AtTheEdge {
  public:
    explicit AtTheEdge(const std::string& text) {
        const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
        readable_ = (text.size() / page + 1) * page;
        bytes_ = readable_ + page;
        base_ = static_cast<char*>(
            mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        EXPECT_NE(base_, MAP_FAILED);
        EXPECT_EQ(mprotect(base_ + readable_, page, PROT_NONE), 0);
        begin_ = base_ + readable_ - text.size();
        std::memcpy(begin_, text.data(), text.size());
    }
    AtTheEdge(const AtTheEdge&) = delete;
    AtTheEdge& operator=(const AtTheEdge&) = delete;
    ~AtTheEdge() { munmap(base_, bytes_); }
    const char* begin() const { return begin_; }
    const char* end() const { return base_ + readable_; }

  private:
    std::size_t readable_ = 0, bytes_ = 0;
    char* base_ = nullptr;
    char* begin_ = nullptr;
};

struct Parsed {
    Line line;
    std::vector<double> fields;
    std::int64_t column = 0;
    std::string reason;
};

std::vector<Parsed> parse(const std::string& text, const RecordFormat& format = {}) {
    const AtTheEdge edge(text);
    RecordParser parser(format);
    std::vector<Parsed> lines;
    for (const char* at = edge.begin(); at != edge.end();) {
        const char* const before = at;
        const auto line = parser.next(at, edge.end());
        EXPECT_GT(at, before);
        EXPECT_LE(at, edge.end());
        if (at <= before || at > edge.end()) break;
        Parsed parsed{line, {}, 0, ""};
        if (line == Line::record) parsed.fields.assign(parser.fields().begin(), parser.fields().end());
        if (line == Line::bad) parsed.column = parser.column(), parsed.reason = parser.reason();
        lines.push_back(std::move(parsed));
    }
    return lines;
}

// Both near the text's end and far from it, where the quick way is taken.
void expect_record(const std::string& line, const std::vector<double>& fields,
                   const RecordFormat& format = {}) {
    std::vector<std::string> texts = {line, line + "\n", line + "\r\n", line + "\n" + std::string(100, '#'),
                                      line + "\r\n" + std::string(100, '#')};
    if (format.comment == "#" && format.widths.empty()) texts.push_back(line + " #" + std::string(100, '7'));
    for (const auto& text : texts) {
        const auto lines = parse(text, format);
        ASSERT_FALSE(lines.empty()) << text;
        EXPECT_EQ(lines[0].line, Line::record) << text << ": " << lines[0].reason;
        ASSERT_EQ(lines[0].fields.size(), fields.size()) << text;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            EXPECT_EQ(lines[0].fields[i], fields[i]) << text;
            EXPECT_EQ(std::signbit(lines[0].fields[i]), std::signbit(fields[i])) << text;
        }
    }
}

// For chosen columns: compares the fields in those places, from 0.
void expect_record(const std::string& line, const std::vector<double>& fields, const RecordFormat& format,
                   const std::vector<std::size_t>& places) {
    for (const auto& text : {line, line + "\n", line + "\r\n", line + "\n" + std::string(100, '#')}) {
        const auto parsed = parse(text, format).at(0);
        ASSERT_EQ(parsed.line, Line::record) << text << ": " << parsed.reason;
        for (std::size_t i = 0; i < places.size(); ++i) {
            ASSERT_GT(parsed.fields.size(), places[i]) << text;
            EXPECT_EQ(parsed.fields[places[i]], fields[i]) << text;
        }
    }
}

void expect_bad(const std::string& line, std::int64_t column, const std::string& reason,
                const RecordFormat& format = {}) {
    for (const auto& text : {line, line + "\n", line + "\r\n", line + "\n" + std::string(100, '#')}) {
        const auto lines = parse(text, format);
        ASSERT_FALSE(lines.empty()) << text;
        EXPECT_EQ(lines[0].line, Line::bad) << text;
        EXPECT_EQ(lines[0].column, column) << text;
        EXPECT_EQ(lines[0].reason, reason) << text;
    }
}

TEST(Records, NumbersOfManyNotations) {
    expect_record("1", {1});
    expect_record("-2.5", {-2.5});
    expect_record("+.5", {.5});
    expect_record("1.", {1});
    expect_record("1e3", {1000});
    expect_record("+1.0E-03", {1e-3});
    expect_record("1.0D+00", {1});
    expect_record("-1.5d-3", {-1.5e-3});
    expect_record("1D2", {100});
    expect_record("1.0+100", {1e100});
    expect_record("0.1-101 -0.1-101", {1e-102, -1e-102});
    expect_record("+1.0-100", {1e-100});
    expect_record("-0.25+123", {-0.25e123});
    expect_record("-0", {-0.0});
    expect_record("-0.0e5", {-0.0});
    expect_record("  1.23456789012345E+00 -1.23456789012345E+01  1.23456789012345E-01",
                  {1.23456789012345, -12.3456789012345, .123456789012345});
    expect_record("0.1 0.30000000000000004 1.7976931348623157e308 4.9e-324 2.2250738585072014E-308",
                  {0.1, 0.30000000000000004, 1.7976931348623157e308, 4.9e-324, 2.2250738585072014E-308});
    expect_record("123456789012345678901234567890 0.000000000000000000000000000001",
                  {123456789012345678901234567890., 1e-30});
    expect_record("9007199254740993 9007199254740993.0 900719925474099.3e1",
                  {9007199254740992, 9007199254740992, 9007199254740992});
    expect_record("99999999.999999999999 12345678.1234567890123456", {1e8, 12345678.1234567890123456});
    expect_record(std::string(400, '0') + "1." + std::string(400, '0'), {1});
}

TEST(Records, TooSmallIsZero) {
    expect_record("1e-400 -1e-400 1.0d-999 0.1-324", {0, -0.0, 0, 0});
    expect_record("1e-99999999999999999999", {0});
    expect_record("0e99999999999999999999", {0});
}

TEST(Records, Separators) {
    expect_record("1 2   3", {1, 2, 3});
    expect_record("1\t2\t3", {1, 2, 3});
    expect_record("1 \t2\t 3 \t 4", {1, 2, 3, 4});
    expect_record("1,2, 3 ,4 , 5\t,\t6", {1, 2, 3, 4, 5, 6});
    expect_record("\t 1 2 \t", {1, 2});
    expect_record("\t1,2", {1, 2});
    for (const std::string separator : {" ", ",", "\t", "   ", ", ", "\t "}) {
        std::string many;
        std::vector<double> numbers;
        for (int i = 0; i < 1000; ++i) many += std::to_string(i) + separator, numbers.push_back(i);
        many.resize(many.size() - separator.size());
        expect_record(many, numbers);
    }
}

TEST(Records, CommentsBeginALineOrAField) {
    expect_record("1 # 2, , x", {1});
    expect_record("1,2 #3", {1, 2});
    expect_record("1\t2\t#3", {1, 2});
    expect_record("1\t2\t\t# 3", {1, 2});
    expect_bad("1,2#3", 3, "'2#3' is not a number; a comment must follow a blank");
    expect_bad("2.5 1.#INF 4.0", 5, "'1.#INF' is not a number; a comment must follow a blank");
    expect_bad("-1.#IND", 1, "'-1.#IND' is not a number; a comment must follow a blank");
    expect_bad("1#", 1, "'1#' is not a number; a comment must follow a blank");
}

void expect_mixed(const std::string& line, std::int64_t column, const std::string& names,
                  const std::string& what_settles, const RecordFormat& format = {}) {
    expect_bad(line, column,
               names + " both separate numbers; say which is meant with " + what_settles + "--separator",
               format);
}

TEST(Records, ALineHasOneKindOfSeparator) {
    expect_mixed("1,5 2,25", 4, "commas and blanks", "--decimal-comma or ");
    expect_mixed("1.234,56 7", 9, "commas and blanks", "--decimal-comma or ");
    expect_mixed("1 2,5", 4, "commas and blanks", "--decimal-comma or ");
    expect_mixed("0,1\t0,2", 4, "commas and tabs", "--decimal-comma or ");
    const std::string advice = " is not a number; see --separator semicolon, --decimal-comma";
    expect_bad("1,5;2,25", 3, "'5;2'" + advice);
    expect_bad("1;2 3", 1, "'1;2'" + advice);
    expect_mixed("10 000\t5", 7, "tabs and blanks", "");
    expect_mixed("1\t2 3", 4, "tabs and blanks", "");
    std::string many, mixed;
    for (int i = 10; i < 99; ++i) many += std::to_string(i) + ' ';
    expect_mixed(many + "1,5", static_cast<std::int64_t>(many.size()) + 2, "commas and blanks",
                 "--decimal-comma or ");
    expect_mixed("1,5 " + many, 4, "commas and blanks", "--decimal-comma or ");
}

TEST(Records, SeparatorsThatAreSaid) {
    const RecordFormat blank{.separator = Separator::blank}, tab{.separator = Separator::tab},
        comma{.separator = Separator::comma}, semicolon{.separator = Separator::semicolon};
    expect_record("\t1\t\t2 3 \t 4\t\t", {1, 2, 3, 4}, blank);
    expect_bad("1,5 2", 1, "'1,5' is not a number; see --decimal-comma", blank);
    expect_record(" 1 \t2\t 3\t", {1, 2, 3}, tab);
    expect_bad("1\t2 3", 4, "two numbers are separated by a blank, not by the separator", tab);
    expect_bad("1\t\t3", 3, "field 2 is empty; see --missing", tab);
    expect_bad("1,5\t2", 1, "'1,5' is not a number; see --decimal-comma", tab);
    expect_record(" 1 ,2\t, 3", {1, 2, 3}, comma);
    expect_bad("1,5 2,25", 4, "two numbers are separated by a blank, not by the separator", comma);
    expect_bad("1,2\t3", 4, "two numbers are separated by a blank, not by the separator", comma);
    expect_bad("1;2", 1, "'1;2' is not a number", comma);
    expect_record("1 ;2\t; 3", {1, 2, 3}, semicolon);
    expect_bad("1;;3", 3, "field 2 is empty; see --missing", semicolon);
}

TEST(Records, DecimalCommas) {
    const RecordFormat format{.decimal_comma = true};
    expect_record("1,5 2,25", {1.5, 2.25}, format);
    expect_record("1,5\t-2,25\t,5\t3,", {1.5, -2.25, .5, 3}, format);
    expect_record("1,5;2,25E3;1,0D-2;1,0+100;7", {1.5, 2250, .01, 1e100, 7}, format);
    expect_bad("1.234,56 7", 1, "'1.234,56' is not a number", format);
    expect_bad("1.5 7", 1, "'1.5' is not a number", format);
    expect_bad("1,234,567", 1, "'1,234,567' is not a number", format);
    expect_bad("1,5;2 3", 6,
               "semicolons and blanks both separate numbers; say which is meant with --separator", format);
    expect_bad("1,5;;3", 5, "field 2 is empty; see --missing", format);
    expect_record("1,5;2", {1.5, 2}, {.separator = Separator::semicolon, .decimal_comma = true});
}

TEST(Records, CommasThatMayBelongToANumber) {
    for (const std::string line : {"1.234,56", "-1.234.567,8", " 12.345,6 # x\r\n", "+999.000,0\n"})
        EXPECT_EQ(doubt_of_commas(line), Commas::refused) << line;
    for (const std::string line : {"12,5", "-12,5\r\n", "12,5e3", "1234,5D-03", " +0,5 # c", "1,234",
                                   "1,234.", "1,234.56", "1,234,567", "123,456,789.0e1", "12,5\t#"})
        EXPECT_EQ(doubt_of_commas(line), Commas::doubtful) << line;
    for (const std::string line :
         {"",         "#",          "12",         "1,2,3",     "12, 5",        "12 ,5",     "12.5,5",
          "0.125,17", "1234.567,8", "1.2345,6",   "1,234,56",  "1234,567,890", "12,5,7.5",  "12,5.5",
          "12,5 7",   "1.234",      "1.234,56.7", "1.234,5,6", ",5",           "0,234,567", "12,-5"})
        EXPECT_EQ(doubt_of_commas(line), Commas::clear) << line;
    for (const std::string line : {"1 234,56", "-12 345", "1 234 567,8", "999 000 "})
        EXPECT_TRUE(may_have_blanks_in_number(line)) << line;
    for (const std::string line :
         {"1 23,5", "1234 567", "1  234,5", "0 234,5", "1 234,5 6", "1 234;5", "1234,5", ""})
        EXPECT_FALSE(may_have_blanks_in_number(line)) << line;
}

TEST(Records, BlankLines) {
    for (const std::string blank : {"", " ", "\t \t", "#", "  # 1 2 3", "#,,,", "# \x01\xff"}) {
        for (const std::string end : {"\n", "\r\n"}) {
            const auto lines = parse(blank + end + "1");
            ASSERT_EQ(lines.size(), 2U) << blank;
            EXPECT_EQ(lines[0].line, Line::blank) << blank;
            EXPECT_EQ(lines[1].line, Line::record);
        }
    }
    EXPECT_EQ(parse("\r").at(0).line, Line::blank);
    EXPECT_EQ(parse("  ", {.separator = Separator::tab}).at(0).line, Line::blank);
    EXPECT_EQ(parse("\t# x", {.separator = Separator::tab}).at(0).line, Line::blank);
    expect_bad("\t\t", 2, "field 1 is empty; see --missing", {.separator = Separator::tab});
    expect_bad(" \t ", 2, "field 1 is empty; see --missing", {.separator = Separator::tab});
}

TEST(Records, EmptyFields) {
    expect_bad("1,,2", 3, "field 2 is empty; see --missing");
    expect_bad(",1", 1, "field 1 is empty; see --missing");
    expect_bad("  ,1", 3, "field 1 is empty; see --missing");
    expect_bad("1,", 3, "field 2 is empty; see --trailing-separator, --missing");
    expect_bad("1, 2,\t", 7, "field 3 is empty; see --trailing-separator, --missing");
    expect_bad("1 , , 2", 5, "field 2 is empty; see --missing");
    expect_bad(",", 1, "field 1 is empty; see --missing");
    expect_bad("1,#2", 3, "field 2 is empty; see --trailing-separator, --missing");
    const std::string advice = "; --separator blank treats tabs as blanks";
    expect_bad("2\t\t60", 3, "field 2 is empty" + advice);
    expect_bad("1\t2\t \t4", 6, "field 3 is empty" + advice);
    expect_bad("\t20\t60", 1, "field 1 is empty" + advice);
    expect_bad("\t5", 1, "field 1 is empty" + advice);
    expect_bad("1\t\t", 3, "field 2 is empty" + advice);
    expect_record("1\t2\t", {1, 2});  // as many programs end lines
    std::string many = "1";
    for (int i = 0; i < 100; ++i) many += "\t1.5";
    expect_bad(many + "\t\t2", static_cast<std::int64_t>(many.size()) + 2, "field 102 is empty" + advice);
}

TEST(Records, Refused) {
    expect_bad("abc", 1, "'abc' is not a number");
    expect_bad("1 2 x3 4", 5, "'x3' is not a number");
    for (const std::string word :
         {"1e",     "1e+",      "e5",     ".",       "-",         "+",   "+-1",     "-+1",   "--1", "++1",
          "1.2.3",  "0x10",     "1_000",  "1e5x",    "1e1.5",     "1D",  "1D5E3",   "1E5D3", "D5",  "1.0+",
          "10-200", "2026-112", ".5+100", "+.5-100", "-10.0+100", "1-2", "1e5-300", "1/2",   "'1'"}) {
        const std::string advice = word == "." || word == "-" ? "; see --missing" : "";
        expect_bad("7 " + word, 3, "'" + word + "' is not a number" + advice);
    }
    for (const std::string word : {"inf", "-inf", "+Infinity", "nan(12)", "nan", "NaN", "-nan"})
        expect_bad("7 " + word, 3, "'" + word + "' is not finite; see --missing");
    for (const std::string missing : {"NA", "*", "**********"})
        expect_bad("7 " + missing, 3, "'" + missing + "' is not a number; see --missing");
    for (const std::string date :
         {"2026-11-22", "12:30", "02/03/2025", "2025-03-02T10:50:00Z", "1.0-100-100"})
        expect_bad("7 " + date, 3, "'" + date + "' is not a number; a date is kept by --id");
    for (const std::string touching : {"1.0+5", "1.0+12", "1.0+1000", "1.0+1a0", "2.345-325", "0.1-999",
                                       "2024.5-112", "12.345-100", "5.71225-118.20171"})
        expect_bad("7 " + touching, 3, "'" + touching + "' is not a number; see --width");
    for (const std::string word :
         {"1e400", "-1e400", "1.0d999", "1.0+999", "1e99999999999999999999", "1.7976931348623159e308"})
        expect_bad("7 " + word, 3, "'" + word + "' is out of range");
    expect_bad(std::string(50, 'x'), 1, "'" + std::string(40, 'x') + "...' is not a number");
    expect_bad("1" + std::string(400, '0'), 1, "'1" + std::string(39, '0') + "...' is out of range");
}

TEST(Records, AByteOrderMarkBeforeALineIsIgnored) {
    const std::string mark = "\xef\xbb\xbf";
    expect_record(mark + "1,2", {1, 2});
    expect_record(mark + " 1 2", {1, 2});
    for (const std::string blank : {"", "# x,y", "  "}) {
        const auto lines = parse(mark + blank + "\n3");
        ASSERT_EQ(lines.size(), 2U);
        EXPECT_EQ(lines[0].line, Line::blank) << blank;
    }
    EXPECT_EQ(doubt_of_commas(mark + "12,5"), Commas::doubtful);
    expect_record(mark + "a,1", {1}, {.columns = Columns("--columns", "2")}, {1});
}

TEST(Records, ThreeTimesANumber) {
    expect_record("3*0.0 1", {0, 0, 0, 1});
    expect_record("1*-6.5 1 # \"", {-6.5, 1});
    expect_record("1*-6.5 1", {-6.5, 1});
    expect_record("1, 2*-1.5D2", {1, -150, -150});
    expect_record("a 2*7 9", {7, 9}, {.columns = Columns("--columns", "3,4")}, {2, 3});
    for (const std::string word :
         {"0*1", "-1*2", "3*", "*3", "3*x", "1e2*3", "65537*1", "99999999999999999999*1"})
        expect_bad(word, 1, "'" + word + "' is not a number");
    std::string many = "65536*1";
    EXPECT_EQ(parse(many).at(0).fields.size(), 65536U);
}

TEST(Records, OfQuadPrecision) {
    expect_record("1.0Q+02 1q2", {100, 100});
}

TEST(Records, CommentsThatAreSaid) {
    const RecordFormat format{.comment = "%!/"};
    expect_record("1 2 % tail", {1, 2}, format);
    expect_record("1 2 // tail", {1, 2}, format);
    expect_record("1,2,!tail", {1, 2}, {.trailing_separator = true, .comment = "!"});
    EXPECT_EQ(parse("! 1 2", format).at(0).line, Line::blank);
    expect_bad("1 # 2", 3, "'#' is not a number", format);
    expect_bad("1%", 1, "'1%' is not a number; a comment must follow a blank", format);
    expect_bad("1#", 1, "'1#' is not a number", {.comment = ""});
    EXPECT_EQ(doubt_of_commas("12,5 % x", "%"), Commas::doubtful);
    EXPECT_TRUE(may_have_blanks_in_number("1 234,5 % x", "%"));
    EXPECT_EQ(doubt_of_commas("12,5 # x", "%"), Commas::clear);
}

TEST(Records, ATrailingSeparator) {
    const RecordFormat format{.trailing_separator = true};
    expect_record("1,2,", {1, 2}, format);
    expect_record("1,2, # x", {1, 2}, format);
    expect_record("1,2", {1, 2}, format);
    expect_bad("1,,", 3, "field 2 is empty; see --missing", format);
    expect_record("1;2;", {1, 2}, {.separator = Separator::semicolon, .trailing_separator = true});
    const MissingWords empty("empty");
    expect_record("1,2,", {1, 2}, {.trailing_separator = true, .missing = empty});
    expect_mixed("1 234,", 6, "commas and blanks", "--decimal-comma or ", format);
    expect_mixed("1 234;", 6, "semicolons and blanks", "",
                 {.decimal_comma = true, .trailing_separator = true});
    EXPECT_EQ(parse("1,2,", {.missing = empty}).at(0).fields.size(), 3U);
}

// Only these have to be numbers.
TEST(Records, ChosenColumns) {
    const auto columns = [](const std::string& text) { return Columns("--columns", text); };
    const RecordFormat second{.columns = columns("2")};
    expect_record("G,1.5,x", {1.5}, second, {1});
    expect_record("a 2 b", {2}, second, {1});
    expect_record("a\t2\tb", {2}, second, {1});
    expect_record("a,2,", {2}, second, {1});
    expect_record("a,,2", {2}, {.columns = columns("3")}, {2});
    expect_record("\t\t2", {2}, {.columns = columns("3")}, {2});
    expect_bad("a,b,3", 3, "'b' is not a number", second);
    expect_bad("a,,3", 3, "field 2 is empty; see --missing", second);
    expect_bad(
        "1,5 2,25", 4,
        "commas and blanks both separate numbers; say which is meant with --decimal-comma or --separator",
        second);
    expect_bad(
        "Gaia DR3 46,1.5", 12,
        "commas and blanks both separate numbers; say which is meant with --decimal-comma or --separator",
        second);
    expect_record("Gaia DR3 46,1.5", {1.5}, {.separator = Separator::comma, .columns = columns("2")}, {1});
    expect_record("2025-03-02 10:50;1,5;x", {1.5},
                  {.separator = Separator::semicolon, .decimal_comma = true, .columns = columns("2")}, {1});
    expect_record("2025-03-02 10:50\t1.5", {1.5}, {.separator = Separator::tab, .columns = columns("2")},
                  {1});
    expect_bad("a,1x", 3, "'1x' is not a number", second);
    expect_bad("a,1\r,2", 4, "a CR alone does not end a line here; convert line ends to LF: tr '\\r' '\\n'",
               second);
    EXPECT_EQ(parse("# a,b", second).at(0).line, Line::blank);
    EXPECT_EQ(parse("\t\t", second).at(0).line, Line::blank);
    expect_record("a 2 # b c", {2}, second, {1});
    // A text with blanks in a table of tabs, of which all other fields are empty.
    for (const std::string line : {"Tank 5\t", "big tank 5\t\t", "\tx 5", "\"a\" 5\t", "Tank 5\t# x"}) {
        expect_mixed(line, 1, "tabs and blanks", "", second);
        expect_mixed(line, 1, "tabs and blanks", "", {.id = columns("1")});
        expect_mixed(line, 1, "tabs and blanks", "", {.missing = MissingWords("empty")});
    }
    EXPECT_TRUE(std::isnan(
        parse("Tank 5\t",
              {.separator = Separator::tab, .columns = columns("2"), .missing = MissingWords("empty")})
            .at(0)
            .fields.at(1)));
    // A layout of two by two.
    expect_record("4,2*2,1.5", {1.5}, {.columns = columns("3")}, {2});
    expect_record("4\t2*2\t1.5", {1.5}, {.columns = columns("3")}, {2});
    expect_bad("4,2*2,1.5", 3, "'2*2' is not a number", second);
    // Where records go over lines, which column a field is shows only later.
    expect_bad("a 2", 1, "'a' is not a number", {.columns = columns("2"), .lines_per_record = 2});
}

TEST(Records, QuotedFields) {
    expect_record("\"1.5\",\"2\"", {1.5, 2});
    expect_record("\"1.5\" 2", {1.5, 2});
    expect_record("\"  50\",\"2 \"", {50, 2});
    expect_bad("\"  \",2", 1, "field 1 is empty; see --missing");
    expect_record("\"1,5\";\"2\"", {1.5, 2}, {.decimal_comma = true});
    expect_bad("\"1,5\",2", 1, "'1,5' is not a number; see --decimal-comma");
    expect_bad("1,\"2", 3, "a quote is not closed on its line; a field must not go on in the next line");
    expect_bad("\"1\"x,2", 4, "a quoted field is followed by more than a separator",
               {.separator = Separator::comma});
    expect_record("\"a, \"\"b\"\" #\",3", {3}, {.columns = Columns("--columns", "2")}, {1});
    expect_bad("1.5\" 2", 1, "'1.5\"' is not a number");
    expect_bad("\"\",2", 1, "field 1 is empty; see --missing");
}

TEST(Records, Identifiers) {
    const auto ids_of = [](const std::string& line, const std::string& id, RecordFormat format = {}) {
        format.id = Columns("--id", id);
        RecordParser parser(format);
        const char* at = line.data();
        std::string text;
        if (parser.next(at, line.data() + line.size()) != Line::record) return "bad: " + parser.reason();
        for (const auto word : parser.ids()) text += "<" + std::string(word) + ">";
        return text + std::to_string(parser.fields().size());
    };
    EXPECT_EQ(ids_of("a,1,2\n", "1"), "<a>3");
    EXPECT_EQ(ids_of("12345678901234567890 1", "1"), "<12345678901234567890>2");
    EXPECT_EQ(ids_of("1,x,\"y, \"\"z\"\"\"", "3,2"), "<y, \"z\"><x>3");
    EXPECT_EQ(ids_of("1,\xc3\xa4", "2"), "<\xc3\xa4>2");
    EXPECT_EQ(ids_of("1,,2", "2"), "<>3");
    EXPECT_EQ(ids_of("2*17 1.5", "1"), "<2*17>2");
    EXPECT_EQ(ids_of("2*17 1.5", "3"), "<1.5>3");
    EXPECT_EQ(ids_of("1,2", "3"), "bad: there is no column 3 for --id among 2 fields");
    EXPECT_EQ(ids_of("a,b", "1"), "bad: 'b' is not a number");
    EXPECT_EQ(ids_of("a b # c", "1,2", {.columns = Columns("--columns", "1")}), "bad: 'a' is not a number");
    EXPECT_EQ(ids_of("a\x01,1", "1"), "bad: byte 0x01 is not text");
    EXPECT_EQ(ids_of(std::string(1025, 'a') + ",1", "1"), "bad: more than 1024 bytes for --id");
}

TEST(Records, MissingValues) {
    const double none = std::nan("");
    const RecordFormat format{.missing = MissingWords("NA,-,-9999,empty,nan")};
    const auto expect = [&](const std::string& line, const std::vector<double>& fields) {
        const auto parsed = parse(line, format).at(0);
        ASSERT_EQ(parsed.line, Line::record) << line << ": " << parsed.reason;
        ASSERT_EQ(parsed.fields.size(), fields.size()) << line;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            EXPECT_EQ(std::isnan(parsed.fields[i]), std::isnan(fields[i])) << line;
            if (!std::isnan(fields[i])) {
                EXPECT_EQ(parsed.fields[i], fields[i]) << line;
            }
        }
    };
    expect("1,NA,3", {1, none, 3});
    expect("1 - nan", {1, none, none});
    expect("1,,3", {1, none, 3});
    expect("1, ,3,", {1, none, 3, none});
    expect("1\t\t3\t", {1, none, 3, none});
    expect("1,\"\",\"NA\"", {1, none, none});
    // A number stands for every one that equals it, however it is written.
    expect("-9999 -9999.00 -9.999E3 9999", {none, none, none, 9999});
    expect_bad("1,N/A", 3, "'N/A' is not a number; see --missing", format);
    expect_bad("1,NaN", 3, "'NaN' is not finite; see --missing", format);
    EXPECT_TRUE(std::isnan(
        parse("-9999,0;1", {.decimal_comma = true, .missing = MissingWords("-9999")}).at(0).fields.at(0)));
}

TEST(Records, FixedWidths) {
    const auto widths = [](const std::string& text) {
        return RecordFormat{.widths_written = text, .widths = parse_widths(text)};
    };
    expect_record("  12.345-100", {12.345, -100}, widths("8,4"));
    expect_record("1234567", {12, 5, 67}, widths("2,2x,1,2"));
    expect_record("12345678", {1, 2, 3, 4, 5, 6, 7, 8}, widths("2(1,1),4(1)"));
    expect_record(" 1, 2", {2},
                  [&] {
                      auto format = widths("3,2");
                      format.columns = Columns("--columns", "2");
                      return format;
                  }(),
                  {1});
    auto format = widths("3,3,3");
    expect_bad("  1", 4, "field 2 is empty; see --missing", format);
    expect_bad("  1  2  3  4", 10, "the line has 12 characters, but --width describes 9", format);
    expect_bad("1\t2", 2, "a tab in a line of fixed columns; replace tabs by blanks: expand", format);
    EXPECT_EQ(parse("   ", format).at(0).line, Line::blank);
    EXPECT_EQ(parse("# x", format).at(0).line, Line::blank);
    // Whoever counts bytes reads 12. there, and whoever counts characters 12.5.
    auto named = widths("8,6,8x");
    named.id = Columns("--id", "1");
    const std::string wide =
        "a character of several bytes, behind which --width may mean bytes or characters; make it one byte: "
        "iconv -f UTF-8 -t LATIN1";
    expect_bad("Z\xc3\xbcrich    12.5", 2, wide, named);
    expect_record("Z\xfcrich    12.5", {12.5}, named, {1});
    named = widths("6,9");
    named.id = Columns("--id", "2");
    expect_record("  12.5  Z\xc3\xbcrich", {12.5}, named, {0});
    expect_bad("  12.5Z\xc3\xbcrich  x", 8, wide, named);
    format.missing = MissingWords("empty");
    EXPECT_TRUE(std::isnan(parse("  1", format).at(0).fields.at(2)));
    for (const std::string bad :
         {"", "8,", "8,,6", "0", "-1", "8,x", "3x", "2(1", "2(1))", "2(3(1))", "99999(9,9)", "8 6"})
        EXPECT_THROW(parse_widths(bad), UsageError) << bad;
}

// Lines of old Macintosh files: otherwise a comment or a header would be the whole file.
TEST(Records, ALoneCrIsRefusedWhereverItStands) {
    const std::string reason = "a CR alone does not end a line here; convert line ends to LF: tr '\\r' '\\n'";
    expect_bad("1\r2", 2, reason);
    expect_bad("1 2\r3 4\r5 6", 4, reason);
    expect_bad("# x y\r1 2\r3 4", 6, reason);
    expect_bad("1 2 # why\r3 4", 10, reason);
    expect_bad("time x\r1 2\r3 4", 7, reason);
    expect_bad(
        "gr\xf6\xdf"
        "e\r1 2",
        6, reason);
    expect_bad("#\r2", 2, reason);
    expect_bad("\r2", 1, reason);
    expect_bad("1\r\r", 2, reason);
    expect_bad(std::string("# a\0b\r1 2\r3 4", 14), 6, reason);
    expect_bad(std::string("# a\r\0 1 2", 10), 4, reason);
    expect_bad(std::string("x\0\r1 2", 7), 3, reason);
    for (const std::string text : {"1\r2", "x\r2", "#\r2"}) {
        RecordParser parser;
        const char* at = text.data();
        EXPECT_EQ(parser.next(at, text.data() + text.size()), Line::bad);
        EXPECT_TRUE(parser.lone_cr());
        const std::string next = "x";
        EXPECT_EQ(parser.next(at = next.data(), next.data() + next.size()), Line::bad);
        EXPECT_FALSE(parser.lone_cr());
    }
}

TEST(Records, WholeNumbersThatLoseDigitsAreNoted) {
    const auto rounded = [](const std::string& line, const RecordFormat& format = {}) {
        RecordParser parser(format);
        const char* at = line.data();
        EXPECT_EQ(parser.next(at, line.data() + line.size()), Line::record) << parser.reason();
        return std::vector<std::size_t>(parser.rounded().begin(), parser.rounded().end());
    };
    using Fields = std::vector<std::size_t>;
    EXPECT_EQ(rounded("1 2 3"), Fields{});
    EXPECT_EQ(rounded("9007199254740992 9007199254740994 -9007199254740992"), Fields{});
    EXPECT_EQ(rounded("9007199254740993 1 -9007199254740993 +1237648720693756123"), (Fields{0, 2, 3}));
    EXPECT_EQ(rounded("0000000000000000000000000000001 0009007199254740993"), Fields{1});
    EXPECT_EQ(rounded("1" + std::string(22, '0') + " 1" + std::string(23, '0')), Fields{1});
    EXPECT_EQ(rounded("9007199254740993. 9007199254740993.0 9007199254740993e0 900719925474099300e-2"),
              (Fields{0, 1, 2, 3}));
    EXPECT_EQ(rounded("90071992547409931e0 9007199254740993D+00 +9007199254740994.0 9007199254740992E1"),
              (Fields{0, 1}));
    EXPECT_EQ(rounded("9007199254740993.5 12345678901234567890.123 0.12345678901234567890"), Fields{});
    EXPECT_EQ(rounded("9007199254740993,0", {.decimal_comma = true}), Fields{0});
    EXPECT_EQ(rounded("1;9007199254740993", {.decimal_comma = true}), Fields{1});
}

TEST(Records, FieldsOfALineIfAllWereNumbers) {
    const auto fields = [](const std::string& line, const RecordFormat& format = {}) {
        return RecordParser(format).fields_if_numbers(line.data(), line.data() + line.size());
    };
    EXPECT_EQ(fields("x yy 3\n"), 3);
    EXPECT_EQ(fields("x,nan,\xff\r\n"), 3);
    EXPECT_EQ(fields("1\tx#y\t# z"), 2);
    EXPECT_EQ(fields("a,b;c", {.decimal_comma = true}), 2);
    for (const std::string line : {"", "\n", "# x", "x,,y", "x\t\ty", "x,y z", "x\ry", "1 # x\ry"})
        EXPECT_EQ(fields(line), 0) << line;
}

TEST(Records, Junk) {
    expect_bad(std::string("1 2\0003", 5), 4,
               "byte 0x00 is not text; UTF-16 is made text by iconv -f UTF-16 -t UTF-8");
    expect_bad("1 \x1b[0m", 3, "byte 0x1b is not text");
    expect_bad(
        "1 \xef\xbb\xbf"
        "1",
        3, "a byte order mark within a line; remove it: sed 's/\\xef\\xbb\\xbf//g'");
    expect_bad(
        "\xe2\x88\x92"
        "5",
        1, "a Unicode minus; write -: sed 's/\\xe2\\x88\\x92/-/g'");
    expect_bad(
        "1\xc2\xa0"
        "2",
        2, "a no-break space; between thousands leave it out, else write a blank: sed 's/\\xc2\\xa0/ /g'");
    // Binary data may have anything before it.
    expect_bad(std::string("1,2 3\0", 6), 6,
               "byte 0x00 is not text; UTF-16 is made text by iconv -f UTF-16 -t UTF-8");
    expect_bad(std::string("\xff\xfe"
                           "1\0\r\0\n",
                           7),
               1, "byte 0xff is not text");  // UTF-16
    std::mt19937_64 random(1);
    for (int round = 0; round < 2000; ++round) {
        std::string junk(random() % 200, ' ');
        for (auto& c : junk)
            c = static_cast<char>(random() % 3 == 0 ? random() : "0123456789.,;-+eED# \t\r\n"[random() % 23]);
        std::string rest = junk;
        const auto lines = parse(junk);
        EXPECT_EQ(static_cast<std::int64_t>(lines.size()), count_lines(junk));
        for (const auto& line : lines) {
            EXPECT_LE(line.reason.size(), 120U);
            EXPECT_TRUE(std::all_of(line.reason.begin(), line.reason.end(),
                                    [](char c) { return c >= ' ' && c <= '~'; }));
            EXPECT_EQ(line.line == Line::bad, !line.reason.empty());
            EXPECT_EQ(line.line == Line::record, !line.fields.empty());
        }
    }
}

// The quick ways and the slow one agree with the C library on numbers of every size.
TEST(Records, AsTheCLibraryReadsThem) {
    std::mt19937_64 random(7);
    const std::vector<const char*> formats = {"%.17g", "%22.14E", "%.0f",  "%.3f", "%.20e",
                                              "%g",    "%.16g",   "%.40g", "%.1e"};
    std::string text;
    std::vector<double> expected;
    for (int i = 0; i < 200000; ++i) {
        double value = 0;
        if (i % 2 == 0) {
            const auto bits = random();
            std::memcpy(&value, &bits, sizeof value);
            if (!std::isfinite(value)) continue;
        } else {
            value = std::ldexp(static_cast<double>(static_cast<std::int64_t>(random())),
                               -40 - static_cast<int>(random() % 60));
        }
        char word[500];
        const auto length = std::snprintf(word, sizeof word, formats[random() % formats.size()], value);
        if (std::isinf(std::strtod(word, nullptr))) continue;
        expected.push_back(std::strtod(word, nullptr));
        text.append(word, static_cast<std::size_t>(length)) += expected.size() % 5 == 0 ? '\n' : ' ';
    }
    std::vector<double> got;
    for (const auto& line : parse(text)) {
        ASSERT_EQ(line.line, Line::record) << line.reason;
        got.insert(got.end(), line.fields.begin(), line.fields.end());
    }
    ASSERT_EQ(got.size(), expected.size());
    EXPECT_EQ(std::memcmp(got.data(), expected.data(), got.size() * sizeof(double)), 0);
}

TEST(CountLines, AsCountedOneByOne) {
    EXPECT_EQ(count_lines({}), 0);
    std::mt19937_64 random(3);
    for (std::size_t size = 1; size < 40000; size += 1 + size / 3) {
        for (const int period : {1, 2, 7, 100, 100000}) {
            std::string text(size, 'x');
            for (auto& c : text)
                c = random() % static_cast<unsigned>(period) == 0 ? '\n' : static_cast<char>(random() | 0x10);
            const AtTheEdge edge(text);
            EXPECT_EQ(count_lines({edge.begin(), edge.end()}),
                      std::count(text.begin(), text.end(), '\n') + (text.back() != '\n'));
        }
    }
}

}  // namespace
}  // namespace pacer
