#include "apps/fileio/segments/segment_worker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <set>
#include <thread>
#include <tuple>
#include <utility>

#include "common/base/clock.hpp"
#include "common/base/status.hpp"
#include "common/parallel/ending.hpp"

namespace pacer::fileio {

namespace {

ReadSettings stoppable(const Settings& settings) {
    auto read = read_settings(settings);
    read.stop = stop_requested;
    return read;
}

DoneRange range_of(const PieceHeader& piece) {
    const auto& place = piece.place;
    return {.number = 0,
            .offset = place.offset,
            .bytes = place.bytes,
            .first_line = place.first_line,
            .lines = place.lines,
            .first_record = place.first_record,
            .head_hash = place.head_hash,
            .text_hash = piece.text_hash};
}

std::int64_t records_of(const PieceHeader& piece) {
    return piece.done + piece.rejected;
}

bool begins_within(const PlacedPiece& piece, const PlacedPiece& other) {
    const auto &place = piece.header.place, &within = other.header.place;
    return place.offset >= within.offset && place.offset < within.offset + within.bytes;
}

// Records done of a segment of which earlier sessions did all, by its pieces in their order.
std::optional<std::int64_t> records_if_all_done(const std::vector<PlacedPiece>& pieces,
                                                const Segment& segment) {
    if (pieces.empty()) return {};
    std::int64_t records = 0, end = pieces.front().header.place.offset;
    for (const auto& piece : pieces) {
        if (piece.header.place.offset != end) return {};
        records += piece.header.done;
        end += piece.header.place.bytes;
    }
    if (end < std::min(segment.end, segment.file.bytes)) return {};
    return records;
}

// Only then can their results be compared.
bool is_same_text(const PieceHeader& left, const PieceHeader& right) {
    return left.place.offset == right.place.offset && left.place.bytes == right.place.bytes &&
           left.text_hash == right.text_hash;
}

// All of a piece but how long it took, and where its lines were thought to be.
bool same_results(const Bytes& left, const Bytes& right) {
    const auto counts = [](const Piece& piece) {
        return std::tuple(piece.header().done, piece.header().rejected, piece.header().skipped);
    };
    const auto behind_header = std::ptrdiff_t{sizeof(PieceHeader)};
    return counts(Piece(left)) == counts(Piece(right)) &&
           std::equal(left.begin() + behind_header, left.end(), right.begin() + behind_header, right.end());
}

// What messages of a crash and the like call the file: which line of it is worked on is not known.
std::string shown_path(const Segment& segment, std::int64_t first_line, std::int64_t offset) {
    if (segment.begin == 0) return segment.file.path;
    return fmt::format("{} (the line at byte {} counted as {})", segment.file.path, offset, first_line + 1);
}

}  // namespace

SegmentWorker::SegmentWorker(const Job& job, int threads, const Settings& settings, SegmentLogs& logs,
                             LogName name, std::optional<OwnSegmentLog>& log, std::string who, AskForRow ask)
    : job_(job),
      settings_(settings),
      logs_(logs),
      name_(name),
      log_(log),
      who_(std::move(who)),
      ask_(std::move(ask)),
      processor_(job, threads),
      size_(settings, 1, threads) {}

Bytes SegmentWorker::work_on(std::span<const char> message) {
    const auto segment = read_segment(message);
    Report report;
    report.number = segment.number;
    report.all.place.file = segment.file_number;
    std::string words;
    try {
        calculate(segment, report, words);
    } catch (const UsageError& error) {
        report.outcome = Outcome::failed;
        words = fmt::format("{}: {}", who_, error.what());
    } catch (const ReadingStopped&) {
        report.outcome = Outcome::stopped;
    }
    return written(report, words);
}

RangeReader SegmentWorker::open(const Segment& segment) {
    const auto read = stoppable(settings_);
    if (!head_ || file_ != segment.file) head_.emplace(segment.file, read);
    file_ = segment.file;
    try {
        return RangeReader(segment.file, segment.file_number, segment.begin, segment.end, read, *head_);
    } catch (const UsageError& error) {
        throw UsageError(fmt::format(
            "{} is not there, or is not what rank 0 sees ({}): put the same file there on every node, or "
            "leave out --segments and have rank 0 read it",
            segment.file.path, error.what()));
    }
}

// If the numbers of their results are few beside their text, it is not worth while to look at it twice.
std::int64_t SegmentWorker::count_records(const Segment& segment) try {
    constexpr std::int64_t block_bytes = std::int64_t{1} << 20, few = 4;
    auto reader = open(segment);
    std::int64_t records = 0, bytes = 0;
    Bytes text;
    while (const auto place = (text.clear(), reader.next(text, block_bytes, RangeReader::to_the_end))) {
        if (stop_requested()) throw ReadingStopped();
        records += count_record_lines(text, place->header_lines, settings_.format.comment);
        bytes += place->bytes;
        const auto results = records * job_.calculation->results * std::int64_t{sizeof(double)};
        if (few * results < bytes) return RowForecast::not_counted;
    }
    return records;
} catch (const UsageError&) {  // said where it ends the run, behind the lines that are good
    return RowForecast::not_counted;
}

SegmentWorker::Room SegmentWorker::room_for(const Segment& segment, const std::vector<PlacedPiece>& earlier) {
    if (segment.in_place == 0) return {};
    constexpr double shortest_pause = 50e-6, least_patience = 50e-3, most_patience = 2;
    const double counting_since = now_seconds();
    const auto known = records_if_all_done(earlier, segment);
    const auto records = known ? *known : count_records(segment);
    const double begun = now_seconds();
    // Those before it are being counted by others, which takes about as long; nobody waits for one that is
    // slow.
    const double patience_seconds = std::clamp(2 * (begun - counting_since), least_patience, most_patience);
    for (;;) {
        const auto row = ask_(segment.number, records);
        if (records == RowForecast::not_counted) return {};
        const double waited = now_seconds() - begun;
        if (row != RowForecast::later || stop_requested() || waited > patience_seconds) return {row, records};
        // Longer and longer, so that thousands of ranks do not keep rank 0 busy.
        std::this_thread::sleep_for(std::chrono::duration<double>(std::max(waited / 2, shortest_pause)));
    }
}

// In the order of their offsets, those of one offset the earliest first.
std::vector<PlacedPiece> SegmentWorker::earlier_pieces(const Segment& segment) {
    using Where = std::pair<LogName, std::int64_t>;
    std::vector<PlacedPiece> pieces;
    std::set<Where> dropped, seen;
    for (const auto& stretch : segment.earlier) {
        logs_.for_each_piece(
            stretch,
            [&](const PlacedPiece& piece, std::span<const char>) {
                if (seen.emplace(piece.log, piece.position).second) pieces.push_back(piece);
            },
            [&](const PlacedPiece& piece) { dropped.emplace(piece.log, piece.position); });
    }
    std::erase_if(pieces, [&](const auto& piece) { return dropped.contains({piece.log, piece.position}); });
    const auto last = segment.end;
    std::erase_if(pieces, [&](const auto& piece) {
        const auto offset = piece.header.place.offset;
        return offset < segment.begin || offset >= last;
    });
    std::sort(pieces.begin(), pieces.end(), [](const auto& left, const auto& right) {
        const auto l = left.header.place.offset, r = right.header.place.offset;
        return l != r ? l < r : std::pair(left.log, left.position) < std::pair(right.log, right.position);
    });
    return pieces;
}

void SegmentWorker::drop(const PlacedPiece& piece, Report& report) {
    report.again += records_of(piece.header);
    log_->add_dropped(piece);
}

// A session calculates no line twice. But of two that do not see each other, as when a node that was cut off
// writes on while others do its share, both may do the same: the first one's results count.
void SegmentWorker::drop_double(const PlacedPiece& piece, const PlacedPiece& kept, Report& report) {
    report.twice += records_of(piece.header);
    log_->add_dropped(piece);
    if (!is_same_text(piece.header, kept.header) || same_results(logs_.read(piece), logs_.read(kept))) return;
    if (report.unlike == 0) report.unlike_offset = piece.header.place.offset;
    report.unlike += records_of(piece.header);
}

void SegmentWorker::calculate(const Segment& segment, Report& report, std::string& words) {
    const auto earlier = earlier_pieces(segment);
    if (!log_) log_.emplace(logs_, name_);
    report.where = {name_, log_->end(), log_->end()};
    log_->add_segment(segment);
    room_ = room_for(segment, earlier);
    report.row = room_.row;
    auto reader = open(segment);
    report.all.place.offset = reader.offset();
    report.all.place.first_line = reader.first_line();
    auto next = earlier.begin(), kept = earlier.end();
    Bytes text;
    for (bool more = true; more;) {
        for (; next != earlier.end() && next->header.place.offset <= reader.offset(); ++next) {
            if (stop_requested()) throw ReadingStopped();
            if (!reader.pass(range_of(next->header))) {
                const bool is_double = kept != earlier.end() && begins_within(*next, *kept);
                is_double ? drop_double(*next, *kept, report) : drop(*next, report);
                continue;
            }
            kept = next;
            log_->add_kept(*next);
            add(report.all, next->header);
            report.kept += records_of(next->header);
            report.kept_bytes += next->header.place.bytes;
        }
        if (stop_requested()) throw ReadingStopped();
        text.clear();
        const auto place =
            reader.next(text, size_.next(0, {}),
                        next == earlier.end() ? RangeReader::to_the_end : next->header.place.offset);
        more = place && calculate_block(segment, *place, text, report, words);
    }
    if (report.outcome == Outcome::whole) {
        for (; next != earlier.end(); ++next) drop(*next, report);
        if (report.all.place.lines != reader.lines()) throw std::logic_error("lines of a segment were lost");
        report.ends_open = reader.ends_open() ? 1 : 0;
    }
    report.where.to = log_->end();
}

// False if that was the last one.
bool SegmentWorker::calculate_block(const Segment& segment, BlockPlace place, const Bytes& text,
                                    Report& report, std::string& words) {
    const auto end = place.offset + place.bytes;
    const auto is_suspect = [&](const Stretch& stretch) {
        return stretch.suspect_bytes > 0 && stretch.suspect_offset < end &&
               place.offset < stretch.suspect_offset + stretch.suspect_bytes;
    };
    // Without --on-error skip it may end this run as well.
    if (settings_.on_error == OnError::skip &&
        std::any_of(segment.earlier.begin(), segment.earlier.end(), is_suspect))
        place.suspect = 1;
    log_->add_begun(place.offset, place.bytes);
    const auto path = shown_path(segment, report.all.place.first_line, report.all.place.offset);
    std::int64_t lines = 0;
    processor_.process({place, path, text}, [&](const Bytes& bytes) {
        const Piece piece(bytes);
        const auto& header = piece.header();
        lines += header.place.lines;
        if (header.ends_run == EndsRun::goes_on) {
            // Even if the lines were counted wrongly, the results of those behind stay.
            const bool is_apart =
                room_.row >= 0 && header.done > 0 && report.all.done + header.done <= room_.records;
            if (is_apart) log_->add_piece_apart(bytes, room_.row + report.all.done);
            if (is_apart) report.apart += header.done;
            if (!is_apart) log_->add_piece(bytes);
            add(report.all, header);
            report.records += records_of(header);
            size_.learn(header);
        } else if (report.outcome == Outcome::whole) {
            const auto record = piece.rejected().front();
            report.outcome = Outcome::bad;
            report.all.ends_run = header.ends_run;
            report.bad_line = header.place.first_line + record.line;
            report.bad_column = record.column;
            report.before_bad = report.records;
            words = record.reason;
        }
    });
    if (report.outcome == Outcome::whole && lines < place.lines) report.outcome = Outcome::stopped;
    return report.outcome == Outcome::whole;
}

}  // namespace pacer::fileio
