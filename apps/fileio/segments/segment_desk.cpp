#include "apps/fileio/segments/segment_desk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "apps/fileio/flow/tally.hpp"
#include "common/base/clock.hpp"
#include "common/base/say.hpp"
#include "common/base/units.hpp"
#include "common/measure/progress.hpp"
#include "common/parallel/ending.hpp"
#include "io/files/part_file.hpp"
#include "io/hdf5/stream.hpp"
#include "io/records/block.hpp"
#include "io/records/open_end.hpp"

namespace pacer::fileio {

SegmentDesk::SegmentDesk(const Settings& settings, const Delivery& delivery, const Calculation& calculation,
                         SegmentLogs& logs)
    : FrontDesk(settings, delivery, calculation),
      settings_(settings),
      delivery_(delivery),
      calculation_(calculation),
      logs_(logs),
      notices_(calculation, settings.format),
      books_([this](const Report& report) { take_settled(report); }) {}

bool SegmentDesk::open(ExitStatus& status) {
    refuse_input_as_output();
    if (const auto known = finished()) {
        status = *known;
        return false;
    }
    refuse_streams();
    open_journal();
    reader_.emplace(settings_.inputs, read_settings());
    reader_->check_readable();
    check_target(target());
    // Begun last: what is refused leaves nothing behind.
    if (!journal_) {
        journal_.emplace(Journal::begin(target().journal_path(), run_text()));
        fresh_ = true;
        logs_.remove();
    }
    for (const auto& path : {target().path, target().rejected_path(), target().run_path()})
        remove_parts_of(path);
    std::error_code error;
    std::filesystem::create_directories(logs_.folder(), error);
    if (error) refuse_to_write(logs_.folder(), error.value());
    return true;
}

std::uint64_t SegmentDesk::run() const {
    return hash(target().options.data(), target().options.size());
}

// Before anything waits for one.
void SegmentDesk::refuse_streams() const {
    for (const auto& input : settings_.inputs) {
        std::error_code missing;
        if (std::filesystem::is_other(input, missing))
            throw UsageError(fmt::format(
                "{} can be read only from front to back, by one rank: leave out --segments", input));
    }
}

// What an earlier run left, if it is to be resumed.
void SegmentDesk::open_journal() {
    const auto path = target().journal_path();
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return refuse_logs_without_journal();
    if (delivery_.resume) {
        set_activity("reading the journal");
        journal_.emplace(Journal::go_on(path, run_text(), target().force, stop_requested));
    } else if (!target().force && (Journal::has_results(path) || logs_.have_results())) {
        throw UsageError(fmt::format(
            "{} is left from an unfinished run: --resume continues it, --force starts over", path));
    }
}

void SegmentDesk::begin(Survey survey, std::int32_t session, int workers, int threads) {
    survey_ = std::move(survey);
    session_ = session;
    if (settings_.on_error == OnError::stop && survey_->rejected > 0) {
        throw UsageError(fmt::format(
            "{} rejected records are there from a run with --on-error skip: give --on-error skip again, or "
            "start over with --force",
            survey_->rejected));
    }
    source_.emplace(*reader_, settings_, *survey_, workers, threads,
                    [this](const BlockPlace& place) { take_head(place); });
    survey_->traces.clear();
}

void SegmentDesk::take_head(const BlockPlace& place) {
    notices_.of_reading(*reader_, place);
}

void SegmentDesk::take_settled(const Report& report) {
    const auto& place = report.all.place;
    const auto path = path_of(place.file);
    notices_.of_piece(path, report.all);
    ragged_.add(path, report.all);
    const auto lines = place.first_line + place.lines;
    if (report.ends_open != 0 && has_lines_before_last(lines, read_settings())) open_ends_.add(path, lines);
}

bool SegmentDesk::next(Bytes& message) {
    const bool in_place = has_slabs() && rows_.holds();
    if (!source_->next(message, in_place)) return false;
    rows_.add_segment(source_->latest().in_place != 0);
    return true;
}

std::int64_t SegmentDesk::row_of(std::int64_t segment, std::int64_t records) {
    rows_.count(segment, records);
    return rows_.row_of(segment);
}

void SegmentDesk::take(std::span<const char> message) {
    std::string words;
    const auto report = read_report(message, words);
    source_->learn(report);
    if (report.outcome == Outcome::whole) rows_.settle(report.number, report.all.done);
    if (report.outcome == Outcome::bad || report.outcome == Outcome::failed) source_->end();
    books_.take(report, std::move(words));
    idle();
}

void SegmentDesk::idle() {
    reader_->look_ahead();
    if (!delivery_.progress) return;
    std::string text =
        fmt::format("{} records, {}, {} rejected", books_.all().done, rates(), books_.all().rejected);
    if (const auto total = reader_->total_bytes_on_disk(); total && source_->bytes() > 0) {
        const auto left = static_cast<double>(*total - source_->bytes());
        text += fmt::format(", {} left", format_seconds(left * seconds_since_launch() /
                                                        static_cast<double>(source_->bytes())));
    }
    progress::show(text);
}

// By this session.
std::string SegmentDesk::rates() const {
    const double seconds = seconds_since_launch();
    return format_rate(static_cast<double>(books_.new_records()) / seconds, "records/s") + ", " +
           format_rate(static_cast<double>(source_->new_bytes()) / seconds, "B/s");
}

bool SegmentDesk::whole() const {
    return books_.stop() == nullptr && std::ssize(books_.segments()) == source_->handed_out();
}

bool SegmentDesk::close(ExitStatus& status) {
    progress::clear();
    notices_.of_walk(reader_->left_out(), reader_->again());
    const auto* const first = books_.stop();
    const bool all = whole();
    if (all) notices_.of_ends(open_ends_);
    if (books_.again() > 0) {
        const auto others = books_.changed().size() - 1;
        say("fileio: kept {} records, {} again: {}{} changed\n", books_.kept(), books_.again(),
            path_of(*books_.changed().begin()),
            others == 0 ? "" : fmt::format(" and {} other file{}", others, others == 1 ? "" : "s"));
    }
    if (const auto& unlike = books_.unlike(); unlike.records > 0)
        say("fileio: warning: {}, first from byte {} of {} on, were calculated by two sessions with "
            "different results: those of the first count, but the calculation does not give the same each "
            "time\n",
            counted(static_cast<std::size_t>(unlike.records), "record"), unlike.offset, path_of(unlike.file));
    const auto gone = survey_->records() - books_.kept() - books_.again() - books_.twice();
    if (all && gone > 0) say("fileio: {} left out, whose files are no longer there\n", records_are(gone));
    if (first != nullptr && first->report.outcome == Outcome::bad) refuse_bad(*first);
    if (!all) {
        // Wherever it failed: others were stopped for it.
        if (const auto* const failed = books_.failed()) throw UsageError(failed->words);
        status = stop();
        return false;
    }
    if (const auto wrong = violation(); !wrong.empty()) {
        status = tell_violation(wrong);
        return false;
    }
    set_activity("writing the results");
    return true;
}

void SegmentDesk::refuse_bad(const SegmentBooks::Stop& stop) {
    // If not even the first record could be read, options are to be corrected, and what was begun behind it
    // will be done again: a moment's work.
    constexpr double moment_seconds = 5;
    const auto before = books_.all().done + books_.all().rejected + stop.report.before_bad;
    if (books_.seconds() <= moment_seconds && before == 0 && survey_->records() == 0) remove_all();
    Rejected record;
    record.column = stop.report.bad_column;
    record.reason = stop.words;
    BlockPlace place;
    place.first_line = books_.bad_line(stop);
    throw UsageError(describe(path_of(stop.report.all.place.file), place, record) +
                     (stop.report.all.ends_run == EndsRun::as_asked
                          ? "; correct it, or leave out such records with --on-error skip"
                          : "; correct it"));
}

// Empty, or the first line that is not accounted for once.
std::string SegmentDesk::violation() const {
    if (!books_.violation().empty())
        return fmt::format("{}: {}", path_of(books_.file_of_violation()), books_.violation());
    std::vector<std::int64_t> bytes(reader_->files().size(), 0), lines(bytes.size(), 0);
    for (const auto& segment : books_.segments()) {
        bytes[static_cast<std::size_t>(segment.file)] += segment.bytes;
        lines[static_cast<std::size_t>(segment.file)] += segment.lines;
    }
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto& file = reader_->files()[i];
        if (file.compression == Compression::none && file.bytes != bytes[i])
            return fmt::format("{}: line {} and all that follow are lost", file.path, lines[i] + 1);
    }
    const auto& all = books_.all();
    if (all.place.lines != all.done + all.rejected + all.skipped)
        return fmt::format("{} lines were read, but {} are accounted for", all.place.lines,
                           all.done + all.rejected + all.skipped);
    return {};
}

