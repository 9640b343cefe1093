#include "apps/fileio/segments/segment_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <numeric>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "common/base/clock.hpp"
#include "common/base/status.hpp"
#include "io/files/part_file.hpp"
#include "io/records/reader.hpp"

namespace pacer::fileio {

namespace {

namespace fs = std::filesystem;

using Kind = OwnSegmentLog::Kind;

struct Bounds {
    std::int64_t time = 0, begin = 0, end = 0;
};

struct Begun {
    std::int64_t offset = 0, bytes = 0;
};

// What is stored of a piece whose numbers are apart begins so. What follows is the rest of the piece, but for
// the list of the lines that are done, if all are.
struct ApartHead {
    std::int64_t row = 0;
    std::uint64_t numbers_hash = 0;
    PieceHeader header{};
};

bool all_done(const PieceHeader& header) {
    return header.done == header.place.lines;
}

// The numbers of a piece whose bytes may be changed, where they lie.
std::span<double> numbers_of(Bytes& piece, const PieceHeader& header) {
    return {reinterpret_cast<double*>(piece.data() + sizeof header),
            static_cast<std::size_t>(header.done * header.results)};
}

template <class T>
std::span<const char> bytes_of(const T& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

template <class T>
T value_in(const EntryLog& log, const EntryLog::Entry& entry) {
    T value;
    if (entry.content.size() < sizeof value) log.refuse_damaged(entry.position);
    std::memcpy(&value, entry.content.data(), sizeof value);
    return value;
}

PlacedPiece piece_in(const EntryLog& log, const LogName& name, const EntryLog::Entry& entry) {
    if (entry.kind == Kind::piece_kind)
        return {name, entry.position, std::ssize(entry.content), -1, value_in<PieceHeader>(log, entry)};
    if (entry.kind != Kind::apart_kind) return value_in<PlacedPiece>(log, entry);
    const auto start = value_in<ApartHead>(log, entry);
    return {name, entry.position, std::ssize(entry.content), start.row, start.header};
}

// The piece that is stored so, with room for its numbers, or as if its records had none.
Bytes joined(std::span<const char> stored, bool with_numbers) {
    ApartHead head;
    std::memcpy(&head, stored.data(), sizeof head);
    auto& header = head.header;
    if (!with_numbers) header.results = 0;
    const auto rest = stored.subspan(sizeof head);
    const auto numbers = static_cast<std::size_t>(header.done * header.results) * sizeof(double);
    std::vector<std::uint32_t> lines(all_done(header) ? static_cast<std::size_t>(header.done) : 0);
    std::iota(lines.begin(), lines.end(), 0U);
    Bytes bytes;
    bytes.reserve(sizeof header + numbers + lines.size() * sizeof(std::uint32_t) + rest.size());
    append(bytes, &header, 1);
    bytes.resize(bytes.size() + numbers);
    append(bytes, lines.data(), lines.size());
    append(bytes, rest.data(), rest.size());
    return bytes;
}

// Reads the numbers of a piece stored so into their room. False if they are not there, or others.
bool read_numbers(const GrowingResults& results, std::span<const char> stored, Bytes& piece) {
    ApartHead head;
    std::memcpy(&head, stored.data(), sizeof head);
    const auto numbers = numbers_of(piece, head.header);
    return results.read(head.row, static_cast<std::size_t>(head.header.results), numbers) &&
           hash(numbers.data(), numbers.size_bytes()) == head.numbers_hash;
}

// Whether the numbers of an entry are where it says. What is missing is not: only then it is opened.
bool numbers_are_there(const EntryLog& log, const EntryLog::Entry& entry, const std::string& path,
                       std::optional<GrowingResults>& results) {
    const auto header = value_in<ApartHead>(log, entry).header;
    constexpr std::int64_t most = std::int64_t{1} << 24;  // numbers; a piece has fewer
    if (header.done < 0 || header.done > most || header.results < 0 || header.results > most ||
        header.done * header.results > most)
        log.refuse_damaged(entry.position);
    std::error_code error;
    if (!results && !fs::exists(path, error) && !error) return false;
    if (!results) results.emplace(path, GrowingResults::Open::to_read);
    auto piece = joined(entry.content, true);
    return read_numbers(*results, entry.content, piece);
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
            has = entry.kind == Kind::piece_kind || entry.kind == Kind::apart_kind;
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
        if (entry.kind == Kind::piece_kind || entry.kind == Kind::apart_kind)
            take(piece_in(*log, stretch.log, entry), entry.content);
        if (entry.kind == Kind::kept_kind) take(piece_in(*log, stretch.log, entry), {});
        if (entry.kind == Kind::dropped_kind && drop) drop(piece_in(*log, stretch.log, entry));
    });
}

Bytes SegmentLogs::read(const PlacedPiece& piece) {
    auto stored = opened(piece.log)->read(piece.position, piece.length);
    return piece.row < 0 ? stored : whole(piece, stored);
}

Bytes SegmentLogs::read_without_numbers(const PlacedPiece& piece) {
    return without_numbers(opened(piece.log)->read(piece.position, piece.length));
}

const GrowingResults& SegmentLogs::results_of(std::int32_t session) {
    return results_.try_emplace(session, path_of_results(session), GrowingResults::Open::to_read)
        .first->second;
}

Bytes SegmentLogs::whole(const PlacedPiece& piece, std::span<const char> stored) {
    auto bytes = joined(stored, true);
    if (!read_numbers(results_of(piece.log.session), stored, bytes))
        throw UsageError(fmt::format("{} is damaged, and not by an interrupted run; --force starts over",
                                     path_of_results(piece.log.session)));
    return bytes;
}

Bytes SegmentLogs::without_numbers(std::span<const char> stored) {
    return joined(stored, false);
}

OwnSegmentLog::OwnSegmentLog(const SegmentLogs& logs, LogName name)
    : log_(logs.path_of(name), EntryLog::Missing::make),
      results_path_(logs.path_of_results(name.session)),
      flushed_(now_seconds()) {
    log_.start_anew();
    const auto run = logs.run();
    log_.append(run_kind, {bytes_of(run)});
}

void OwnSegmentLog::add(Kind kind, std::initializer_list<std::span<const char>> parts) {
    log_.append(kind, parts);
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
    const auto numbers = piece.values();
    results_->write(row, static_cast<std::size_t>(piece.header().results), numbers);
    const ApartHead head{row, hash(numbers.data(), numbers.size_bytes()), piece.header()};
    auto rest = bytes.subspan(sizeof(PieceHeader) + numbers.size_bytes());
    if (all_done(head.header)) rest = rest.subspan(piece.done().size_bytes());
    add(apart_kind, {bytes_of(head), rest});
}

void OwnSegmentLog::add_segment(const Segment& segment) {
    const Bounds bounds{segment.time, segment.begin, segment.end};
    add(segment_kind, {bytes_of(bounds), std::span(segment.file.path)});
}

void OwnSegmentLog::add_begun(std::int64_t offset, std::int64_t bytes) {
    const Begun begun{offset, bytes};
    add(begun_kind, {bytes_of(begun)});
}

void OwnSegmentLog::add_placed(Kind kind, const PlacedPiece& piece) {
    add(kind, {bytes_of(piece)});
}

void OwnSegmentLog::add_ended() {
    log_.append(ended_kind, {std::span<const char>()});
    flush();
}

void survey_log(const SegmentLogs& logs, const LogName& name, Survey& survey, bool (*stop)()) {
    EntryLog log(logs.path_of(name), EntryLog::Missing::refuse);
    const auto first = survey.traces.size();
    std::optional<GrowingResults> results;  // of its session
    Begun begun;                            // and not finished
    std::int64_t end = log.end();
    bool run_known = false;
    const auto take = [&](const EntryLog::Entry& entry) {
        if (stop != nullptr && stop()) throw ReadingStopped();
        const bool any = survey.traces.size() > first;
        if (run_known ? !any && entry.kind != Kind::segment_kind && entry.kind != Kind::ended_kind
                      : entry.kind != Kind::run_kind)
            log.refuse_damaged(entry.position);
        switch (entry.kind) {
            case Kind::segment_kind: {
                const auto bounds = value_in<Bounds>(log, entry);
                const auto path = entry.content.subspan(sizeof bounds);
                begun = {};
                survey.traces.push_back({std::string(path.data(), path.size()),
                                         bounds.time,
                                         bounds.begin,
                                         bounds.end,
                                         {name, end, end}});
                break;
            }
            case Kind::begun_kind:
                begun = value_in<Begun>(log, entry);
                break;
            case Kind::piece_kind:
            case Kind::apart_kind: {
                const auto piece = piece_in(log, name, entry);
                try {
                    if (piece.row < 0) {
                        const Piece whole(entry.content);
                    } else {
                        const auto bytes = SegmentLogs::without_numbers(entry.content);
                        const Piece whole(bytes);
                    }
                } catch (const std::invalid_argument&) {
                    log.refuse_damaged(entry.position);
                }
                survey.done += piece.header.done;
                survey.rejected += piece.header.rejected;
                begun.offset = piece.header.place.offset + piece.header.place.bytes;
                begun.bytes = std::max<std::int64_t>(begun.bytes - piece.header.place.bytes, 0);
                break;
            }
            case Kind::kept_kind:
                break;
            case Kind::dropped_kind: {
                const auto piece = piece_in(log, name, entry);
                survey.done -= piece.header.done;
                survey.rejected -= piece.header.rejected;
                break;
            }
            case Kind::ended_kind:
                begun = {};
                break;
            case Kind::run_kind:
                if (value_in<std::uint64_t>(log, entry) != logs.run())
                    throw UsageError(fmt::format("{} is of a run with other options: start over with --force",
                                                 logs.path_of(name)));
                run_known = true;
                break;
            default:
                log.refuse_damaged(entry.position);
        }
        end = EntryLog::behind(entry);
        if (survey.traces.size() > first) survey.traces.back().stretch.to = end;
    };
    const auto results_path = logs.path_of_results(name.session);
    bool numbers_missing = false;  // of the latest entry
    const auto is_whole = [&](const EntryLog::Entry& entry) {
        numbers_missing =
            entry.kind == Kind::apart_kind && !numbers_are_there(log, entry, results_path, results);
        return !numbers_missing;
    };
    try {
        log.scan(take, is_whole);
    } catch (const UsageError&) {
        if (!numbers_missing) throw;
        throw UsageError(
            fmt::format("{} is missing or damaged, and not by an interrupted run: start over with "
                        "--force, without --resume",
                        results_path));
    }
    if (results) results->flush();
    log.flush();  // this session's log will refer to it
    if (begun.bytes > 0 && survey.traces.size() > first) {
        survey.traces.back().stretch.suspect_offset = begun.offset;
        survey.traces.back().stretch.suspect_bytes = begun.bytes;
    }
}

namespace {

struct TraceHead {
    std::int64_t time, begin, end, path_bytes;
    Stretch stretch;
};

}  // namespace

std::string written(const Survey& survey) {
    Bytes bytes;
    append(bytes, &survey.done, 1);
    append(bytes, &survey.rejected, 1);
    for (const auto& trace : survey.traces) {
        const TraceHead head{trace.time, trace.begin, trace.end, std::ssize(trace.path), trace.stretch};
        append(bytes, &head, 1);
        append(bytes, trace.path.data(), trace.path.size());
    }
    return {bytes.data(), bytes.size()};
}

void read_survey(std::string_view text, Survey& survey) {
    const auto take = [&](void* to, std::size_t bytes) {
        std::memcpy(to, text.data(), bytes);
        text.remove_prefix(bytes);
    };
    std::int64_t done = 0, rejected = 0;
    take(&done, sizeof done);
    take(&rejected, sizeof rejected);
    survey.done += done;
    survey.rejected += rejected;
    while (!text.empty()) {
        TraceHead head{};
        take(&head, sizeof head);
        std::string path(static_cast<std::size_t>(head.path_bytes), '\0');
        take(path.data(), path.size());
        survey.traces.push_back({std::move(path), head.time, head.begin, head.end, head.stretch});
    }
}

}  // namespace pacer::fileio
