// A last line that may have been cut: its file was, or its writer is at work still, and no error shows it.
#pragma once

#include <cstdint>
#include <span>

#include "io/records/reader.hpp"
#include "io/records/records.hpp"

namespace pacer {

// Whether the text, with which a plain file ends, lacks the newline at its end, and ends within or behind a
// number.
bool ends_open(std::span<const char> text, const RecordFormat& format);

// Whether a file of so many lines has others before the last, which is none of those skipped at its start.
bool has_lines_before_last(std::int64_t lines, const ReadSettings& settings);

}  // namespace pacer