ExitStatus SegmentDesk::tell_violation(const std::string& violation) const {
    say("fileio: {}; no results are written, and {} is kept for finding the error\n", violation,
        logs_.folder());
    return ExitStatus::wrong;
}

ResultsLayout SegmentDesk::lay_out() {
    const auto& all = books_.all();
    const ResultsHead head{calculation_.identity,
                           calculation_.results,
                           all.done,
                           all.rejected,
                           all.skipped,
                           &reader_->files(),
                           labels_of(settings_.format, names_),
                           all.longest_id,
                           target().options,
                           text_of_input(reader_->files())};
    if (results_are_in_place()) {
        try {
            files_.emplace(target(), calculation_, head, logs_.path_of_results(session_));
            in_place_ = session_;
        } catch (const Hdf5Stream::Elsewhere&) {  // the options may be long
        }
    }
    if (!files_) files_.emplace(target(), calculation_, head);
    return {files_->give_away(), files_->part_path(), target().path, in_place_};
}

// Whether this session's file can become the .h5. Those of earlier ones cannot: what another host still
// writes there, cut off from this one, would go into it.
bool SegmentDesk::results_are_in_place() const {
    const auto bytes = books_.all().done * calculation_.results * std::int64_t{sizeof(double)};
    return books_.in_place() && bytes >= Hdf5Stream::first_values &&
           on_one_file_system(logs_.folder(), file_to_write(target().path, true));
}

