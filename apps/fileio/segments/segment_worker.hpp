// What a worker does with a segment: it reads it itself, keeps what earlier sessions did of it, calculates
// the rest, and writes all pieces into a log of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apps/fileio/flow/block_size.hpp"
#include "apps/fileio/flow/flow.hpp"
#include "apps/fileio/segments/segment_log.hpp"
#include "io/records/reader.hpp"

namespace pacer::fileio {

class SegmentWorker {
  public:
    // `who`: "rank 3 on node7". `log` is begun when there is something to write. What is referred to must
    // outlive this.
    SegmentWorker(const Job& job, int threads, const Settings& settings, SegmentLogs& logs, LogName name,
                  std::optional<OwnSegmentLog>& log, std::string who);

    // A segment as a message; the report of it.
    Bytes work_on(std::span<const char> message);

  private:
    RangeReader open(const Segment& segment);
    std::vector<PlacedPiece> earlier_pieces(const Segment& segment);
    void calculate(const Segment& segment, Report& report, std::string& words);
    void drop(const PlacedPiece& piece, Report& report);
    void drop_double(const PlacedPiece& piece, const PlacedPiece& kept, Report& report);
    bool calculate_block(const Segment& segment, BlockPlace place, const Bytes& text, Report& report,
                         std::string& words);

    const Job& job_;
    const Settings& settings_;
    SegmentLogs& logs_;
    LogName name_;
    std::optional<OwnSegmentLog>& log_;
    std::string who_;
    ThreadedProcessor processor_;
    BlockSize size_;
    std::optional<FileHead> head_;  // of the file that the last segment was of
    InputFile file_{};
};

}  // namespace pacer::fileio
