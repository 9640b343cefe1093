// Blocks of lines as ranks and threads get them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "io/records/block.hpp"

namespace pacer::fileio {

// A block and the file it is from, as they are handed out: in one message.
struct Handout {
    BlockPlace place;
    std::string_view path;  // of its file
    std::span<const char> text;
};

Handout read_handout(std::span<const char> message);

// Cuts a block where records end into at most `parts` blocks of about equal size, in order.
std::vector<Handout> divide(const Handout& block, std::int64_t parts, std::int64_t lines_per_record = 1);

}  // namespace pacer::fileio
