// Reading one file from front to back, decompressed on the way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>

namespace pacer {

struct Found {
    std::string path;  // "standard input" for -
    bool standard_input = false;
};

enum class Compression { none, gzip, zstd };

// A file of the input as it was when it was opened.
struct InputFile {
    std::string path;              // as messages name it; "standard input" for -
    std::int64_t bytes = -1;       // on disk; -1: a stream (a pipe, a terminal), whose end nobody knows
    std::int64_t modified_ns = 0;  // time of last modification, nanoseconds since 1970; 0 for a stream
    Compression compression = Compression::none;
    bool operator==(const InputFile&) const = default;
};

// Reading was given up: `stop` said so while nothing came from a pipe.
struct ReadingStopped : std::exception {
    const char* what() const noexcept override { return "reading was stopped"; }
};

// By all streams of this process so far, compressed as they are; from any thread.
std::int64_t bytes_read_from_files();

class Stream {
  public:
    // Opens it and tells its compression by its first bytes, for which it waits if it is a pipe. This and
    // all that follows throws UsageError if the file cannot be read, or is damaged or cut off; and, if `stop`
    // says so while nothing comes from a pipe, ReadingStopped.
    explicit Stream(const Found& found, bool (*stop)() = nullptr);
    ~Stream();
    Stream(Stream&&) noexcept;
    Stream& operator=(Stream&&) noexcept;

    const InputFile& file() const;
    bool can_seek() const;  // a plain file

    // The next bytes, fewer than asked for only at the end.
    std::size_t read(char* to, std::size_t bytes);
    void skip(std::int64_t bytes);  // only if can_seek()

    std::int64_t bytes_on_disk() const;  // consumed so far, compressed as they are
    void check_unchanged() const;        // a file, since it was opened

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pacer
