// What came of the segments so far, put in the order of the input as far as all before are known: only then
// it is known on which lines of its file a segment is.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "apps/fileio/delivery/max_rejected.hpp"
#include "apps/fileio/segments/segment.hpp"

namespace pacer::fileio {

// A segment that is whole, and where its results go.
struct DoneSegment {
    Stretch where{};
    std::int64_t file = 0;
    std::int64_t first_line = 0;  // lines before it in its file
    std::int64_t row = 0;         // records done before it
    std::int64_t offset = 0, bytes = 0, lines = 0;
    std::int64_t done = 0, rejected = 0;
};

class SegmentBooks {
  public:
    // `settled` is told of each whole segment in the order of the input, with its true lines.
    explicit SegmentBooks(std::function<void(const Report&)> settled) : settled_(std::move(settled)) {}

    void take(const Report& report, std::string words);

    const std::vector<DoneSegment>& segments() const { return segments_; }
    const PieceHeader& all() const { return all_; }  // counts of them together
    // Records done and rejected by this session, and the fate of those of earlier ones.
    std::int64_t new_records() const { return new_records_; }
    std::int64_t kept() const { return kept_; }
    std::int64_t again() const { return again_; }
    std::int64_t twice() const { return twice_; }
    const std::set<std::int64_t>& changed() const { return changed_; }  // files with such of another text
    // Those that two sessions did with different results, and where the first begin, if any.
    struct Unlike {
        std::int64_t records = 0, file = 0, offset = 0;
    };
    const Unlike& unlike() const { return unlike_; }
    // Whether some results are apart in this session's file, and all of these where they belong.
    bool in_place() const { return apart_ > 0 && !misplaced_; }
    double seconds() const { return seconds_; }  // of calculating, by all threads of this session

    // The first segment that is not whole, if all before it are: what it is, the line of the bad record as
    // its file counts, and the words. Null if all that came are whole, or more is to come first.
    struct Stop {
        Report report{};
        std::string words{};
    };
    const Stop* stop() const;
    std::int64_t bad_line(const Stop& stop) const;
    // The first that failed of those that are not settled, or null.
    const Stop* failed() const;

    // The first line lost or doubled between the segments of a file, or at its end: "line 17 is lost"; or
    // empty.
    const std::string& violation() const { return violation_; }
    std::int64_t file_of_violation() const { return file_of_violation_; }

  private:
    void settle(Report report);
    std::int64_t lines_before(std::int64_t file) const { return file == file_ ? lines_ : 0; }

    std::function<void(const Report&)> settled_;
    std::map<std::int64_t, Stop>
        waiting_{};  // by number: the segments before are not known yet, or are not whole
    std::vector<DoneSegment> segments_{};
    PieceHeader all_{};
    std::int64_t file_ = 0, offset_ = 0, lines_ = 0;  // what is settled of the latest file
    std::int64_t new_records_ = 0, kept_ = 0, again_ = 0, twice_ = 0;
    Unlike unlike_{};
    std::set<std::int64_t> changed_{};
    std::int64_t apart_ = 0;
    bool misplaced_ = false;
    double seconds_ = 0;
    std::string violation_{};
    std::int64_t file_of_violation_ = 0;
};

}  // namespace pacer::fileio
