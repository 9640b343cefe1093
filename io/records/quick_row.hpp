// Rows of the most frequent kinds: a part of RecordParser.
#pragma once

#include <cstddef>
#include <span>

#include "io/records/number_layout.hpp"
#include "io/records/separators.hpp"

namespace pacer {

struct QuickRow {
    const char* behind = nullptr;  // its last field; the LF of CR LF there
    std::size_t fields = 0;
    unsigned separators = 0;  // between them
};

// Reads fields into `room` as long as they and what separates them are of the most frequent kinds, up to the
// line's end. What begins at `last` or behind it is not looked at.
QuickRow read_quick_row(const separators::Kinds& kinds, NumberLayouts& layouts, const char* at,
                        const char* last, std::span<double> room);

}  // namespace pacer
