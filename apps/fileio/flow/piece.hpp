// What became of the lines of a block, or of some of them: the form in which results travel and are stored.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.hpp"
#include "io/records/block.hpp"

namespace pacer::fileio {

// Whether a rejected record ends the run: as --on-error wishes, or in any case, since what follows cannot be
// told apart into records.
enum class EndsRun : std::int64_t { goes_on, as_asked, anyhow };

// The first bytes of a piece.
struct PieceHeader {
    BlockPlace place;                                  // of the lines it is about
    std::int64_t done = 0, rejected = 0, skipped = 0;  // lines
    std::int64_t ragged = 0;   // of the rejected, those unlike their file's first record
    std::int64_t results = 0;  // numbers of each done record
    std::int64_t reasons_bytes = 0, statistics_bytes = 0;
    std::int64_t ids = 0;         // of each done record
    std::int64_t longest_id = 0;  // bytes
    std::int64_t ids_bytes = 0;
    std::int64_t rounded_line = -1;       // within the piece, the first with a whole number that lost digits
    std::int64_t placeholder_line = -1;   // the first with a number that may stand for a missing value:
    double placeholder = 0;               // this one
    std::int64_t comma_line = -1;         // the first with commas as in 12,5, where the first record has none
    EndsRun ends_run = EndsRun::goes_on;  // anything else: it has one record, the rejected one
    std::uint64_t text_hash = 0;          // of the lines' bytes
    double seconds = 0;                   // they took
};

struct Rejected {
    std::int64_t line = 0,
                 column = 0;  // line within the piece, from 0; column from 1
    std::string_view reason;
};

// "data.txt:17:3: 'abc' is not a number"
std::string describe(std::string_view path, const BlockPlace& place, const Rejected& rejected);

class Piece;

// A piece being made, line by line, in the order of lines.
class PieceBuilder {
  public:
    // Each record has so many results and identifiers.
    explicit PieceBuilder(int results, std::size_t ids = 0) : results_(results), ids_(ids) {}

    // Room for the results of the next record, or of so many.
    std::span<double> room_for_results(std::size_t records = 1) {
        const auto begin = done_.size() * width(), size = records * width();
        if (begin + size > values_.size()) grow(begin + size);
        return {values_.data() + begin, size};
    }
    void add_done(std::int64_t line, std::span<const std::string_view> ids = {}) {  // results are in the room
        done_.push_back(static_cast<std::uint32_t>(line));
        bytes_ += width() * sizeof(double) + sizeof(std::uint32_t);
        for (const auto id : ids) add_id(id);
    }
    // That line and the next ones, so many in all, without identifiers.
    void add_done_lines(std::int64_t line, std::int64_t lines);
    // All lines of a piece whose first line is that line of this one; not its statistics.
    void add(const Piece& piece, std::int64_t line);
    void add_skipped(std::int64_t line) {
        skipped_.push_back(static_cast<std::uint32_t>(line));
        bytes_ += sizeof(std::uint32_t);
    }
    void add_rejected(std::int64_t line, std::int64_t column, std::string_view reason);

    std::size_t bytes() const { return bytes_; }  // of the piece so far, but for statistics
    std::int64_t done() const { return static_cast<std::int64_t>(done_.size()); }
    std::int64_t rejected() const { return static_cast<std::int64_t>(rejections_.size()); }

    // The piece as bytes; empties the builder. `header` gives place, text_hash and seconds.
    Bytes finish(PieceHeader header, std::span<const char> statistics = {});

  private:
    struct Rejection {
        std::uint32_t line, column, reason_bytes, unused = 0;
    };
    friend class Piece;

    std::size_t width() const { return static_cast<std::size_t>(results_); }
    void grow(std::size_t values);
    void add_id(std::string_view id);

    int results_;
    std::size_t ids_;
    std::size_t bytes_ = sizeof(PieceHeader);
    std::vector<double, Uninitialised<double>> values_;  // more than are used
    std::vector<std::uint32_t> done_, skipped_;
    std::vector<Rejection> rejections_;
    std::string reasons_;
    std::vector<std::uint32_t> id_lengths_;
    std::string id_text_;
};

// Reads a piece where it lies; the bytes, aligned to 8, must outlive it.
class Piece {
  public:
    // Throws std::invalid_argument if the bytes are no piece: lengths that do not fit.
    explicit Piece(std::span<const char> bytes);
    // With another header of the same counts, which must outlive it too: the lines are elsewhere.
    Piece(std::span<const char> bytes, const PieceHeader& header) : Piece(bytes) { header_ = &header; }

    const PieceHeader& header() const { return *header_; }
    const BlockPlace& place() const { return header_->place; }
    std::span<const double> values() const { return values_; }     // [done x results], row-major
    std::span<const std::uint32_t> done() const { return done_; }  // lines within the piece, ascending
    std::span<const std::uint32_t> skipped() const { return skipped_; }
    std::vector<Rejected> rejected() const;
    std::span<const char> statistics() const { return statistics_; }
    std::vector<std::string_view> ids() const;  // [done x ids], row-major

    // Empty if every line of the place is done, rejected or skipped exactly once; else which is not: "line 17
    // is lost". Lines are numbered as users do, from 1 within their file.
    std::string violation() const;

  private:
    const PieceHeader* header_;
    std::span<const double> values_;
    std::span<const std::uint32_t> done_, skipped_;
    std::span<const PieceBuilder::Rejection> rejections_;
    std::string_view reasons_, id_text_;
    std::span<const std::uint32_t> id_lengths_;
    std::span<const char> statistics_;
};

}  // namespace pacer::fileio
