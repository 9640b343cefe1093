// Cuts a file at line ends: what Reader and RangeReader share.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "common/base/bytes.hpp"
#include "io/files/stream.hpp"
#include "io/records/block.hpp"
#include "io/records/reader.hpp"

namespace pacer {

inline constexpr std::int64_t unbounded = std::numeric_limits<std::int64_t>::max();

inline std::size_t size_of(std::int64_t bytes) {
    return static_cast<std::size_t>(bytes);
}

// Bytes up to the first newline, and with it; 0 if it has none.
std::int64_t to_first_newline(const char* text, std::int64_t bytes);

// Cuts what a file gives at line ends.
class Cutter {
  public:
    Cutter(const Found& found, const ReadSettings& settings);

    const Stream& stream() const { return stream_; }
    std::int64_t offset() const { return offset_; }  // where the next lines begin

    // Appends whole lines of up to `wanted` bytes in all, at least one, and returns their bytes; 0 at the
    // end. They end at the offset `bound` at the latest, unless a line goes on there. `line`: their first
    // one's number, from 0, for messages; -1: not known.
    std::int64_t next(Bytes& text, std::int64_t wanted, std::int64_t bound, std::int64_t line);

    // Appends exactly so many bytes. False, and nothing is, if there are fewer, or a line goes on behind
    // them.
    bool take(Bytes& text, std::int64_t bytes);
    void give_back(Bytes& text);  // all of what was taken or cut last: it comes again

    void skip(std::int64_t bytes);  // of a plain file

    // The first lines, so many of them or as many as there are; they are still to come. To be called before
    // anything else.
    Bytes first_lines(std::int64_t lines);

    [[noreturn]] void refuse_changed() const;

  private:
    const std::string& path() const { return stream_.file().path; }
    std::int64_t fetch(Bytes& text, std::int64_t bytes);
    void put_back(Bytes& text, std::size_t from);
    std::int64_t whole_lines(Bytes& text, std::size_t start, std::int64_t limit, std::int64_t room);
    std::int64_t one_line(Bytes& text, std::size_t start, std::int64_t searched);
    void check_lines(const char* text, std::int64_t bytes, std::int64_t line) const;

    Stream stream_;
    std::int64_t longest_line_;
    std::int64_t offset_ = 0;
    bool ended_ = false;            // nothing is left to fetch but what is carried
    Bytes carried_;                 // fetched, but not given out
    std::size_t carried_from_ = 0;  // its bytes before are given out
};

}  // namespace pacer
