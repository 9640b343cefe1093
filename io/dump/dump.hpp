// Timing dumps: writing launches to HDF5 and reading them back. io/dump/tables.hpp describes the format.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/measure/record.hpp"

namespace pacer {

inline constexpr int dump_format_version = 2;

// The dump asked for by the options. Checked before the run, written after it; rank 0 only.
class DumpFile {
  public:
    // `path` as given by the user, or empty for the default name <app>-<UTC time>-np<ranks>.h5 in this
    // folder. Throws UsageError if the file exists and `force` is false, or if no file can be made there.
    DumpFile(std::string path, bool force, const std::string& app, int ranks);

    // Writes a .part file beside the target, flushes it to disk and renames it: a reader sees a whole file or
    // none. Returns the path written. A target that appeared during the run is not overwritten unless forced:
    // the dump then gets the next free name, NAME-2.h5, so that nothing is lost. Throws UsageError (disk
    // full, ...); the unfinished .part file is then removed.
    std::string write(std::span<const Launch> launches) const;
    std::string write(const Launch& launch) const { return write(std::span(&launch, 1)); }

    // Once more, in the place of the one written before.
    void rewrite(const std::string& written, const Launch& launch) const;

  private:
    std::string path_;
    bool force_;
};

// All launches in a file, at least one, in the order of their ids. Throws UsageError naming the file if it is
// missing, cut, damaged, not a dump, or of a newer format version. "-" is standard input; a file may be
// compressed by gzip or zstd. `format`, if wanted: the number of the format.
std::vector<Launch> read_dump(const std::string& path, int* format = nullptr);

}  // namespace pacer
