// Finds out what the first record of a file is, from the lines as they are read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "io/records/block.hpp"
#include "io/records/doubtful_commas.hpp"
#include "io/records/records.hpp"

namespace pacer {

class FirstRecordFinder {
  public:
    explicit FirstRecordFinder(const RecordFormat& format)
        : parser_(format),
          comments_(format.comment),
          commas_unclear_(format.commas_unclear()),
          blanks_unclear_(format.blanks_unclear()),
          lines_per_record_(format.lines_per_record),
          expected_fields_(format.expected_fields()) {}

    // Whole lines and records of which `before` lines of the file come before, `header` of them a header.
    void look(const char* at, const char* end, std::int64_t before, std::int64_t header);

    const FirstRecord& found() const { return found_; }
    // The first line of the header, from 0, that would be a record.
    std::optional<std::int64_t> header_record() const { return header_record_; }
    // Whether its commas are unclear, or its blanks where commas are decimal points, if it was found here and
    // no option says what they mean.
    Commas doubt() const { return doubt_; }

  private:
    FirstRecord read_record(const char*& at, const char* end, std::int64_t line);

    RecordParser parser_;
    std::string comments_;
    bool commas_unclear_, blanks_unclear_;
    std::int64_t lines_per_record_, expected_fields_;
    FirstRecord found_{};
    std::optional<std::int64_t> header_record_;
    Commas doubt_ = Commas::clear;
};

}  // namespace pacer
