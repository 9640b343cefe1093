#include "apps/fileio/segments/segment_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>

#include "common/base/clock.hpp"
#include "common/base/status.hpp"
#include "io/files/part_file.hpp"

namespace pacer::fileio {

namespace {

namespace fs = std::filesystem;

template <class T>
std::span<const char> bytes_of(const T& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

// "3-17": session and rank.
std::optional<LogName> name_of(const std::string& file) {
    LogName name;
    const auto dash = file.find('-');
    if (dash == file.npos) return {};
    const char* const end = file.data() + file.size();
    const auto session = std::from_chars(file.data(), end, name.session);
    if (session.ptr != file.data() + dash) return {};
    const auto rank = std::from_chars(session.ptr + 1, end, name.rank);
    if (rank.ptr != end || rank.ec != std::errc()) return {};
    return name;
}

}  // namespace

std::string SegmentLogs::path_of(const LogName& name) const {
    return fmt::format("{}/{}-{}", folder_, name.session, name.rank);
}

std::string SegmentLogs::path_of_results(std::int32_t session) const {
    return fmt::format("{}/results-{}", folder_, session);
}

std::vector<LogName> SegmentLogs::names() const {
    std::vector<LogName> names;
    std::error_code error;
    for (fs::directory_iterator entry(folder_, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        if (const auto name = name_of(entry->path().filename().string())) names.push_back(*name);
    }
    if (error && error != std::errc::no_such_file_or_directory)
        throw UsageError(fmt::format("cannot read {}: {}", folder_, error.message()));
    std::sort(names.begin(), names.end());
    return names;
}

bool SegmentLogs::have_results() const {
    for (const auto& name : names()) {
        bool has = false;
        EntryLog(path_of(name), EntryLog::Missing::refuse).look([&](const EntryLog::Entry& entry) {
            has = kind_of(entry) == SegmentEntry::piece || kind_of(entry) == SegmentEntry::apart;
            return !has;
        });
        if (has) return true;
    }
    return false;
}

void SegmentLogs::remove() {
    close();
    std::error_code error;
    fs::remove_all(folder_, error);
    if (error) throw UsageError(fmt::format("cannot remove {}: {}", folder_, error.message()));
}

std::shared_ptr<const EntryLog> SegmentLogs::opened(const LogName& name) {
    constexpr std::size_t most_open = 64;
    if (open_.size() > most_open) open_.clear();
    auto& log = open_[name];
    if (!log) log = std::make_shared<const EntryLog>(EntryLog::to_read(path_of(name)));
    return log;
}

void SegmentLogs::for_each_piece(const Stretch& stretch, const TakePlaced& take,
                                 const std::function<void(const PlacedPiece&)>& drop) {
    const auto log = opened(stretch.log);  // `take` may have others opened
    log->read(stretch.from, stretch.to, [&](const EntryLog::Entry& entry) {
        const auto kind = kind_of(entry);
        if (kind == SegmentEntry::piece || kind == SegmentEntry::apart)
            take(piece_in(*log, stretch.log, entry), entry.content);
        if (kind == SegmentEntry::kept) take(piece_in(*log, stretch.log, entry), {});
        if (kind == SegmentEntry::dropped && drop) drop(piece_in(*log, stretch.log, entry));
    });
}

Bytes SegmentLogs::read(const PlacedPiece& piece) {
    auto stored = opened(piece.log)->read(piece.position, piece.length);
    return piece.row < 0 ? stored : whole(piece, stored);
}

Bytes SegmentLogs::read_without_numbers(const PlacedPiece& piece) {
    return piece_without_numbers(opened(piece.log)->read(piece.position, piece.length));
}

const GrowingResults& SegmentLogs::results_of(std::int32_t session) {
    return results_.try_emplace(session, path_of_results(session), GrowingResults::Open::to_read)
        .first->second;
}

Bytes SegmentLogs::whole(const PlacedPiece& piece, std::span<const char> stored) {
    auto bytes = piece_with_numbers(stored, results_of(piece.log.session));
    if (bytes.empty())
        throw UsageError(fmt::format("{} is damaged, and not by an interrupted run; --force starts over",
                                     path_of_results(piece.log.session)));
    return bytes;
}

OwnSegmentLog::OwnSegmentLog(const SegmentLogs& logs, LogName name)
    : log_(logs.path_of(name), EntryLog::Missing::make),
      results_path_(logs.path_of_results(name.session)),
      flushed_(now_seconds()) {
    log_.start_anew();
    const auto run = logs.run();
    add(SegmentEntry::run, {bytes_of(run)});
}

void OwnSegmentLog::add(SegmentEntry kind, std::initializer_list<std::span<const char>> parts) {
    log_.append(static_cast<std::uint32_t>(kind), parts);
    // After a power cut all is there that was flushed.
    constexpr double interval_seconds = 20;
    const double now = now_seconds();
    if (now - flushed_ < interval_seconds) return;
    flush();
    flushed_ = now;
}

void OwnSegmentLog::flush() {
    if (results_) results_->flush();  // first: what the log says to be there is there
    log_.flush();
}

void OwnSegmentLog::add_piece_apart(std::span<const char> bytes, std::int64_t row) {
    if (!results_) {
        results_.emplace(results_path_, GrowingResults::Open::to_write);
        flush_folder_of(results_path_);
    }
    const Piece piece(bytes);
    results_->write(row, static_cast<std::size_t>(piece.header().results), piece.values());
    add(SegmentEntry::apart, {without_numbers_to_store(bytes, row)});
}

void OwnSegmentLog::add_segment(const Segment& segment) {
    const SegmentBounds bounds{segment.time, segment.begin, segment.end};
    add(SegmentEntry::segment, {bytes_of(bounds), std::span(segment.file.path)});
}

void OwnSegmentLog::add_begun(std::int64_t offset, std::int64_t bytes) {
    const BegunBlock begun{offset, bytes};
    add(SegmentEntry::begun, {bytes_of(begun)});
}

void OwnSegmentLog::add_placed(SegmentEntry kind, const PlacedPiece& piece) {
    add(kind, {bytes_of(piece)});
}

void OwnSegmentLog::add_ended() {
    add(SegmentEntry::ended, {std::span<const char>()});
    flush();
}

}  // namespace pacer::fileio
