// Where the results of a segment will begin, before all that come before it are calculated.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace pacer::fileio {

// The row of each segment's first record, as soon as the records of all segments before are counted.
class RowForecast {
  public:
    static constexpr std::int64_t later = -1, not_soon = -2;  // in place of a row
    static constexpr std::int64_t not_counted = -1;           // in place of records

    // In the order of the input. Of some nothing is known before they are done.
    void add_segment(bool is_counted);
    void count(std::int64_t segment, std::int64_t records);
    // How many there were, as is known in the end. If they were counted otherwise, no row is known any more.
    void settle(std::int64_t segment, std::int64_t records);
    std::int64_t row_of(std::int64_t segment);
    bool holds() const { return holds_; }

  private:
    struct Count {
        std::int64_t records = not_counted;
        bool is_counted = false;  // soon, or already
    };
    std::vector<Count> counts_{};        // of each segment
    std::vector<std::int64_t> rows_{0};  // of the first ones
    bool holds_ = true;
};

// How many lines behind the first ones, which are a header, seem to be records: neither blank nor comments
// that begin with one of these characters.
std::int64_t count_record_lines(std::span<const char> text, std::int64_t header_lines,
                                std::string_view comment);

}  // namespace pacer::fileio
