// The final files of a run by segments: laid out by rank 0, written by all.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "apps/fileio/delivery/results_writer.hpp"
#include "apps/fileio/segments/segment_books.hpp"
#include "apps/fileio/segments/segment_log.hpp"

namespace pacer::fileio {

// Gives the pieces of a segment, placed as in the input, to `take`; those whose numbers are in their places
// in the file of session `in_place` without them. Returns the first line that is not accounted for exactly
// once, "line 17 is lost"; or empty. Throws UsageError: a log is damaged.
std::string visit(SegmentLogs& logs, const DoneSegment& segment, std::int32_t in_place,
                  const std::function<void(const Piece&)>& take);

// What every rank needs to know to write its share.
struct ResultsLayout {
    std::optional<Slabs> slabs{};     // none: there is nothing to write, but statistics to add up
    std::string part_path{}, path{};  // of the unfinished file, and as messages name it
    std::int32_t in_place = 0;        // see visit; 0: no session
};
std::string written(const ResultsLayout& layout);
ResultsLayout read_layout(std::string_view text);

// What came of writing a segment.
struct Written {
    std::int64_t file = 0;  // of the segment
    bool failed = false;
    std::string words{};  // why, or a line that violates the account
    Statistics statistics{};
};
Written read_written(std::span<const char> message);

// A rank's part.
class SegmentWriter {
  public:
    // `who`: "rank 3 on node7".
    SegmentWriter(SegmentLogs& logs, const ResultsLayout& layout, std::string who);
    ~SegmentWriter();
    SegmentWriter(const SegmentWriter&) = delete;
    SegmentWriter& operator=(const SegmentWriter&) = delete;

    // Writes the results of a DoneSegment, as a message; what came of it as another.
    Bytes work_on(std::span<const char> message);
    void finish();  // all is on disk; throws UsageError

  private:
    class File;
    SegmentLogs& logs_;
    std::int32_t in_place_;
    std::string who_;
    std::unique_ptr<File> file_;  // none without slabs
};

}  // namespace pacer::fileio
