// Whole files: read at once, or written so that a reader sees all of a file or none of it.
#pragma once

#include <string>
#include <string_view>

#include "common/base/bytes.hpp"

namespace pacer {

// The bytes of a file, a pipe, or ("-") standard input, decompressed. Throws UsageError naming it.
Bytes read_whole_file(const std::string& path);

// Throws UsageError, which says what to do, if no file can be made there. Tried for real, not asked:
// permissions, quotas and read-only mounts are known to the file system alone, and root may do what others
// may not.
void check_writable(const std::string& path);

// Writes a .part file beside `path`, flushes it to disk and gives it the name. If `path` exists it is
// replaced, or, if `replace` is false, left as it is: the file gets the next free name, NAME-2.ext,
// NAME-3.ext, ... Returns the name. Safe with many writers of the same name at once; on the few file
// systems that have neither RENAME_NOREPLACE nor links, a reader may for a moment find a new name empty.
// Throws UsageError (disk full, ...), leaving nothing behind.
std::string write_whole_file(const std::string& path, std::string_view bytes, bool replace);

}  // namespace pacer
