#include "apps/fileio/segments/segment.hpp"

#include <algorithm>
#include <cstring>

namespace pacer::fileio {

namespace {

struct Head {
    std::int64_t number, file_number, time, begin, end, in_place, bytes, modified_ns, earlier;
    Compression compression;
};

}  // namespace

void append_segment(Bytes& message, const Segment& segment) {
    Head head{};
    head.number = segment.number;
    head.file_number = segment.file_number;
    head.time = segment.time;
    head.begin = segment.begin;
    head.end = segment.end;
    head.in_place = segment.in_place;
    head.bytes = segment.file.bytes;
    head.modified_ns = segment.file.modified_ns;
    head.earlier = std::ssize(segment.earlier);
    head.compression = segment.file.compression;
    append(message, &head, 1);
    append(message, segment.earlier.data(), segment.earlier.size());
    append(message, segment.file.path.data(), segment.file.path.size());
}

Segment read_segment(std::span<const char> message) {
    Head head{};
    std::memcpy(&head, message.data(), sizeof head);
    message = message.subspan(sizeof head);
    Segment segment;
    segment.earlier.resize(static_cast<std::size_t>(head.earlier));
    const auto bytes = segment.earlier.size() * sizeof(Stretch);
    if (bytes > 0) std::memcpy(segment.earlier.data(), message.data(), bytes);
    message = message.subspan(bytes);
    segment.file = {std::string(message.data(), message.size()), head.bytes, head.modified_ns,
                    head.compression};
    segment.number = head.number;
    segment.file_number = head.file_number;
    segment.time = head.time;
    segment.begin = head.begin;
    segment.end = head.end;
    segment.in_place = head.in_place;
    return segment;
}

Bytes written(const Report& report, std::string_view words) {
    Bytes message;
    append(message, &report, 1);
    append(message, words.data(), words.size());
    return message;
}

Report read_report(std::span<const char> message, std::string& words) {
    Report report;
    std::memcpy(&report, message.data(), sizeof report);
    words.assign(message.data() + sizeof report, message.size() - sizeof report);
    return report;
}

void add(PieceHeader& all, const PieceHeader& next) {
    const auto lines = all.place.lines;
    if (lines == 0) all.place.header_lines = 0;
    if (all.place.first_record.fields == 0) all.place.first_record = next.place.first_record;
    if (all.comma_line < 0 && next.comma_line >= 0) all.comma_line = lines + next.comma_line;
    if (all.rounded_line < 0 && next.rounded_line >= 0) all.rounded_line = lines + next.rounded_line;
    if (all.placeholder_line < 0 && next.placeholder_line >= 0) {
        all.placeholder_line = lines + next.placeholder_line;
        all.placeholder = next.placeholder;
    }
    all.done += next.done;
    all.rejected += next.rejected;
    all.skipped += next.skipped;
    all.ragged += next.ragged;
    all.longest_id = std::max(all.longest_id, next.longest_id);
    all.seconds += next.seconds;
    all.place.bytes += next.place.bytes;
    all.place.lines += next.place.lines;
    all.place.header_lines += next.place.header_lines;
}

}  // namespace pacer::fileio
