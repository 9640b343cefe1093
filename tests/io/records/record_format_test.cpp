// What the user says of lines: columns by number and name, words for missing values, contradictions; and
// files that are no text.
#include "io/records/record_format.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.hpp"
#include "io/records/foreign.hpp"

namespace pacer {
namespace {

using Numbers = std::vector<std::int64_t>;

std::string refusal(const std::function<void()>& doing) {
    try {
        doing();
    } catch (const UsageError& error) {
        return error.what();
    }
    return "nothing is refused";
}

Numbers chosen(const std::string& written, const std::vector<std::string>& names = {}) {
    Columns columns("--columns", written);
    if (!names.empty()) columns.resolve(names, "a.csv:1");
    return columns.numbers();
}

TEST(ColumnsTest, NumbersRangesAndNames) {
    EXPECT_EQ(chosen("1,3,4"), (Numbers{0, 2, 3}));
    EXPECT_EQ(chosen("2-4,1,3"), (Numbers{1, 2, 3, 0, 2}));
    EXPECT_EQ(chosen("y,1-2,\"a,\"\"b\"\"\"", {"x", "y", "a,\"b\""}), (Numbers{1, 0, 1, 2}));
    EXPECT_EQ(chosen("\"2020\",e-mev", {"2019", "2020", "e-mev"}), (Numbers{1, 2}));
    EXPECT_EQ(chosen("1", {"1", "2"}), (Numbers{0}));
    EXPECT_FALSE(Columns().chosen());
    EXPECT_TRUE(Columns("--id", "1,x").has_names());
    EXPECT_FALSE(Columns("--id", "1-2").has_names());
}

TEST(ColumnsTest, Refused) {
    for (const std::string written : {"", ",", "1,", ",1", "1,,2", "\"\""})
        EXPECT_NE(refusal([&] { chosen(written); }).find("a column is missing"), std::string::npos)
            << written;
    for (const std::string written : {"0", "3-2", "1000001", "0-3", "99999999999999999999"})
        EXPECT_NE(refusal([&] { chosen(written); }).find("columns count from 1"), std::string::npos)
            << written;
    EXPECT_EQ(refusal([&] { chosen("\"x"); }), "--columns \"x: a quote is not closed");
    EXPECT_EQ(refusal([&] {
                  chosen("z", {"x", "y"});
              }),
              "--columns z: there is no column 'z' in a.csv:1, which names x, y");
    EXPECT_EQ(refusal([&] {
                  chosen("x", {"x", "x"});
              }),
              "--columns x: several columns of a.csv:1 are called 'x'; choose by number");
    EXPECT_EQ(
        refusal([&] {
            chosen("2", {"2", "1"});
        }),
        "--columns 2: column 1 of a.csv:1 is called '2'; for that one write '\"2\"', and leave out --header "
        "for numbers");
}

TEST(MissingWordsTest, WordsAndNumbers) {
    const MissingWords words("NA,-9999,empty,*");
    EXPECT_TRUE(words.has("NA") && words.has("-9999") && words.has("") && words.has("*"));
    EXPECT_FALSE(words.has("empty") || words.has("na") || words.has("0"));
    EXPECT_TRUE(words.has(-9999.0));
    EXPECT_FALSE(words.has(9999.0) || words.has(0.0));
    EXPECT_FALSE(MissingWords("NA").has(""));
    EXPECT_FALSE(MissingWords().any());
    EXPECT_NE(refusal([] { MissingWords("NA,,x"); }).find("write 'empty' for an empty field"),
              std::string::npos);
}

TEST(RecordFormatTest, Contradictions) {
    const auto refused = [](const RecordFormat& format) { return refusal([&] { format.check(); }); };
    EXPECT_EQ(refused({}), "nothing is refused");
    EXPECT_NE(refused({.separator = Separator::comma, .decimal_comma = true}).find("contradict"),
              std::string::npos);
    EXPECT_NE(refused({.fields = 3, .ragged = true}).find("contradict"), std::string::npos);
    EXPECT_NE(refused({.separator = Separator::tab, .widths = parse_widths("3")}).find("contradict"),
              std::string::npos);
    EXPECT_NE(refused({.header = true, .lines_per_record = 2}).find("contradict"), std::string::npos);
    EXPECT_NE(refused({.id = Columns("--id", "1"), .lines_per_record = 2}).find("contradict"),
              std::string::npos);
    EXPECT_NE(refused({.id = Columns("--id", "x")}).find("give --header"), std::string::npos);
    EXPECT_EQ(refused({.header = true, .id = Columns("--id", "x")}), "nothing is refused");
    for (const std::string comment : {"-", "#1", ",", "\"", " ", "."})
        EXPECT_NE(refused({.comment = comment}).find("cannot begin comments"), std::string::npos) << comment;
    EXPECT_EQ(refused({.comment = ";%!"}), "nothing is refused");
    EXPECT_NE(refused({.decimal_comma = true, .comment = ";"}).find("cannot begin comments"),
              std::string::npos);
}

TEST(RecordFormatTest, MissingWordsThatWouldNotBeMet) {
    const auto refused = [](const std::string& words, RecordFormat format) {
        format.missing = MissingWords(words);
        return refusal([&] { format.check(); });
    };
    EXPECT_EQ(refused("NA,#N/A", {}),
              "--missing NA,#N/A: '#' begins a comment, so no field is #N/A; say what else does, or none, "
              "with --comment");
    EXPECT_EQ(refused("#N/A", {.comment = ""}), "nothing is refused");
    EXPECT_EQ(refused("-999,9", {}), "nothing is refused");
    EXPECT_EQ(
        refused("NA,-999,9", {.decimal_comma = true}),
        "--missing NA,-999,9: commas separate its words, whatever they do in the input; write numbers with a "
        "point, -999.9, or with a sign, +9");
    EXPECT_EQ(refused("NA,-999,+9", {.decimal_comma = true}), "nothing is refused");
    EXPECT_EQ(refused("-999.9,-1,NA,9", {.decimal_comma = true}), "nothing is refused");
}

// Whatever changes how lines are read must differ in what a run is resumed by.
TEST(RecordFormatTest, AllThatIsSaidIsTold) {
    const auto told = [](const RecordFormat& format) {
        std::string text;
        for (const auto& said : said_of(format)) {
            if (!said.usual) text += said.option + "=" + to_string(said.value) + " ";
        }
        return text;
    };
    EXPECT_EQ(told({}), "");
    EXPECT_EQ(
        told({.separator = Separator::tab,
              .decimal_comma = true,
              .trailing_separator = true,
              .widths_written = "3",
              .comment = "",
              .header = true,
              .columns = Columns("--columns", "2-3"),
              .id = Columns("--id", "1"),
              .missing = MissingWords("NA"),
              .fields = 4,
              .ragged = true,
              .lines_per_record = 2}),
        "separator=tab decimal-comma=yes trailing-separator=yes width=3 comment=none header=yes columns=2-3 "
        "id=1 missing=NA fields=4 ragged=yes lines-per-record=2 ");
}

TEST(Foreign, FilesThatAreNoText) {
    using namespace std::string_view_literals;
    const auto is = [](std::string_view text) { return foreign_format(text).substr(0, 6); };
    EXPECT_EQ(is("\xff\xfe"
                 "1\0,\0"sv),
              "UTF-16");
    EXPECT_EQ(is("\xfe\xff\0001"sv), "UTF-16");
    EXPECT_EQ(is("\xff\xfe\0\0001\0\0\0"sv), "UTF-32");
    EXPECT_EQ(is("\xfd"
                 "7zXZ\0\0\4"sv),
              "xz: de");
    EXPECT_EQ(is("BZh91AY&SY\x1f\x02"sv), "bzip2:");
    EXPECT_EQ(is("PK\3\4\x14"sv), "a zip ");
    EXPECT_EQ(is("\x93NUMPY\1\0v\0{}\n"sv), "NumPy'");
    EXPECT_EQ(is("\x89HDF\r\n"sv), "HDF5: ");
    EXPECT_EQ(is("PAR1\x15\0\n"sv), "Parque");
    EXPECT_EQ(is("ARROW1\0\0\n"sv), "Feathe");
    EXPECT_EQ(is("%PDF-1.7\n"sv), "PDF: e");
    EXPECT_EQ(is("CDF\5\0\0"sv), "netCDF");
    EXPECT_EQ(is("MATLAB 5.0 MAT-file, Platform: GLNXA64\0\1IM"sv), "a .mat");
    EXPECT_EQ(is("GRIB\0\1\2\1"sv), "GRIB: ");
    EXPECT_EQ(is("\n <!DOCTYPE html>"sv), "an HTM");
    EXPECT_EQ(is("<HTML>"sv), "an HTM");
    std::string tar(512, '\0');
    tar.replace(0, 5, "a.txt").replace(257, 5, "ustar");
    EXPECT_EQ(is(tar), "a tar ");
    for (const auto text :
         {"1 2\n"sv, "PAR1,PAR2\n1,2\n"sv, "BZh\n"sv, ""sv, "#<html>"sv, "ARROW1 2"sv, "MATLAB 1 2\n"sv,
          "\xef\xbb\xbf"
          "1"sv})
        EXPECT_EQ(is(text), "") << text;
}

}  // namespace
}  // namespace pacer
