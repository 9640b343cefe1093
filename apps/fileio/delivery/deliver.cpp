#include "apps/fileio/delivery/deliver.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/fileio/delivery/front_desk.hpp"
#include "apps/fileio/delivery/journal.hpp"
#include "apps/fileio/delivery/notices.hpp"
#include "apps/fileio/flow/flow.hpp"
#include "apps/fileio/flow/tally.hpp"
#include "apps/fileio/segments/segment_log.hpp"
#include "common/base/clock.hpp"
#include "common/base/say.hpp"
#include "common/base/units.hpp"
#include "common/measure/progress.hpp"
#include "common/parallel/ending.hpp"
#include "io/files/part_file.hpp"
#include "io/records/cutter.hpp"

namespace pacer::fileio {

namespace {

// Rank 0's part: reads, hands out, keeps the journal, and puts the files together.
class Desk : FrontDesk {
  public:
    Desk(const Settings& settings, const Delivery& delivery, const Calculation& calculation)
        : FrontDesk(settings, delivery, calculation),
          settings_(settings),
          delivery_(delivery),
          calculation_(calculation),
          target_(target()),
          notices_(calculation, settings.format) {}

    // False if there is nothing to do: the results are there. Then `status` is what they come to.
    bool open(ExitStatus& status) {
        refuse_input_as_output();
        if (const auto known = finished()) {
            status = *known;
            return false;
        }
        open_journal();
        EarlierReading earlier;
        if (journal_) {
            earlier.done = journal_->earlier();
            for (const auto& [name, ranges] : earlier.done) {
                for (const auto& range : ranges) compare_.bytes += range.bytes;
            }
            earlier.keep = [this](const DoneRange& range, std::int64_t file) { keep(range, file); };
            earlier.drop = [this](const DoneRange& range, std::int64_t file) { drop(range, file); };
        }
        reader_.emplace(settings_.inputs, read_settings(), std::move(earlier));
        reader_->check_readable();
        check_target(target_);
        if (journal_ && settings_.on_error == OnError::stop && journal_->open().rejected > 0) {
            throw UsageError(
                fmt::format("{} rejected records are there from a run with --on-error skip: give --on-error "
                            "skip again, or "
                            "start over with --force",
                            journal_->open().rejected));
        }
        // Begun last: what is refused leaves nothing behind.
        if (!journal_) {
            journal_.emplace(Journal::begin(target_.journal_path(), run_text()));
            std::error_code ignored;
            std::filesystem::remove_all(target_.segments_path(), ignored);
        }
        for (const auto& path : {target_.path, target_.rejected_path(), target_.run_path()})
            remove_parts_of(path);
        return true;
    }

    Reader& reader() { return *reader_; }

    void take_names(const std::vector<std::string>& names) { names_ = names; }
    int journal_file() const { return journal_->file(); }

    void begin(BlockPlace& place) {
        add_files();
        // Without --on-error skip it may end this run as well.
        place.suspect = settings_.on_error == OnError::skip && journal_->is_suspect(place) ? 1 : 0;
        journal_->add_begun(place);
        bytes_out_ += place.bytes;
    }

    void collect(BlockSource& blocks, std::span<const char> bytes) {
        const Piece piece(bytes);
        bytes_out_ -= piece.place().bytes;
        notices_.of_reading(*reader_, piece.place());
        notices_.of_piece(reader_->files()[static_cast<std::size_t>(piece.place().file)].path, piece);
        if (piece.header().ends_run != EndsRun::goes_on) {
            note_bad(piece);
            blocks.end();
        } else {
            journal_->add_piece(bytes);
            const auto records = piece.header().done + piece.header().rejected;
            new_records_ += records;
            seconds_ += piece.header().seconds;
            if (records > 0)
                first_done_ = std::min(first_done_, std::pair(piece.place().file, piece.place().first_line));
        }
        flush_now_and_then();
        show_progress();
    }

