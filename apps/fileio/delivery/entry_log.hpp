// The file under the journal: entries with checksums, appended; what they mean is the journal's.
//
//     one line of text       "pacer-fileio-journal 5", then an empty one
//     entries                a header (kind, length, hashes), then the content, padded to 8 bytes
//
// A run that is killed leaves an entry cut off at the end; a power cut leaves anything behind what was
// flushed to disk.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>

#include "common/base/bytes.hpp"
#include "io/files/part_file.hpp"

namespace pacer::fileio {

// Every function throws UsageError that names the file: it cannot be opened, read, written, ...
class EntryLog {
  public:
    enum class Missing { refuse, make };
    struct Entry {
        std::uint32_t kind = 0;
        std::int64_t position = 0;      // of its content in the file, a multiple of 8
        std::span<const char> content;  // aligned to 8, good until the next entry
    };

    // Opens the file and locks it against other runs. It is a log, or empty, or what is left of one that was
    // cut when it began; anything else is refused.
    EntryLog(std::string path, Missing missing);

    // To read only, while others may write to it.
    static EntryLog to_read(std::string path);

    // Without any entry.
    void start_anew();

    // Gives every entry there is to `take`, in order, and cuts off what is not whole behind the last one; an
    // entry of which `is_whole` says no is not, either. Refused, and nothing changed, if entries are not
    // whole that were on disk once. Memory: the largest entry.
    void scan(const std::function<void(const Entry&)>& take,
              const std::function<bool(const Entry&)>& is_whole = {});

    // The same, as long as it returns true; nothing is cut off.
    void look(const std::function<bool(const Entry&)>& take) const;

    // Appends an entry of content in parts; kinds are 1 and up. Returns the content's position. Of an entry
    // that cannot be written nothing is left.
    std::int64_t append(std::uint32_t kind, std::initializer_list<std::span<const char>> parts);
    Bytes read(std::int64_t position, std::int64_t length) const;  // of a content
    void flush();                                                  // to disk
    void remove();                                                 // the file

    // The same for all entries between two ends of entries, which must be whole.
    void read(std::int64_t from, std::int64_t to, const std::function<void(const Entry&)>& take) const;

    std::int64_t end() const { return end_; }        // of the last entry, once it has been scanned
    static std::int64_t behind(const Entry& entry);  // where it ends

    [[noreturn]] void refuse_damaged(std::int64_t position) const;
    const std::string& path() const { return path_; }
    int file() const { return file_.get(); }

  private:
    EntryLog(std::string path, Descriptor file) : path_(std::move(path)), file_(std::move(file)) {}
    bool starts_as_log() const;

    std::string path_;
    Descriptor file_;
    std::int64_t end_ = 0;      // of the last whole entry
    std::int64_t flushed_ = 0;  // bytes, on disk
};

}  // namespace pacer::fileio
