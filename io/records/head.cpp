#include "io/records/head.hpp"

#include <algorithm>
#include <array>

#include "io/records/cutter.hpp"
#include "io/records/records.hpp"

namespace pacer {

void Head::look(std::span<const char> text, std::int64_t before) {
    if (known()) return;
    if (format_.lines_per_record > 1 && header_ >= before) extend_header(text, before);
    finder_.look(text.data(), text.data() + text.size(), before, header_);
    // Line by line, so that it does not matter how the lines came.
    const auto end = known() ? finder_.found().line : unbounded;
    for (auto line = before; line < end && !text.empty(); ++line) {
        const auto newline = to_first_newline(text.data(), std::ssize(text));
        const auto bytes = newline > 0 ? size_of(newline) : text.size();
        const std::array<std::uint64_t, 2> link = {before_, pacer::hash(text.data(), bytes)};
        before_ = pacer::hash(link.data(), sizeof link);
        text = text.subspan(bytes);
    }
}

// Records of several lines are counted off from the first: what is blank before that belongs to the header.
void Head::extend_header(std::span<const char> text, std::int64_t before) {
    RecordParser parser(format_);
    const char* at = text.data();
    const char* const end = at + text.size();
    for (auto line = before; at != end && line <= header_; ++line) {
        const bool blank = parser.next(at, end) == RecordParser::Line::blank;
        if (line == header_ && blank) ++header_;
    }
}

std::int64_t Head::header_lines(std::int64_t before, std::int64_t lines) const {
    return std::clamp<std::int64_t>(header_ - before, 0, lines);
}

}  // namespace pacer
