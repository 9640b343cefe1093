// Reading one file of the input from front to back, decompressed on the way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "io/records/block.hpp"
#include "io/records/walk.hpp"

namespace pacer {

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

// The file as Stream finds it; of a stream, which is not opened, only the name.
InputFile look_at(const Found& found);

}  // namespace pacer
