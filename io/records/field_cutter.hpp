// Cuts a line into fields, whatever is in them: a part of RecordParser, for lines that are no plain row of
// numbers, and for headers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/records/record_format.hpp"
#include "io/records/separators.hpp"

namespace pacer {

class FieldCutter {
  public:
    explicit FieldCutter(const RecordFormat& format);

    // A line without its end. Fields are without the blanks around them, and without their quotes; they lie
    // in the line or in this. None of a line that is blank or a comment. False: see column(), reason().
    bool cut(std::string_view line);

    const std::vector<std::string_view>& fields() const { return fields_; }
    // Where a field begins in its line, from 1.
    std::int64_t column_of(std::size_t field) const { return starts_[field] + 1; }
    bool by_commas() const { return by_commas_; }

    std::int64_t column() const { return column_; }
    const std::string& reason() const { return reason_; }

  private:
    bool refuse(std::size_t at, std::string reason);
    bool is_comment(std::size_t at) const { return format_.is_comment(line_[at]); }
    unsigned kind_of(std::size_t at) const { return kinds_[static_cast<unsigned char>(line_[at])]; }
    bool find_separator(unsigned& separator);
    bool split(unsigned separator);
    bool cut_widths();
    bool is_column_behind(std::size_t byte) const;
    bool take_quoted(std::size_t& at, std::string_view& text);
    void push(std::size_t start, std::string_view text);
    void push_unquoted(std::size_t start, std::string_view text, bool by_blanks);

    RecordFormat format_;
    const separators::Kinds& kinds_;
    std::int64_t all_widths_ = 0;

    std::string_view line_;
    std::vector<std::string_view> fields_;
    std::vector<std::int64_t> starts_;
    std::string unquoted_;  // fields with doubled quotes, one behind the other
    bool by_commas_ = false;
    std::int64_t column_ = 0;
    std::string reason_;
};

}  // namespace pacer
