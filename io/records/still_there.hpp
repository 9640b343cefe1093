// Whether what an earlier run has done of a file is there still.
#pragma once

#include <cstdint>
#include <optional>

#include "common/base/bytes.hpp"
#include "io/records/cutter.hpp"
#include "io/records/head.hpp"
#include "io/records/reader.hpp"

namespace pacer {

// Whether the range's text comes next, which is `line` lines behind the file's start, with all its lines
// starting before `end`, and the head is the one that it depended on. If so it has come, and is in `text`.
bool still_there(const DoneRange& range, Cutter& cutter, std::optional<Head>& head, std::int64_t line,
                 std::int64_t end, Bytes& text);

}  // namespace pacer
