// Blocks: whole lines of an input file, as they lie there; and the files they come from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/files/stream.hpp"

namespace pacer {

// The first record of a file, which says how many fields the others have.
struct FirstRecord {
    std::int64_t line = 0;    // before it in its file
    std::int64_t fields = 0;  // 0: not known yet
    std::uint64_t shape = 0;  // of a record of several lines: see shape_with
    std::int64_t commas = 0;  // 1: they separate its fields
    bool operator==(const FirstRecord&) const = default;
};

// A number for how many fields each line of a record has: 0, and then one line after the other.
inline std::uint64_t shape_with(std::uint64_t shape, std::int64_t fields_of_next_line) {
    return (shape + static_cast<std::uint64_t>(fields_of_next_line)) * 0x9E3779B97F4A7C15u;  // odd
}

// Where a block lies. Plain data, so that ranks can exchange it as bytes. Lines and offsets are those of the
// decompressed text; a line ends with "\n" or with its file.
struct BlockPlace {
    std::int64_t file = 0;          // in the order of reading
    std::int64_t offset = 0;        // bytes before it in its file
    std::int64_t bytes = 0;         // of it
    std::int64_t first_line = 0;    // lines before it in its file
    std::int64_t first_index = 0;   // lines before it in the whole input
    std::int64_t lines = 0;         // in it
    std::int64_t header_lines = 0;  // of these, at its start, come before the file's records
    FirstRecord first_record{};     // of its file; not known only if no record has come yet
    std::uint64_t head_hash = 0;    // of the text before that one; 0 if it is not known
    std::int64_t suspect = 0;       // 1: it may have ended an earlier run
};

// 64-bit hash of bytes (XXH3 with its default seed), the same on every machine.
std::uint64_t hash(const void* data, std::size_t bytes);

}  // namespace pacer