    void show_progress() const {
        if (!delivery_.progress) return;
        const double seconds = seconds_since_launch();
        std::string text = fmt::format("{} records, {}, {} rejected", journal_->counted().done,
                                       rates(seconds), journal_->counted().rejected);
        if (const auto total = reader_->total_bytes_on_disk(); total && bytes_read() > 0) {
            const auto left = static_cast<double>(*total - reader_->bytes_on_disk());
            text += fmt::format(", {} left", format_seconds(left * seconds / bytes_read()));
        }
        progress::show(text);
    }

    // After everything that was handed out has come back.
    // `asked`: a signal asked a rank to stop, which may have been in the midst of a block.
    ExitStatus finish(const Team& world, bool stopped, bool asked) {
        stopped = stopped || (asked && bytes_out_ > 0);
        progress::clear();
        notices_.of_walk(reader_->left_out(), reader_->again());
        if (!stopped && bad_.empty()) notices_.of_ends(reader_->open_ends());
        tell_changes(!stopped && bad_.empty());
        if (!bad_.empty()) {
            if (!is_worth_keeping()) {
                journal_->remove();
                journal_.reset();
            }
            throw UsageError(bad_ + advice_);
        }
        if (stopped) return stop();
        set_activity("writing the results");
        add_files();  // the last ones may have been empty
        auto target = target_;
        target.content = content_of(*reader_);
        const auto account = write_results(*journal_, calculation_, target, reader_->lines(),
                                           labels_of(settings_.format, names_), stop_requested);
        if (!account.violation.empty()) {
            say("fileio: {}; no results are written, and {} is kept for finding the error\n",
                account.violation, target_.journal_path());
            return ExitStatus::wrong;
        }
        journal_->remove();
        report(world, account, rates(seconds_since_launch()), earlier_records_);
        return judged(account.done, account.rejected, account.ragged);
    }

    ExitStatus stop() {
        progress::clear();
        auto kept = leave();
        std::error_code ignored;
        if (kept.empty() && std::filesystem::exists(target_.journal_path(), ignored))
            kept = target_.journal_path() + " is as it was: the same command with --resume continues";
        return stopped(kept);
    }

    // Ends the session in good order. The sentence that tells what is kept and how to go on; empty, and no
    // journal is left, if nothing is done.
    std::string leave() {
        if (!journal_) return {};
        const auto records = records_done();
        if (records == 0) {
            journal_->remove();
            return {};
        }
        try {
            journal_->add_ended();
        } catch (const UsageError&) {  // the disk is full: then the next run finds out what is whole
        }
        return kept_in_journal(records);
    }

  private:
    // If not even the first record could be read, options are to be corrected, and what was begun behind it
    // will be done again: a moment's work.
    bool is_worth_keeping() const {
        constexpr double moment_seconds = 5;
        return seconds_ > moment_seconds || first_done_ < bad_where_ ||
               earlier_records_ + journal_->open().all() > 0;
    }

    // In the journal, so that another run need not do them again: the rejected ones too.
    std::int64_t records_done() const { return journal_->counted().all() + journal_->open().all(); }

    // What an earlier run left, if it is to be resumed. One that has done nothing is in nobody's way.
    void open_journal() {
        const auto path = target_.journal_path();
        std::error_code ignored;
        if (!std::filesystem::exists(path, ignored)) return refuse_logs_without_journal();
        if (delivery_.resume) {
            set_activity("reading the journal");
            journal_.emplace(Journal::go_on(path, run_text(), target_.force, stop_requested));
        } else if (!target_.force &&
                   (Journal::has_results(path) || SegmentLogs(target_.segments_path()).have_results())) {
            throw UsageError(fmt::format(
                "{} is left from an unfinished run: --resume continues it, --force starts over", path));
        }
    }

