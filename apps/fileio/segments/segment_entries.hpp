// The entries of a rank's log in a run by segments, in an EntryLog.
//
// A log appends: run (a hash of what must be the same to resume it), then segment (whose lines follow), begun
// (a block), piece (one that is finished), apart (the same, whose numbers are in the session's results, see
// growing_results.hpp), kept (a piece in another log whose text is there still), dropped (one whose text is
// not), and ended, if the session comes to an end in good order.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

#include "apps/fileio/delivery/entry_log.hpp"
#include "apps/fileio/segments/growing_results.hpp"
#include "apps/fileio/segments/segment.hpp"

namespace pacer::fileio {

enum class SegmentEntry : std::uint32_t { segment = 1, begun, piece, kept, dropped, ended, run, apart };

inline SegmentEntry kind_of(const EntryLog::Entry& entry) {
    return static_cast<SegmentEntry>(entry.kind);
}

// What a segment entry begins with; the path of its file follows.
struct SegmentBounds {
    std::int64_t time = 0, begin = 0, end = 0;
};

struct BegunBlock {
    std::int64_t offset = 0, bytes = 0;
};

// A piece where it lies.
struct PlacedPiece {
    LogName log{};
    std::int64_t position = 0, length = 0;
    std::int64_t row = -1;  // of its numbers in the results of its session, if they are there
    PieceHeader header{};
};

// The value that an entry begins with. Throws UsageError if it is shorter.
template <class T>
T value_in(const EntryLog& log, const EntryLog::Entry& entry) {
    T value;
    if (entry.content.size() < sizeof value) log.refuse_damaged(entry.position);
    std::memcpy(&value, entry.content.data(), sizeof value);
    return value;
}

// The piece that an entry is, or that it keeps or drops.
PlacedPiece piece_in(const EntryLog& log, const LogName& name, const EntryLog::Entry& entry);

// A piece apart: what an entry has of one whose numbers are in that row of the results and behind.
Bytes without_numbers_to_store(std::span<const char> piece, std::int64_t row);
// Back again: as if its records had no results; or whole, empty if the results do not have its numbers.
Bytes piece_without_numbers(std::span<const char> stored);
Bytes piece_with_numbers(std::span<const char> stored, const GrowingResults& results);
// Whether what is said of it can be.
bool is_piece_apart(std::span<const char> stored);

}  // namespace pacer::fileio
