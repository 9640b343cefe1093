// Segments of the input as rank 0 hands them out, and what workers report of them: places, not text.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/fileio/flow/piece.hpp"
#include "common/base/bytes.hpp"
#include "io/records/block.hpp"

namespace pacer::fileio {

// The log of a rank of a session: of the first run, or of one that resumed it.
struct LogName {
    std::int32_t session = 0, rank = 0;
    auto operator<=>(const LogName&) const = default;
};

// A part of a log. The bytes that were begun last and not finished, if the session was killed there, may be
// why.
struct Stretch {
    LogName log{};
    std::int64_t from = 0, to = 0;
    std::int64_t suspect_offset = 0, suspect_bytes = 0;
};

// The lines that start in these bytes of a file.
struct Segment {
    InputFile file;
    std::int64_t number = 0;          // in the order of the input
    std::int64_t file_number = 0;     // likewise
    std::int64_t time = 0;            // how many files of that path came before it
    std::int64_t begin = 0, end = 0;  // bytes; all there is of a compressed file
    std::int64_t in_place = 0;  // 1: results are to be written where they will be; see growing_results.hpp
    std::vector<Stretch> earlier{};  // where earlier sessions left pieces of it
};

void append_segment(Bytes& message, const Segment& segment);
Segment read_segment(std::span<const char> message);

enum class Outcome : std::int64_t {
    whole,
    bad,      // a bad record ends the run
    stopped,  // a signal, or the time
    failed    // the file, or the worker's log, cannot be read or written
};

// What became of a segment. Lines are numbered from what the reader called its first one; see RangeReader.
struct Report {
    std::int64_t number = 0;
    Outcome outcome = Outcome::whole;
    Stretch where{};                   // its pieces lie
    PieceHeader all{};                 // of them together, if it is whole
    std::int64_t records = 0;          // done and rejected by this session
    std::int64_t kept = 0, again = 0;  // of earlier ones: there still, and of another text now
    std::int64_t kept_bytes = 0;
    std::int64_t row = -1;   // that the segment is to begin at, if it was known in time
    std::int64_t apart = 0;  // records of this session whose numbers are in their places then
    std::int64_t twice = 0;  // of earlier ones, again: kept as another session did them
    std::int64_t unlike = 0, unlike_offset = 0;  // of these, with other results; where the first ones begin
    std::int64_t bad_line = 0, bad_column = 0;
    std::int64_t before_bad = 0;  // of `records`; other threads may have done some behind it
    std::int64_t ends_open = 0;   // 1: its last line may have been cut, if others of its file were not
};

// With the words why the record is bad, or what failed.
Bytes written(const Report& report, std::string_view words);
Report read_report(std::span<const char> message, std::string& words);

// Takes what follows into the account of all pieces before it.
void add(PieceHeader& all, const PieceHeader& next);

}  // namespace pacer::fileio
