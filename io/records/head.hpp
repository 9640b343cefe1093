// What is known of a file's head, from the lines as they come: all that lines depend on that lie behind it.
#pragma once

#include <cstdint>
#include <span>

#include "io/records/first_record.hpp"
#include "io/records/record_format.hpp"

namespace pacer {

class Head {
  public:
    // `header`: lines that come before the file's records.
    Head(const RecordFormat& format, std::int64_t header)
        : finder_(format), header_(header), format_(format) {}

    // Whole lines and records of which `before` lines of the file come before.
    void look(std::span<const char> text, std::int64_t before);

    bool known() const { return finder_.found().fields > 0; }
    const FirstRecordFinder& finder() const { return finder_; }
    std::uint64_t hash() const { return known() ? before_ : 0; }
    // Lines before the file's records; while no record has come, as far as they are known.
    std::int64_t header() const { return header_; }
    void extend_header(std::span<const char> text, std::int64_t before);

    // How many of so many lines, that have `before` lines before them, come before the file's records.
    std::int64_t header_lines(std::int64_t before, std::int64_t lines) const;

  private:
    FirstRecordFinder finder_;
    std::int64_t header_;
    RecordFormat format_;
    std::uint64_t before_ = 1;  // a hash of the lines before the first record
};

}  // namespace pacer