    void keep(const DoneRange& range, std::int64_t file) {
        add_files();
        const auto before = journal_->counted().all();
        journal_->keep(range.number, file);
        earlier_records_ += journal_->counted().all() - before;
        if (reader_->files()[static_cast<std::size_t>(file)].compression == Compression::none)
            earlier_bytes_ += range.bytes;
        tell_comparing(range.bytes);
    }

    void drop(const DoneRange& range, std::int64_t file) {
        const auto& path = reader_->files()[static_cast<std::size_t>(file)].path;
        if (changed_.empty() || changed_.back() != path) changed_.push_back(path);
        const auto open = journal_->open().all();
        journal_->drop(range.number);
        again_ += open - journal_->open().all();
        tell_comparing(range.bytes);
    }

    // All that is kept is read again, by this rank. Said once it has taken a while.
    void tell_comparing(std::int64_t bytes) {
        constexpr double a_while_seconds = 5;
        const double now = now_seconds();
        if (compare_.done == 0) compare_.since = now;
        compare_.done += bytes;
        const double seconds = now - compare_.since,
                     left = static_cast<double>(compare_.bytes - compare_.done);
        const auto text = [&] {
            return fmt::format("comparing what is done with the input: {} left, about {}", format_bytes(left),
                               format_seconds(left * seconds / static_cast<double>(compare_.done)));
        };
        if (delivery_.progress) {
            progress::show(text());
        } else if (!compare_.told && seconds > a_while_seconds) {
            compare_.told = true;
            say("fileio: {}\n", text());
        }
    }

    // What became of what earlier runs did, at the end of this one.
    void tell_changes(bool all_was_read) {
        if (again_ > 0) {
            const auto others = changed_.size() - 1;
            say("fileio: kept {} records, {} again: {}{} changed\n", earlier_records_, again_,
                changed_.front(),
                others == 0 ? "" : fmt::format(" and {} other file{}", others, others == 1 ? "" : "s"));
        }
        if (const auto gone = journal_->open().all(); all_was_read && gone > 0)
            say("fileio: {} left out, whose files are no longer there\n", records_are(gone));
    }

    // By this run.
    double bytes_read() const {
        return static_cast<double>(std::max(reader_->bytes_on_disk() - earlier_bytes_, std::int64_t{0}));
    }

    // By this run.
    std::string rates(double seconds) const {
        return format_rate(static_cast<double>(new_records_) / seconds, "records/s") + ", " +
               format_rate(bytes_read() / seconds, "B/s");
    }

    // A file's entry comes before those of its pieces.
    void add_files() {
        while (journal_->files().size() < reader_->files().size()) {
            journal_->add_file(reader_->files()[journal_->files().size()]);
        }
    }

    // After a power cut all pieces are there that were flushed.
    void flush_now_and_then() {
        constexpr double interval_seconds = 20;
        const double now = seconds_since_launch();
        if (now - flushed_ < interval_seconds) return;
        journal_->flush();
        flushed_ = now;
    }

    // The first one in the input's order: all blocks before its own were handed out earlier, and come back
    // still.
    void note_bad(const Piece& piece) {
        const auto& place = piece.place();
        const auto rejected = piece.rejected().front();
        const std::pair where(place.file, place.first_line + rejected.line);
        if (!bad_.empty() && bad_where_ < where) return;
        bad_where_ = where;
        advice_ = piece.header().ends_run == EndsRun::as_asked
                      ? "; correct it, or leave out such records with --on-error skip"
                      : "; correct it";
        bad_ = describe(reader_->files()[static_cast<std::size_t>(place.file)].path, place, rejected);
    }

