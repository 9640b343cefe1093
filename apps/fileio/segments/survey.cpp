#include "apps/fileio/segments/survey.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <utility>

#include "apps/fileio/segments/segment_entries.hpp"
#include "common/base/status.hpp"
#include "io/records/reader.hpp"

namespace pacer::fileio {

void survey_log(const SegmentLogs& logs, const LogName& name, Survey& survey, bool (*stop)()) {
    EntryLog log(logs.path_of(name), EntryLog::Missing::refuse);
    const auto first = survey.traces.size();
    std::optional<GrowingResults> results;  // of its session
    BegunBlock begun;                       // and not finished
    std::int64_t end = log.end();
    bool run_known = false;
    const auto take = [&](const EntryLog::Entry& entry) {
        const auto kind = kind_of(entry);
        if (stop != nullptr && stop()) throw ReadingStopped();
        const bool any = survey.traces.size() > first;
        if (run_known ? !any && kind != SegmentEntry::segment && kind != SegmentEntry::ended
                      : kind != SegmentEntry::run)
            log.refuse_damaged(entry.position);
        switch (kind) {
            case SegmentEntry::segment: {
                const auto bounds = value_in<SegmentBounds>(log, entry);
                const auto path = entry.content.subspan(sizeof bounds);
                begun = {};
                survey.traces.push_back({std::string(path.data(), path.size()),
                                         bounds.time,
                                         bounds.begin,
                                         bounds.end,
                                         {name, end, end}});
                break;
            }
            case SegmentEntry::begun:
                begun = value_in<BegunBlock>(log, entry);
                break;
            case SegmentEntry::piece:
            case SegmentEntry::apart: {
                const auto piece = piece_in(log, name, entry);
                try {
                    if (piece.row < 0) {
                        const Piece whole(entry.content);
                    } else {
                        const auto bytes = piece_without_numbers(entry.content);
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
            case SegmentEntry::kept:
                break;
            case SegmentEntry::dropped: {
                const auto piece = piece_in(log, name, entry);
                survey.done -= piece.header.done;
                survey.rejected -= piece.header.rejected;
                break;
            }
            case SegmentEntry::ended:
                begun = {};
                break;
            case SegmentEntry::run:
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
        numbers_missing = false;
        if (kind_of(entry) != SegmentEntry::apart) return true;
        if (!is_piece_apart(entry.content)) log.refuse_damaged(entry.position);
        std::error_code error;  // what is missing has no numbers; what cannot be read may have them
        const bool missing = !results && !std::filesystem::exists(results_path, error) && !error;
        if (!missing && !results) results.emplace(results_path, GrowingResults::Open::to_read);
        numbers_missing = missing || piece_with_numbers(entry.content, *results).empty();
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
