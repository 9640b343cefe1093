// Lines of text as records of numbers. One record a line; fields are separated by blanks, tabs or one comma;
// "#" starts a comment that ends with the line; a line of nothing else is blank; CR before LF is ignored.
// An empty field, as in "1,,2" or "1,", is refused. Numbers are written as C++ and Fortran do: 1, -2.5,
// +.5, 1., 1e3, 1.0D+00, 1.0+100. They must be finite; one too small for a double is 0.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace pacer {

// Lines in a text; one that has no newline at its end counts too.
std::int64_t count_lines(std::span<const char> text);

// Reads lines of text into numbers, one line after the other.
class RecordParser {
  public:
    enum class Line { record, blank, bad };

    // Parses the line that starts at `at` and ends with a newline or at `end`; moves `at` behind it. Nothing
    // is read at or beyond `end`. at < end.
    Line next(const char*& at, const char* end);

    // Of the last record: any number, at least one.
    std::span<const double> fields() const { return {room_.data(), count_}; }

    // Of what made the last bad line bad: from 1, in bytes.
    std::int64_t column() const { return column_; }

    // "'abc' is not a number". Printable; no more than 40 characters of the line are quoted.
    const std::string& reason() const { return reason_; }

  private:
    bool read_fields(const char*& at, const char* end);
    bool read_number(const char* line, const char*& at, const char* end, double& value);
    bool read_slowly(const char* line, const char*& at, const char* end, double& value);
    void read_most(const char*& from, const char* end);
    void add(double value);
    bool reject(std::int64_t column, std::string reason);

    std::vector<double> room_ = std::vector<double>(16);  // its first count_ numbers are the record
    std::size_t count_ = 0;
    std::string plain_;  // a number rewritten as C++ writes it
    std::int64_t column_ = 0;
    std::string reason_;
};

}  // namespace pacer