bool SegmentDesk::next_to_write(Bytes& message) {
    if (stop_requested()) throw ReadingStopped();
    if (!violation_.empty() || written_ == books_.segments().size()) return false;
    append(message, &books_.segments()[written_++], 1);
    return true;
}

void SegmentDesk::take_written(std::span<const char> message) {
    const auto written = read_written(message);
    if (written.failed) throw UsageError(written.words);
    if (violation_.empty() && !written.words.empty())
        violation_ = path_of(written.file) + ": " + written.words;
    files_->merge(written.statistics);
}

// What rank 0 writes alone: all of a .csv, and else the list of rejected records.
void SegmentDesk::add_to_files() {
    for (const auto& segment : books_.segments()) {
        if (stop_requested()) throw ReadingStopped();
        if (others_write() && segment.rejected == 0) continue;
        const auto wrong = visit(logs_, segment, in_place_, [&](const Piece& piece) {
            others_write() ? files_->add_rejected(piece) : files_->add(piece);
        });
        if (violation_.empty() && !wrong.empty()) violation_ = path_of(segment.file) + ": " + wrong;
    }
}

ExitStatus SegmentDesk::finish(const Team& world) {
    if (violation_.empty()) add_to_files();
    if (!violation_.empty()) return tell_violation(violation_);
    files_->commit();
    try {
        remove_all();
    } catch (const UsageError& error) {
        say("fileio: warning: {}; the results are complete, and it is of no use any more\n", error.what());
    }
    const auto& all = books_.all();
    report(world, {all.place.lines, all.done, all.rejected, all.skipped, {}, {}}, rates(), books_.kept());
    return judged(all.done, all.rejected, ragged_);
}

void SegmentDesk::remove_all() {
    logs_.remove();
    if (journal_) journal_->remove();
    journal_.reset();
}

ExitStatus SegmentDesk::stop() {
    progress::clear();
    auto kept = leave();
    std::error_code ignored;
    if (kept.empty() && std::filesystem::exists(target().journal_path(), ignored))
        kept = target().journal_path() + " is as it was: the same command with --resume continues";
    return stopped(kept);
}

std::int64_t SegmentDesk::records_done() const {
    return survey_->records() - books_.again() - books_.twice() + books_.new_records();
}

std::string SegmentDesk::leave() {
    if (!journal_) return {};
    const bool known = survey_.has_value();
    if (known ? records_done() == 0 : fresh_) {
        remove_all();
        return {};
    }
    try {
        journal_->add_ended();
    } catch (const UsageError&) {  // the disk is full: then the next run finds out what is whole
    }
    return known ? kept_in_journal(records_done()) : std::string();
}

}  // namespace pacer::fileio
