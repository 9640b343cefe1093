// Where the results of the commands go.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pacer::timings {

// Writes to standard output. Throws UsageError if that fails; a reader that has gone (| head) is not a
// failure.
void print(std::string_view text);

// Throws UsageError if `output`, unless it is empty, names one of the files that are to be read.
void protect(const std::vector<std::string>& files, const std::string& output);

// Writes a file, or replaces it: a reader sees all of the new or all of the old one. What is not a regular
// file
// (/dev/stderr, a named pipe) is written to in place. Throws UsageError.
void save(std::string_view text, const std::string& path);

}  // namespace pacer::timings
