// The journal of a delivering run: every finished piece of results, appended as it arrives, so that nothing
// finished is lost when a run is cut, and the final file can be put together in the input's order.
//
// A log of entries (see entry_log.hpp) of these kinds: run (the text that says what is run: first and once),
// file (an input file as it was opened), piece, complete. What a cut run left unfinished at its end is
// dropped.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/fileio/delivery/entry_log.hpp"
#include "apps/fileio/flow/piece.hpp"
#include "common/base/bytes.hpp"
#include "io/records/block.hpp"
#include "io/records/reader.hpp"

namespace pacer::fileio {

class Journal {
  public:
    // Begins a new journal, in place of an old one if there is one, or resumes the one there is. `run`:
    // lines of "what: value" that must be the same when a run is resumed. Throws UsageError: the file cannot
    // be made, is no journal, is in use by another run, is damaged where it had been flushed to disk, or
    // (naming the first line that differs) belongs to another run. Going on with a journal that was cut while
    // it began begins it.
    static Journal begin(const std::string& path, const std::string& run);
    static Journal go_on(const std::string& path, const std::string& run);

    // Appending; throws UsageError (disk full, ...), and what was appended before stays whole.
    void add_file(const InputFile& file);
    void add_piece(std::span<const char> piece);
    void add_complete();            // nothing is left to do but to write the final files; flushed to disk
    void flush() { log_.flush(); }  // to disk; what was flushed survives a power cut

    // What it holds, of this run and earlier ones.
    struct Entry {
        std::int64_t file, offset, bytes, first_line, lines;  // of the place
        std::int64_t position, length;                        // in the journal, of the piece
        std::uint64_t text_hash;
        std::int64_t header_lines, longest_id;
    };
    const std::vector<InputFile>& files() const { return files_; }
    const std::vector<Entry>& pieces() const { return pieces_; }  // in the order of arrival
    std::int64_t records() const { return records_; }             // done, in all pieces
    std::int64_t rejected() const { return rejected_; }
    bool complete() const { return complete_; }
    EarlierReading reading() const;
    // The piece; throws UsageError if it is damaged.
    Bytes read(const Entry& entry) const { return log_.read(entry.position, entry.length); }

    void remove() { log_.remove(); }  // the file, when the final ones are there

  private:
    explicit Journal(EntryLog log) : log_(std::move(log)) {}
    void keep(const Piece& piece, std::int64_t position, std::int64_t length);
    void take_run(std::string_view content, const std::string& run);
    void take_file(const EntryLog::Entry& entry);
    void take(const EntryLog::Entry& entry, const std::string& run);

    EntryLog log_;
    std::vector<InputFile> files_{};
    std::vector<Entry> pieces_{};
    std::map<std::int64_t, FirstRecord> first_records_{};
    std::int64_t records_ = 0, rejected_ = 0;
    bool begun_ = false, complete_ = false;
};

}  // namespace pacer::fileio
