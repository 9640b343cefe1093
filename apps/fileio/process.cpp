#include "apps/fileio/process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <exception>

#include "common/partition.hpp"
#include "common/timing.hpp"

namespace pacer::fileio {

Handout read_handout(std::span<const char> message) {
    BlockPlace place;
    std::memcpy(&place, message.data(), sizeof place);
    const auto body = message.subspan(sizeof place);
    const auto text_bytes = static_cast<std::size_t>(place.bytes);
    const auto path = body.subspan(text_bytes);
    return {place, {path.data(), path.size()}, body.first(text_bytes)};
}

std::vector<Handout> divide(const Handout& block, std::int64_t parts) {
    std::vector<Handout> blocks;
    const auto size = static_cast<std::int64_t>(block.text.size());
    auto place = block.place;
    std::int64_t begin = 0, header_left = place.header_lines;
    for (std::int64_t part = 1; part <= parts && begin < size; ++part) {
        auto end = std::max(part_of({0, size}, parts, part - 1).end, begin);
        if (end < size && end > begin) --end;  // a line that ends just there belongs to this part
        const auto* const newline = static_cast<const char*>(
            std::memchr(block.text.data() + end, '\n', static_cast<std::size_t>(size - end)));
        end = newline == nullptr ? size : newline - block.text.data() + 1;
        const auto text =
            block.text.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin));
        place.offset = block.place.offset + begin;
        place.bytes = end - begin;
        place.lines = count_lines(text);
        place.header_lines = std::min(header_left, place.lines);
        blocks.push_back({place, block.path, text});
        header_left -= place.header_lines;
        place.first_line += place.lines;
        place.first_index += place.lines;
        begin = end;
    }
    return blocks;
}

void Processor::process(const Handout& block, const TakePiece& take) {
    if (job_.watch != nullptr) job_.watch->in_file(thread_, block.path);
    piece_ = block.place;
    text_ = block.text.data();
    const auto* at = text_;
    const auto* const end = at + block.text.size();
    std::int64_t line = 0;  // of the piece
    const auto cut = [&](const char* next) {
        give(next, line, take);
        line = 0;
    };
    began_ = now_seconds();
    while (at != end) {
        const auto* const before = at;
        const auto fate = process_line(at, end, line);
        if (fate == Fate::rejected && job_.on_error == OnError::stop) {
            if (line > 0) cut(before);  // what is done stays done
            reject(0);
            line = 1;
            cut(at);
            break;
        }
        if (fate == Fate::rejected) reject(line);
        ++line;
        if (builder_.bytes() > largest_piece_bytes) cut(at);
    }
    if (line > 0) cut(end);
}

// No record is being worked on.
void Processor::idle() {
    if (job_.watch != nullptr) job_.watch->leave(thread_);
}

Processor::Fate Processor::process_line(const char*& at, const char* end, std::int64_t line) {
    const auto kind = parser_.next(at, end);
    if (kind == RecordParser::Line::blank || line < piece_.header_lines) {
        builder_.add_skipped(line);
        return Fate::skipped;
    }
    if (kind == RecordParser::Line::bad) {
        column_ = parser_.column();
        reason_ = parser_.reason();
        return Fate::rejected;
    }
    if (job_.watch != nullptr) job_.watch->at(thread_, piece_.first_line + line);
    if (calculate(parser_.fields(), job_.weights.of(piece_.first_index + line))) {
        builder_.add_done(line);
        return Fate::done;
    }
    column_ = 1;
    return Fate::rejected;
}

// False, and why in reason_, if the record is to be rejected.
bool Processor::calculate(std::span<const double> fields, double weight) {
    const auto& calculation = *job_.calculation;
    if (std::ssize(fields) < calculation.fields) {
        reason_ = fmt::format("{} of the {} fields that {} needs", fields.size(), calculation.fields,
                              calculation.name);
        return false;
    }
    reason_.clear();
    try {
        if (calculation.calculate(fields, weight, builder_.room_for_results(), reason_)) {
            if (calculation.summarises) statistics_.add(fields);
            return true;
        }
    } catch (const std::exception& error) {
        reason_ = error.what();
    } catch (...) {
        reason_ = "the calculation threw an exception of unknown type";
    }
    if (reason_.empty()) reason_ = "the calculation rejects the record";
    return false;
}

// The reason is anybody's text: in one line, of bounded length.
void Processor::reject(std::int64_t line) {
    constexpr std::size_t longest_reason = 500;
    if (reason_.size() > longest_reason) reason_.resize(longest_reason);
    std::replace_if(
        reason_.begin(), reason_.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    builder_.add_rejected(line, column_, reason_);
}

// Gives away the piece, which ends before `next` and has so many lines, and begins another one there.
void Processor::give(const char* next, std::int64_t lines, const TakePiece& take) {
    idle();  // what follows may wait for others
    auto place = piece_;
    place.bytes = next - text_;
    place.lines = lines;
    place.header_lines = std::min(place.header_lines, lines);
    Bytes statistics;
    if (job_.calculation->summarises) {
        statistics_.append_to(statistics);
        statistics_ = {};
    }
    const double now = now_seconds();
    PieceHeader header;
    header.place = place;
    header.text_hash = hash(text_, static_cast<std::size_t>(place.bytes));
    header.seconds = now - began_;
    take(builder_.finish(header, statistics));
    began_ = now;
    text_ = next;
    piece_.offset += place.bytes;
    piece_.first_line += lines;
    piece_.first_index += lines;
    piece_.header_lines -= place.header_lines;
}

}  // namespace pacer::fileio