    const Settings& settings_;
    const Delivery& delivery_;
    const Calculation& calculation_;
    const ResultsTarget& target_;
    Notices notices_;
    std::vector<std::string> names_;  // of columns, by the header
    std::optional<Journal> journal_;
    std::optional<Reader> reader_;
    std::int64_t new_records_ = 0;                          // by this run
    std::int64_t earlier_records_ = 0, earlier_bytes_ = 0;  // kept
    std::int64_t again_ = 0;            // records that were done, but whose text is another now
    std::vector<std::string> changed_;  // whose they are
    struct {
        std::int64_t bytes = 0, done = 0;  // of what is to be compared
        double since = 0;
        bool told = false;
    } compare_;
    std::int64_t bytes_out_ = 0;  // of blocks that were handed out, and have not come back
    double flushed_ = 0;
    std::string bad_, advice_;  // why the run ends, if a bad record ends it, and what to do
    std::pair<std::int64_t, std::int64_t> bad_where_, first_done_{unbounded, 0};  // file and line
    double seconds_ = 0;  // of calculating, by all threads of this run
};

}  // namespace

std::string advice_after_death(const Delivery& delivery) {
    return fmt::format(
        "; what is done is kept in {}: the same command with --resume continues, and with --on-error skip "
        "leaves out such a record",
        delivery.target.journal_path());
}

ExitStatus deliver(const Team& world, const Threads& threads, const Settings& asked, const Delivery& delivery,
                   Watch& watch) {
    Settings settings = asked;
    Calculation calculation;
    on_every_rank(world, [&] { calculation = make_calculation(settings.calculation); });
    std::optional<Desk> desk;
    auto status = ExitStatus::right;
    int nothing_to_do = 0;
    // Whatever ends the run, what is done is kept, and said.
    const auto at_the_desk = [&](const std::function<void()>& work) {
        on_root(world, [&] {
            try {
                work();
            } catch (const UsageError& error) {
                const auto kept = desk->leave();
                throw UsageError(error.what() + (kept.empty() ? kept : "; " + kept));
            } catch (const ReadingStopped&) {
                status = desk->stop();
                nothing_to_do = 1;
            }
        });
    };
    at_the_desk([&] {
        desk.emplace(settings, delivery, calculation);
        nothing_to_do = desk->open(status) ? 0 : 1;
        if (nothing_to_do != 0) return;
        watch.beat(desk->journal_file());
        desk->reader().names();  // here, where it is said what is kept if they are wrong
    });
    MPI_Bcast(&nothing_to_do, 1, MPI_INT, 0, world.comm);

    Team team = world;
    team.threads = world.size == 1 ? threads.process : threads.hybrid;
    if (nothing_to_do == 0) {
        const auto names = share_names(world, desk ? &desk->reader() : nullptr, settings);
        if (desk) desk->take_names(names);
        const Job job{&calculation,
                      {},
                      settings.on_error,
                      &watch,
                      settings.format,
                      stop_requested,
                      settings.record_timeout_seconds,
                      advice_after_death(delivery)};
        set_activity("processing records");
        bool stopped = false;
        if (!world.root())
            serve_blocks(
                team, job, [](std::span<const char>) {}, Signals::heeded);
        at_the_desk([&] {
            // One process gives a block to each thread, a farm one to each worker.
            const bool farm = world.size > 1;
            BlockSource blocks(desk->reader(), settings, farm ? world.size - 1 : team.threads,
                               farm ? team.threads : 1, [&](BlockPlace& place) { desk->begin(place); });
            const auto collect = [&](std::span<const char> piece) { desk->collect(blocks, piece); };
            stopped = world.size == 1 ? calculate_here(blocks, job, team.threads, collect, Signals::heeded)
                                      : hand_out_blocks(team, blocks, collect, Signals::heeded,
                                                        [&] { desk->show_progress(); });
        });
        int stop_asked = stop_requested() ? 1 : 0;
        MPI_Allreduce(MPI_IN_PLACE, &stop_asked, 1, MPI_INT, MPI_MAX, world.comm);
        at_the_desk([&] { status = desk->finish(world, stopped, stop_asked != 0); });
    }
    watch.beat(-1);
    MPI_Bcast(&status, 1, MPI_INT, 0, world.comm);
    return status;
}

}  // namespace pacer::fileio
