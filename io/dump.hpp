// Timing dumps: writing a launch to HDF5 and reading launches back.
#pragma once

#include <string>
#include <vector>

#include "common/record.hpp"

namespace pacer {

inline constexpr int dump_format_version = 1;

// The dump asked for by the options. Checked before the run, written after it; rank 0 only.
class DumpFile {
  public:
    // `path` as given with --dump, or empty for the default name <app>-<UTC time>-np<ranks>.h5 in this folder.
    // Throws UsageError if the file exists and `force` is false, or if its folder is missing or not writable.
    DumpFile(std::string path, bool force, const std::string& app, int ranks);

    // Writes NAME.part beside the target, flushes it to disk and renames it: a reader sees a whole file or none.
    // Returns the path written. A target that appeared during the run is not overwritten unless forced: the dump
    // then gets the next free name, NAME-2.h5, so that nothing is lost. Throws UsageError (disk full, ...); the
    // unfinished .part file is then removed.
    std::string write(const Launch& launch) const;

  private:
    std::string path_;
    bool force_;
};

// All launches in a file, in the order of their ids. Throws UsageError naming the file if it is missing, cut,
// damaged, not a dump, or of a newer format version.
std::vector<Launch> read_dump(const std::string& path);

}  // namespace pacer
