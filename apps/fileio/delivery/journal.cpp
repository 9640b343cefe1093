#include "apps/fileio/delivery/journal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "apps/fileio/delivery/entry_log.hpp"
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

// "its calculation is lorenz:100, here it is sum", of the first line that differs.
std::string difference(std::string_view earlier, std::string_view here) {
    auto was = take_line(earlier), is = take_line(here);
    while (was == is && !(earlier.empty() && here.empty())) was = take_line(earlier), is = take_line(here);
    const auto what = [](std::string_view line) { return line.substr(0, line.find(": ")); };
    const auto value = [](std::string_view line) {
        const auto colon = line.find(": ");
        return colon == line.npos ? line : line.substr(colon + 2);
    };
    if (was.empty()) return fmt::format("here {} is {}, there is none in it", what(is), value(is));
    if (what(was) != what(is)) return fmt::format("its {} is {}, here there is none", what(was), value(was));
    return fmt::format("its {} is {}, here it is {}", what(was), value(was), value(is));
}

}  // namespace

struct Journal::State {
    EntryLog log;
    std::vector<InputFile> files{};
    std::vector<Entry> pieces{};
    std::map<std::int64_t, FirstRecord> first_records{};
    std::int64_t records = 0, rejected = 0;
    bool begun = false, complete = false;

    void keep(const Piece& piece, std::int64_t position, std::int64_t length) {
        const auto& place = piece.place();
        pieces.push_back({place.file, place.offset, place.bytes, place.first_line, place.lines, position,
                          length, piece.header().text_hash, place.header_lines});
        if (place.first_record.fields > 0) first_records[place.file] = place.first_record;
        records += piece.header().done;
        rejected += piece.header().rejected;
    }

    void take_run(std::string_view content, const std::string& run) {
        begun = true;
        if (content == run) return;
        throw UsageError(fmt::format(
            "{} belongs to another run: {}; continue it with its own options, or --force starts anew",
            log.path(), difference(content, run)));
    }

    void take_file(const EntryLog::Entry& entry) {
        FileContent content;
        if (entry.content.size() < sizeof content) log.refuse_damaged(entry.position);
        std::memcpy(&content, entry.content.data(), sizeof content);
        const auto path = entry.content.subspan(sizeof content);
        files.push_back({std::string(path.data(), path.size()), content.bytes, content.modified_ns,
                         static_cast<Compression>(content.compression)});
    }

    void take(const EntryLog::Entry& entry, const std::string& run) {
        if (begun == (entry.kind == run_kind)) log.refuse_damaged(entry.position);
        switch (entry.kind) {
            case run_kind:
                return take_run({entry.content.data(), entry.content.size()}, run);
            case file_kind:
                return take_file(entry);
            case piece_kind:
                return keep(Piece(entry.content), entry.position,
                            static_cast<std::int64_t>(entry.content.size()));
            case complete_kind:
                complete = true;
                return;
            default:
                log.refuse_damaged(entry.position);
        }
    }
};

Journal Journal::begin(const std::string& path, const std::string& run) {
    auto state = std::make_unique<State>(State{EntryLog(path, EntryLog::Missing::make)});
    state->log.start_anew();
    state->log.append(run_kind, {std::span(run)});
    return Journal(std::move(state));
}

Journal Journal::go_on(const std::string& path, const std::string& run) {
    auto state = std::make_unique<State>(State{EntryLog(path, EntryLog::Missing::refuse)});
    state->log.scan([&](const EntryLog::Entry& entry) {
        try {
            state->take(entry, run);
        } catch (const std::invalid_argument&) {  // by Piece
            state->log.refuse_damaged(entry.position);
        }
    });
    if (!state->begun) state->log.append(run_kind, {std::span(run)});  // it was cut when it began
    return Journal(std::move(state));
}

Journal::Journal(std::unique_ptr<State> state) : state_(std::move(state)) {}
Journal::Journal(Journal&&) noexcept = default;
Journal::~Journal() = default;

void Journal::add_file(const InputFile& file) {
    const FileContent content{file.bytes, file.modified_ns, static_cast<std::int64_t>(file.compression)};
    state_->log.append(file_kind, {bytes_of(content), std::span(file.path)});
    state_->files.push_back(file);
}

void Journal::add_piece(std::span<const char> bytes) {
    const Piece piece(bytes);
    const auto position = state_->log.append(piece_kind, {bytes});
    state_->keep(piece, position, static_cast<std::int64_t>(bytes.size()));
}

void Journal::add_complete() {
    state_->log.append(complete_kind, {std::span<const char>()});
    state_->complete = true;
    flush();
}

void Journal::flush() {
    state_->log.flush();
}

const std::vector<InputFile>& Journal::files() const {
    return state_->files;
}

const std::vector<Journal::Entry>& Journal::pieces() const {
    return state_->pieces;
}

std::int64_t Journal::records() const {
    return state_->records;
}

std::int64_t Journal::rejected() const {
    return state_->rejected;
}

bool Journal::complete() const {
    return state_->complete;
}

EarlierReading Journal::reading() const {
    EarlierReading reading{state_->files, {}, state_->first_records};
    for (const auto& piece : state_->pieces) {
        reading.done[piece.file].push_back(
            {piece.offset, piece.bytes, piece.lines, piece.text_hash, piece.header_lines});
    }
    for (auto& [file, ranges] : reading.done) {
        std::sort(ranges.begin(), ranges.end(),
                  [](const DoneRange& left, const DoneRange& right) { return left.offset < right.offset; });
    }
    return reading;
}

Bytes Journal::read(const Entry& entry) const {
    return state_->log.read(entry.position, entry.length);
}

void Journal::remove() {
    state_->log.remove();
}

}  // namespace pacer::fileio
