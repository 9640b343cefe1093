// What the ranks of a run by segments leave behind: a log each, in one folder, like the journal of a run
// whose rank 0 keeps all pieces (entry_log.hpp). A session writes logs of its own and reads those of earlier
// ones.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apps/fileio/delivery/entry_log.hpp"
#include "apps/fileio/segments/growing_results.hpp"
#include "apps/fileio/segments/segment.hpp"
#include "apps/fileio/segments/segment_entries.hpp"

namespace pacer::fileio {

// The folder of the logs. Every function throws UsageError that names the log: damaged, in use, disk full,
// ...
class SegmentLogs {
  public:
    explicit SegmentLogs(std::string folder) : folder_(std::move(folder)) {}

    const std::string& folder() const { return folder_; }
    // A hash of what must be the same in all sessions; known before a log is written or looked through.
    std::uint64_t run() const { return run_; }
    void set_run(std::uint64_t run) { run_ = run; }
    std::string path_of(const LogName& name) const;
    std::string path_of_results(std::int32_t session) const;
    std::vector<LogName> names() const;  // in their order
    bool have_results() const;
    // Those that are open for reading: a network file system keeps a removed file as long as it is open.
    void close() { open_.clear(), results_.clear(); }
    void remove();  // the folder with all that is in it

    // The pieces in a stretch, with what the log has of them (good until the next one), and those in other
    // logs that it keeps, without; in the order written. `drop` is told of those that it says to be dropped.
    using TakePlaced = std::function<void(const PlacedPiece&, std::span<const char> stored)>;
    void for_each_piece(const Stretch& stretch, const TakePlaced& take,
                        const std::function<void(const PlacedPiece&)>& drop = {});
    Bytes read(const PlacedPiece& piece);
    // All but the numbers, of one whose numbers are apart: as if records had no results.
    Bytes read_without_numbers(const PlacedPiece& piece);
    // All of it, from what the log has of it.
    Bytes whole(const PlacedPiece& piece, std::span<const char> stored);

  private:
    std::shared_ptr<const EntryLog> opened(const LogName& name);
    const GrowingResults& results_of(std::int32_t session);

    std::string folder_;
    std::uint64_t run_ = 0;
    std::map<LogName, std::shared_ptr<const EntryLog>> open_{};  // to be read
    std::map<std::int32_t, GrowingResults> results_{};           // likewise, by session
};

// The one that this rank writes.
class OwnSegmentLog {
  public:
    OwnSegmentLog(const SegmentLogs& logs, LogName name);

    std::int64_t end() const { return log_.end(); }
    void add_segment(const Segment& segment);
    void add_begun(std::int64_t offset, std::int64_t bytes);
    void add_piece(std::span<const char> piece) { add(SegmentEntry::piece, {piece}); }
    void add_piece_apart(std::span<const char> piece, std::int64_t row);
    void add_kept(const PlacedPiece& piece) { add_placed(SegmentEntry::kept, piece); }
    void add_dropped(const PlacedPiece& piece) { add_placed(SegmentEntry::dropped, piece); }
    void add_ended();

  private:
    void add(SegmentEntry kind, std::initializer_list<std::span<const char>> parts);
    void add_placed(SegmentEntry kind, const PlacedPiece& piece);
    void flush();

    EntryLog log_;
    std::string results_path_;
    std::optional<GrowingResults> results_{};  // once there is something to write
    double flushed_;
};

}  // namespace pacer::fileio
