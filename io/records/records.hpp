// Lines of text as records of numbers. Fields are separated by blanks, or each by one tab or comma with or
// without blanks around it, or as is said; a line has one kind of separator. "#" at the start of a line or of
// a field starts a comment that ends with the line; a line of nothing else is blank; CR before LF is ignored,
// and a lone CR refused. So is an empty field, as in "1,,2", "1," or, between tabs, "1<TAB><TAB>2"; a tab at
// the line's end is none. Tabs alone are a blank line unless they are said to separate. Numbers are written
// as C++ and Fortran do: 1, -2.5, +.5, 1., 1e3, 1.0D+00; without a letter, as in 1.0+100, only with one digit
// before the point, since two columns may touch; and 3*0.0 are three numbers. They must be finite; one too
// small for a double is 0. A byte order mark before a line is ignored. What RecordFormat says changes these
// rules. Where it chooses columns, and where a field is in quotes, the line is cut into fields first, and
// only what is needed must be numbers; texts may have blanks in them, so that a line with blanks between its
// words and tabs before or behind them is refused, and 3*0.0 is three numbers only where blanks separate.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/records/field_cutter.hpp"
#include "io/records/number_layout.hpp"
#include "io/records/record_format.hpp"

namespace pacer {

// Lines in a text; one that has no newline at its end counts too.
std::int64_t count_lines(std::span<const char> text);

// Reads lines of text into numbers, one line after the other.
class RecordParser {
  public:
    enum class Line { record, blank, bad };

    explicit RecordParser(const RecordFormat& format = {});

    // Parses the line that starts at `at` and ends with a newline or at `end`; moves `at` behind it. Nothing
    // is read at or beyond `end`. at < end.
    Line next(const char*& at, const char* end);

    // Parses the lines that follow a record as long as they are like it: rows of as many numbers, separated
    // alike, in the most frequent notations. Their numbers go to `room`, row by row; no more rows than fit
    // there. Moves `at` behind them and returns how many they are. What is said of the last line below stays
    // as it is.
    std::int64_t next_alike(const char*& at, const char* end, std::span<double> room);

    // The numbers of the last record, at least one: of all its fields, NaN if a value is missing. Of a field
    // that is neither chosen nor an identifier there need be no number, and is none that means anything.
    std::span<const double> fields() const { return {room_.data(), count_}; }
    // Its identifiers, as they are in the line; good until the next line.
    std::span<const std::string_view> ids() const { return ids_; }
    // Which of them, from 0, are whole numbers beyond 2^53 that lost digits.
    std::span<const std::size_t> rounded() const { return rounded_; }

    // Whether they are separated by commas.
    bool by_commas() const;

    // Where the last bad line is wrong: in bytes, from 1.
    std::int64_t column() const { return column_; }

    // "'abc' is not a number". Printable; no more than 40 characters of the line are quoted.
    const std::string& reason() const { return reason_; }

    // How many fields a bad line has if each of its words were a number; 0: that cannot be told, or none.
    std::int64_t fields_if_numbers(const char* line, const char* end);

    // The last line was bad since it has a CR that ends lines elsewhere: it may hold whole records.
    bool lone_cr() const { return lone_cr_; }

  private:
    std::uint8_t kind_of(char c) const { return (*kinds_)[static_cast<unsigned char>(c)]; }
    std::uint8_t kind_at(const char* at, const char* end) const;
    bool is_comment(char c) const { return comment_[static_cast<unsigned char>(c)]; }
    bool is_mixed(unsigned separators) const;
    bool is_needed(std::size_t field) const;
    bool may_be_cut(const char* line, const char* behind) const;
    Line read_cut(const char* line, const char* behind);
    bool read_cut_field(std::size_t field);
    bool read_id(std::size_t field);
    bool read_fields(const char*& at, const char* end);
    bool read_gap(const char* line, const char*& at, const char* end, bool& ended);
    bool read_number(const char* line, const char*& at, const char* end, double& value);
    bool read_slowly(const char* line, const char*& at, const char* end, double& value);
    void read_most(const char*& from, const char* end);
    void refuse_lone_cr(const char* line, const char* from, const char* end, bool good);
    void refuse_zero_byte(const char* line, const char* end);
    void note_rounded(std::string_view word, double value);
    void add(double value);
    bool reject(std::int64_t column, std::string reason);
    const char* advice_on(std::string_view word) const;
    bool reject_word(std::int64_t column, std::string_view word, bool number, double value);
    enum class Gap { between, at_end, tabs };
    bool reject_empty(std::int64_t column, std::size_t field, Gap gap);
    bool reject_mixed(std::int64_t column);

    RecordFormat format_;
    const separators::Kinds* kinds_;
    std::array<bool, 256> comment_{};
    bool automatic_, decimal_comma_, tabs_only_, must_be_cut_;
    bool needs_all_;            // fields must be numbers, but for identifiers
    std::vector<bool> chosen_;  // of the first fields, which must be numbers; and which are identifiers
    unsigned refused_;          // separators that only pad
    FieldCutter cutter_;

    std::vector<double> room_ = std::vector<double>(16);  // its first count_ numbers are the record
    std::size_t count_ = 0;
    NumberLayouts layouts_{};
    unsigned separators_ = 0;       // that stand between its fields
    std::int64_t leading_tab_ = 0;  // column, 0: none
    std::vector<std::size_t> rounded_;
    std::vector<std::string_view> ids_;
    std::string plain_;  // a number rewritten as C++ writes it
    std::int64_t column_ = 0;
    std::string reason_;
    bool lone_cr_ = false;
    bool was_quick_ = false;  // the last line was read the quick way alone
};

}  // namespace pacer
