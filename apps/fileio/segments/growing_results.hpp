// The results of a session while it calculates: the numbers of each record are written where they will be in
// the .h5, so that they go to the disk once. What is to be in which place is known from counting lines: a
// guess, since records may be rejected.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "io/files/part_file.hpp"

namespace pacer::fileio {

// One file, shared by all ranks of a session. Every function throws UsageError that names it.
class GrowingResults {
  public:
    enum class Open { to_read, to_write };  // which makes it
    GrowingResults(std::string path, Open open);

    // The numbers of records of that width, from that row on.
    void write(std::int64_t row, std::size_t width, std::span<const double> numbers);
    // False if the file ends before.
    bool read(std::int64_t row, std::size_t width, std::span<double> numbers) const;
    void flush();  // to disk, what was written; of one to be read, all

  private:
    std::string path_;
    Descriptor file_;
    std::int64_t begun_ = 0, written_ = 0;  // the latest bytes, which the disk has not begun with
    bool flushed_;
};

}  // namespace pacer::fileio
