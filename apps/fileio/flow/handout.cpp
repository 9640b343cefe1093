#include "apps/fileio/flow/handout.hpp"

#include <algorithm>
#include <cstring>

#include "common/parallel/partition.hpp"
#include "io/records/records.hpp"

namespace pacer::fileio {

Handout read_handout(std::span<const char> message) {
    BlockPlace place;
    std::memcpy(&place, message.data(), sizeof place);
    const auto body = message.subspan(sizeof place);
    const auto text_bytes = static_cast<std::size_t>(place.bytes);
    const auto path = body.subspan(text_bytes);
    return {place, {path.data(), path.size()}, body.first(text_bytes)};
}

namespace {

const char* after_line(const char* at, const char* end) {
    const auto* const newline =
        static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
    return newline == nullptr ? end : newline + 1;
}

}  // namespace

std::vector<Handout> divide(const Handout& block, std::int64_t parts, std::int64_t lines_per_record) {
    std::vector<Handout> blocks;
    const auto size = static_cast<std::int64_t>(block.text.size());
    const auto* const text = block.text.data();
    auto place = block.place;
    std::int64_t begin = 0, header_left = place.header_lines;
    for (std::int64_t part = 1; part <= parts && begin < size; ++part) {
        auto end = std::max(part_of({0, size}, parts, part - 1).end, begin);
        if (end < size && end > begin) --end;  // a line that ends just there belongs to this part
        end = after_line(text + end, text + size) - text;
        const auto lines_to = [&] { return count_lines({text + begin, text + end}); };
        place.lines = lines_to();
        while (end < size && place.lines > header_left &&
               (place.lines - header_left) % lines_per_record != 0) {
            end = after_line(text + end, text + size) - text;
            ++place.lines;
        }
        place.offset = block.place.offset + begin;
        place.bytes = end - begin;
        place.header_lines = std::min(header_left, place.lines);
        blocks.push_back({place, block.path, {text + begin, text + end}});
        header_left -= place.header_lines;
        place.first_line += place.lines;
        place.first_index += place.lines;
        begin = end;
    }
    return blocks;
}

}  // namespace pacer::fileio
