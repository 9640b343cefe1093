// The journal of a delivering run: every finished piece of results, appended as it arrives, so that nothing
// finished is lost when a run is cut, and the final file can be put together in the input's order.
//
// A log of entries (see entry_log.hpp). Each session, the first run and each that resumes it, appends: run
// (the text that says what is run), owner (the process), then file (an input file as it is opened), begun (a
// block that is handed out) and piece, and in the end, if it comes to one in good order, ended. What a cut
// run left unfinished at its end is dropped.
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

// "calculation is lorenz:100 there, and sum here", for the first line of "what: value" that differs; or
// empty. Inputs ("input: ...") may be more here.
std::string difference_of_runs(std::string_view there, std::string_view here);

// In the text of a run whose pieces are in other logs than its journal: see deliver_segments().
inline constexpr std::string_view segments_line = "segments: yes\n";

class Journal {
  public:
    // Begins a new journal, in place of an old one if there is one, or resumes the one there is. `run`:
    // lines of "what: value" that must be the same when a run is resumed, but for those of "input: ...", of
    // which there may be more. Throws UsageError: the file cannot be made, is no journal, is in use by
    // another run, is damaged where it had been flushed to disk, or (naming the first line that differs)
    // belongs to another run. Going on with a journal in which nothing is done begins it. One whose
    // last process was on another host and did not come to a good end is watched for a while, unless it is to
    // be taken over: locks may not reach that far. Throws ReadingStopped if `stop` says so.
    static Journal begin(const std::string& path, const std::string& run);
    static Journal go_on(const std::string& path, const std::string& run, bool take_over = false,
                         bool (*stop)() = nullptr);

    // Whether the file is a journal in which records are done; true if that cannot be told.
    static bool has_results(const std::string& path);

    // Appending; throws UsageError (disk full, ...), and what was appended before stays whole.
    void add_file(const InputFile& file);
    void add_begun(const BlockPlace& place);
    void add_piece(std::span<const char> piece);
    void add_ended();               // in good order; flushed to disk
    void flush() { log_.flush(); }  // to disk; what was flushed survives a power cut

    struct Entry {
        std::int32_t file, head;                        // its number in this session, -1: none (yet)
        std::int64_t offset, bytes, first_line, lines;  // of the place
        std::int64_t position, length;                  // in the journal, of the piece
        std::int64_t done, rejected;                    // records
        std::uint64_t text_hash;
        std::int64_t longest_id;  // bytes
    };
    // What earlier sessions did, for the reader to compare with the input. Each piece is kept, or dropped, by
    // its number; of a file that is not there any more it is neither.
    std::map<EarlierReading::Name, std::vector<DoneRange>> earlier() const;
    void keep(std::int64_t number, std::int64_t file);
    void drop(std::int64_t number);

    // Whether the block, or a part of it, was begun by a session that did not come to a good end: it may be
    // why.
    bool is_suspect(const BlockPlace& place) const;

    const std::vector<InputFile>& files() const { return files_; }  // of this session
    const std::vector<Entry>& pieces() const { return pieces_; }    // in the order of arrival
    // Records in all pieces that count: done, and rejected. Those of earlier sessions are `open` until they
    // are kept or dropped.
    struct Count {
        std::int64_t done = 0, rejected = 0;
        std::int64_t all() const { return done + rejected; }
    };
    const Count& counted() const { return counted_; }
    const Count& open() const { return open_; }
    // The piece, its file numbered as in this session; throws UsageError if it is damaged.
    Bytes read(const Entry& entry) const;

    const std::string& path() const { return log_.path(); }
    int file() const { return log_.file(); }
    void remove() { log_.remove(); }  // the file, when the final ones are there

  private:
    // A file's head, which its pieces share.
    struct Head {
        FirstRecord first_record{};
        std::uint64_t hash = 0;
        bool operator==(const Head&) const = default;
    };
    struct Begun {
        std::int64_t file = 0, offset = 0, bytes = 0;
    };

    explicit Journal(EntryLog log) : log_(std::move(log)) {}
    void begin_session(const std::string& run);
    void append_to(Count& count, const Piece& piece, std::int32_t file, std::int64_t position,
                   std::int64_t length);
    void take_run(std::string_view content);
    void take_begun(const EntryLog::Entry& entry);
    void take_piece(const EntryLog::Entry& entry);
    void take(const EntryLog::Entry& entry);
    std::int64_t next_name(const std::string& path);

    EntryLog log_;
    std::vector<InputFile> files_{};
    std::vector<Entry> pieces_{};
    std::vector<Head> heads_{};
    Count counted_, open_;

    // The session that is read or under way: its run, the names of its files by their numbers, and (if it
    // is read) what it has begun and not finished.
    std::string run_{};
    std::string host_{}, owner_{};  // its process: where, and in words; empty if it came to a good end
    std::map<std::string, std::int64_t> times_{};  // that a path has come
    std::vector<EarlierReading::Name> names_{};
    // By file and offset, with the bytes that are still to come.
    std::map<std::pair<std::int64_t, std::int64_t>, std::pair<Begun, std::int64_t>> begun_{};
    // All earlier ones: the name that each of their pieces belongs to, and what they left unfinished.
    std::vector<EarlierReading::Name> earlier_names_{};
    std::vector<std::int64_t> name_of_piece_{};
    std::map<EarlierReading::Name, std::vector<Begun>> suspects_{};
};

}  // namespace pacer::fileio
