// Reads files of records in large blocks, cut at line ends, without looking into them.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/bytes.hpp"
#include "io/records/block.hpp"
#include "io/records/records.hpp"
#include "io/records/walk.hpp"

namespace pacer {

struct ReadSettings {
    std::int64_t skip_header = 0;                        // lines at the start of each file
    std::int64_t longest_line = std::int64_t{64} << 20;  // bytes; a longer one is refused: it is no text
    RecordFormat format{};                               // blocks end where records do
    bool (*stop)() = nullptr;                            // asked now and then while nothing is given out
    std::vector<std::string> included{};  // patterns of names, such as *.txt, that folders offer; none: all
    std::vector<std::string> excluded{};  // files that folders do not offer: the program's own output
    bool hashed = false;                  // see Reader::content_hash()

    // Before the records of a file: what is skipped, and the names of columns.
    std::int64_t lines_before_records() const { return skip_header + (format.header ? 1 : 0); }
};

// A line that the user may want to look at, counted from 1.
struct NotedLine {
    std::string path;
    std::int64_t line = 0;
};

// Last lines that may have been cut.
struct OpenEnds {
    std::int64_t files = 0;
    NotedLine first{};

    void add(std::string_view path, std::int64_t line) {
        if (files++ == 0) first = {std::string(path), line};
    }
};

// Lines of a file that an earlier run has done, and what else of the file it depended on.
struct DoneRange {
    std::int64_t number = 0;  // the caller's
    std::int64_t offset = 0, bytes = 0, first_line = 0, lines = 0;
    FirstRecord first_record{};
    std::uint64_t head_hash = 0, text_hash = 0;  // see BlockPlace; of its bytes, see hash()
};

// What an earlier, unfinished run left. Of what it had done all counts whose text is there still, on the same
// lines of a file of the same name: times and sizes count for nothing.
struct EarlierReading {
    // A file's path, and how many files of that path came before it.
    using Name = std::pair<std::string, std::int64_t>;
    std::map<Name, std::vector<DoneRange>>
        done{};  // in the order of offsets; those of one offset the latest first
    // Told of each range that counts, with the number that its file has now, and of each whose text is
    // another.
    std::function<void(const DoneRange&, std::int64_t file)> keep{}, drop{};
};

class Reader {
  public:
    // `inputs`: files, folders and "-" for standard input. A folder gives all regular files in it and below,
    // links followed, those whose names start with "." or end in ".part" left out, sorted by name at each
    // level, walked as reading goes on. .gz and .zst are told by their first bytes and decompressed. Throws
    // UsageError if an input cannot be opened.
    Reader(std::vector<std::string> inputs, ReadSettings settings, EarlierReading earlier = {});
    ~Reader();
    Reader(Reader&&) noexcept;

    // Appends the next lines to `text`: as many whole ones as fit `wanted` bytes, at least one, and what is
    // missing of their last record. Nothing at
    // the end of the input. What is done already is read and compared, and not given out. Throws UsageError
    // that names the file: it cannot be read, is damaged, has changed since it was opened, or has a line
    // longer than allowed; or is a stream, which has no name, and is another one than the earlier run read.
    // Throws ReadingStopped if `stop` says so while nothing comes from a pipe, or while it compares.
    std::optional<BlockPlace> next(Bytes& text, std::int64_t wanted);

    // Passes over the next file, which is no stream, and of which it reads the head alone, for others to read
    // the rest: the place of its lines up to the first record, or some behind it. Nothing at the end of the
    // input. Throws like next().
    std::optional<BlockPlace> next_head();

    // Throws UsageError if one of the next files may not be read, as far as that is told at once: of so many.
    void check_readable(int files = 10000) const;

    // What the header of the first file with any text calls the columns; none without RecordFormat::header.
    // To be called before next(); throws what that does, and if a name that the format chooses is not there.
    // The headers of all other files must say the same.
    const std::vector<std::string>& names();
    const std::string& where_names_are() const;  // "a.csv:1"

    const std::vector<InputFile>& files() const;  // opened so far
    std::int64_t lines() const;                   // given out so far, and skipped as done
    // A hash of the text of all files, decompressed, once all is read: the same whatever the blocks, and what
    // of it was done. Only if ReadSettings say so: it takes 50 ms a GB.
    std::uint64_t content_hash() const;
    const LeftOut& left_out() const;  // see Walk; so far
    const std::string& again() const;
    // The first that was skipped as a header and might be a record, and the first record that might be a
    // number with a decimal comma.
    const std::optional<NotedLine>& header_record() const;
    const std::optional<NotedLine>& decimal_record() const;
    // Last lines of plain files that lack the newline that others have and end within or behind a number: a
    // writer that was cut off there, or is at work still, leaves such a line, and no error shows it.
    const OpenEnds& open_ends() const;
    std::int64_t bytes_on_disk() const;  // of the input that lie behind, compressed as they are

    // Looks at some more of the input's names and sizes. True once there is nothing more to learn.
    bool look_ahead();
    // The bytes of the whole input, once known; never for streams.
    std::optional<std::int64_t> total_bytes_on_disk() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// All files of the input with their sizes, without reading them; throws UsageError like Reader. `left_out`:
// and `again`, see Walk: filled in.
std::vector<InputFile> files_of(const std::vector<std::string>& inputs, const ReadSettings& settings,
                                LeftOut* left_out = nullptr, std::string* again = nullptr);

// The head of one file, of which ranges of that file see as much as lies before them. It is searched once for
// ranges that come in ascending order.
class FileHead {
  public:
    FileHead(const InputFile& file, ReadSettings settings);
    ~FileHead();
    FileHead(FileHead&&) noexcept;

  private:
    friend class RangeReader;
    struct State;
    std::unique_ptr<State> state_;
};

// Reads the lines that start in bytes begin .. end-1 of one file, which is no stream, and whose records have
// a line each. Of a compressed file, only all there is, from 0 to `to_the_end`. How many lines of the file
// come before a range is not known: places number them (first_line) from one that is the true number or less,
// and no less than that of the first line behind the first record if they lie there, and index them
// (first_index) from 0.
class RangeReader {
  public:
    static constexpr std::int64_t to_the_end = std::numeric_limits<std::int64_t>::max();

    // Throws UsageError: it cannot be read, or is not what `file` says.
    RangeReader(const InputFile& file, std::int64_t index, std::int64_t begin, std::int64_t end,
                ReadSettings settings);
    RangeReader(const InputFile& file, std::int64_t index, std::int64_t begin, std::int64_t end,
                ReadSettings settings, FileHead& head);
    ~RangeReader();
    RangeReader(RangeReader&&) noexcept;
    RangeReader& operator=(RangeReader&&) noexcept;
    // The next lines, like Reader::next, which end at the offset `bound` at the latest unless a line goes on
    // there.
    std::optional<BlockPlace> next(Bytes& text, std::int64_t wanted, std::int64_t bound = to_the_end);

    std::int64_t offset() const;      // where the next line starts
    std::int64_t lines() const;       // given out so far, and passed
    std::int64_t first_line() const;  // what the first one is called
    bool ends_open() const;           // the last one may have been cut; see Reader::open_ends
    // Whether the range's text is what comes next, and depends on the same head; if so it is passed.
    bool pass(const DoneRange& range);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pacer
