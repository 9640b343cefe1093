// Where the commands' results go.
#pragma once

#include <string>
#include <string_view>

namespace pacer::timings {

// Writes to standard output. Throws UsageError if that fails; a reader that has gone (| head) is no failure.
void print(std::string_view text);

// Writes a file, replacing what it held. Throws UsageError.
void save(std::string_view text, const std::string& path);

}  // namespace pacer::timings
