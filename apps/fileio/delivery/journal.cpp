#include "apps/fileio/delivery/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "common/base/status.hpp"

namespace pacer::fileio {

namespace {

enum Kind : std::uint32_t { run_kind = 1, file_kind, piece_kind, complete_kind };

// The start of a file entry; its path follows.
struct FileContent {
    std::int64_t bytes = 0, modified_ns = 0, compression = 0;
};

template <class T>
std::span<const char> bytes_of(const T& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    return line;
}

// "calculation is lorenz:100 there, and sum here", for the first line that differs.
std::string difference(std::string_view earlier, std::string_view here) {
    auto was = take_line(earlier), is = take_line(here);
    while (was == is && !(earlier.empty() && here.empty())) was = take_line(earlier), is = take_line(here);
    const auto what = [](std::string_view line) { return line.substr(0, line.find(": ")); };
    const auto value = [](std::string_view line) {
        const auto colon = line.find(": ");
        return colon == line.npos ? line : line.substr(colon + 2);
    };
    if (was.empty()) return fmt::format("{} is {} here, and missing there", what(is), value(is));
    if (what(was) != what(is)) return fmt::format("{} is {} there, and missing here", what(was), value(was));
    return fmt::format("{} is {} there, and {} here", what(was), value(was), value(is));
}

}  // namespace

void Journal::keep(const Piece& piece, std::int64_t position, std::int64_t length) {
    const auto& place = piece.place();
    pieces_.push_back({place.file, place.offset, place.bytes, place.first_line, place.lines, position, length,
                       piece.header().text_hash, place.header_lines, piece.header().longest_id});
    if (place.first_record.fields > 0) first_records_[place.file] = place.first_record;
    records_ += piece.header().done;
    rejected_ += piece.header().rejected;
}

void Journal::take_run(std::string_view content, const std::string& run) {
    begun_ = true;
    if (content == run) return;
    throw UsageError(fmt::format(
        "{} belongs to a different run: {}; resume with the same options, or start over with --force",
        log_.path(), difference(content, run)));
}

void Journal::take_file(const EntryLog::Entry& entry) {
    FileContent content;
    if (entry.content.size() < sizeof content) log_.refuse_damaged(entry.position);
    std::memcpy(&content, entry.content.data(), sizeof content);
    const auto path = entry.content.subspan(sizeof content);
    files_.push_back({std::string(path.data(), path.size()), content.bytes, content.modified_ns,
                      static_cast<Compression>(content.compression)});
}

void Journal::take(const EntryLog::Entry& entry, const std::string& run) {
    if (begun_ == (entry.kind == run_kind)) log_.refuse_damaged(entry.position);
    switch (entry.kind) {
        case run_kind:
            return take_run({entry.content.data(), entry.content.size()}, run);
        case file_kind:
            return take_file(entry);
        case piece_kind:
            return keep(Piece(entry.content), entry.position, std::ssize(entry.content));
        case complete_kind:
            complete_ = true;
            return;
        default:
            log_.refuse_damaged(entry.position);
    }
}

Journal Journal::begin(const std::string& path, const std::string& run) {
    Journal journal(EntryLog(path, EntryLog::Missing::make));
    journal.log_.start_anew();
    journal.log_.append(run_kind, {std::span(run)});
    return journal;
}

Journal Journal::go_on(const std::string& path, const std::string& run) {
    Journal journal(EntryLog(path, EntryLog::Missing::refuse));
    journal.log_.scan([&](const EntryLog::Entry& entry) {
        try {
            journal.take(entry, run);
        } catch (const std::invalid_argument&) {  // by Piece
            journal.log_.refuse_damaged(entry.position);
        }
    });
    if (!journal.begun_) journal.log_.append(run_kind, {std::span(run)});  // it was cut when it began
    return journal;
}

void Journal::add_file(const InputFile& file) {
    const FileContent content{file.bytes, file.modified_ns, static_cast<std::int64_t>(file.compression)};
    log_.append(file_kind, {bytes_of(content), std::span(file.path)});
    files_.push_back(file);
}

void Journal::add_piece(std::span<const char> bytes) {
    const Piece piece(bytes);
    const auto position = log_.append(piece_kind, {bytes});
    keep(piece, position, std::ssize(bytes));
}

void Journal::add_complete() {
    log_.append(complete_kind, {std::span<const char>()});
    complete_ = true;
    flush();
}

EarlierReading Journal::reading() const {
    EarlierReading reading{files_, {}, first_records_};
    for (const auto& piece : pieces_) {
        reading.done[piece.file].push_back(
            {piece.offset, piece.bytes, piece.lines, piece.text_hash, piece.header_lines});
    }
    for (auto& [file, ranges] : reading.done) {
        std::sort(ranges.begin(), ranges.end(),
                  [](const DoneRange& left, const DoneRange& right) { return left.offset < right.offset; });
    }
    return reading;
}

}  // namespace pacer::fileio
