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
#include "apps/fileio/segments/row_forecast.hpp"
#include "apps/fileio/segments/segment_log.hpp"
#include "io/records/reader.hpp"

namespace pacer::fileio {

class SegmentWorker {
  public:
    // Tells rank 0 how many records a segment seems to have, and returns at which row it begins; see
    // RowForecast.
    using AskForRow = std::function<std::int64_t(std::int64_t segment, std::int64_t records)>;

    // `who`: "rank 3 on node7". `log` is begun when there is something to write. What is referred to must
    // outlive this.
    SegmentWorker(const Job& job, int threads, const Settings& settings, SegmentLogs& logs, LogName name,
                  std::optional<OwnSegmentLog>& log, std::string who, AskForRow ask);

    // A segment as a message; the report of it.
    Bytes work_on(std::span<const char> message);

  private:
    RangeReader open(const Segment& segment);
    // Where a segment's results go in the session's file, and how many fit; none: they do not go there.
    struct Room {
        std::int64_t row = RowForecast::not_soon, records = 0;
    };
    Room room_for(const Segment& segment, const std::vector<PlacedPiece>& earlier);
    std::int64_t count_records(const Segment& segment);
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
    AskForRow ask_;
    ThreadedProcessor processor_;
    BlockSize size_;
    Room room_{};                   // of this segment's results
    std::optional<FileHead> head_;  // of the file that the last segment was of
    InputFile file_{};
};

}  // namespace pacer::fileio
