#include "apps/fileio/delivery/deliver.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include "apps/fileio/delivery/journal.hpp"
#include "apps/fileio/delivery/notices.hpp"
#include "apps/fileio/flow/flow.hpp"
#include "apps/fileio/flow/tally.hpp"
#include "common/base/clock.hpp"
#include "common/base/say.hpp"
#include "common/base/units.hpp"
#include "common/measure/progress.hpp"
#include "common/parallel/ending.hpp"
#include "io/files/part_file.hpp"

namespace pacer::fileio {

namespace {

// What must be the same to resume from a journal.
std::string run_text(const Settings& settings, const Calculation& calculation) {
    std::string text = fmt::format("calculation: {}\n", calculation.identity);
    for (const auto& said : said_of(settings))
        text += fmt::format("{}: {}\n", said.option, to_string(said.value));
    int number = 0;
    for (const auto& input : settings.inputs) text += fmt::format("input {}: {}\n", ++number, input);
    return text;
}

// What an earlier run left, if it is to be resumed.
std::optional<Journal> earlier_journal(const Delivery& delivery, const std::string& run) {
    const auto path = delivery.target.journal_path();
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return std::nullopt;
    if (delivery.resume) return Journal::go_on(path, run);
    if (delivery.target.force) return std::nullopt;
    throw UsageError(
        fmt::format("{} is left from an unfinished run: --resume continues it, --force starts over", path));
}

// Rank 0's part: reads, hands out, keeps the journal, and puts the files together.
class Desk {
  public:
    Desk(const Settings& settings, const Delivery& delivery, const Calculation& calculation)
        : settings_(settings),
          delivery_(delivery),
          calculation_(calculation),
          notices_(calculation, settings.format),
          earlier_(earlier_journal(delivery, run_text(settings, calculation))),
          reader_(settings.inputs, read_settings(), earlier_ ? earlier_->reading() : EarlierReading()) {
        refuse_input_as_output();
        // A run that was complete may have left its files.
        if (!earlier_ || !earlier_->complete()) check_target(delivery.target);
        if (earlier_ && settings.on_error == OnError::stop && earlier_->rejected() > 0) {
            throw UsageError(
                fmt::format("{} has {} rejected records from a run with --on-error skip: give --on-error "
                            "skip again, or start over with --force",
                            delivery.target.journal_path(), earlier_->rejected()));
        }
        // Begun last: what is refused leaves nothing behind.
        journal_.emplace(
            earlier_ ? std::move(*earlier_)
                     : Journal::begin(delivery.target.journal_path(), run_text(settings, calculation)));
        remove_parts_of(delivery.target.path);
        remove_parts_of(delivery.target.rejected_path());
        earlier_records_ = records_done();
        for (const auto& [file, ranges] : journal_->reading().done) {
            if (journal_->files()[static_cast<std::size_t>(file)].compression != Compression::none) continue;
            for (const auto& range : ranges) earlier_bytes_ += range.bytes;
        }
    }

    Reader& reader() { return reader_; }
    void take_names(const std::vector<std::string>& names) { names_ = names; }

    void collect(BlockSource& blocks, std::span<const char> bytes) {
        const Piece piece(bytes);
        add_files();
        notices_.of_reading(reader_, piece.place());
        notices_.of_piece(reader_.files()[static_cast<std::size_t>(piece.place().file)].path, piece);
        if (piece.header().ends_run != EndsRun::goes_on) {
            note_bad(piece);
            blocks.end();
        } else {
            journal_->add_piece(bytes);
        }
        flush_now_and_then();
        show_progress();
    }

    void show_progress() const {
        if (!delivery_.progress) return;
        const double seconds = seconds_since_launch();
        std::string text = fmt::format("{} records, {}, {} rejected", journal_->records(),
                                       rates(records_done(), seconds), journal_->rejected());
        if (const auto total = reader_.total_bytes_on_disk(); total && bytes_read() > 0) {
            const auto left = static_cast<double>(*total - reader_.bytes_on_disk());
            text += fmt::format(", {} left", format_seconds(left * seconds / bytes_read()));
        }
        progress::show(text);
    }

    // After everything that was handed out has come back.
    ExitStatus finish(const Team& world, bool stopped) {
        progress::clear();
        notices_.of_walk(reader_.left_out(), reader_.again());
        if (!bad_.empty()) {
            // Nothing is lost, and the next run may read the input in another way.
            if (journal_->pieces().empty()) {
                journal_->remove();
                throw UsageError(bad_ +
                                 (bad_can_be_skipped_ ? "; --on-error skip leaves out such records" : ""));
            }
            journal_->flush();
            throw UsageError(fmt::format(
                "{}; {} records are kept in {}: {}", bad_, records_done(), delivery_.target.journal_path(),
                bad_can_be_skipped_ ? "--resume --on-error skip continues and leaves out such records"
                                    : "fix the file and start over with --force"));
        }
        if (stopped) {
            journal_->flush();
            say("fileio: stopped by a signal; {} records are kept in {}: the same command with --resume "
                "continues\n",
                records_done(), delivery_.target.journal_path());
            return ExitStatus::stopped_early;
        }
        set_activity("writing the results");
        add_files();  // the last ones may have been empty
        if (!journal_->complete()) journal_->add_complete();
        const auto account = write_results(*journal_, calculation_, delivery_.target, reader_.lines(),
                                           labels_of(settings_.format, names_));
        if (!account.violation.empty()) {
            say("fileio: {}; no results are written, and {} is kept for finding the error\n",
                account.violation, delivery_.target.journal_path());
            return ExitStatus::wrong;
        }
        journal_->remove();
        report(world, account);
        const auto why =
            why_not_right(settings_.max_rejected, account.done, account.rejected, account.ragged);
        if (why.empty()) return ExitStatus::right;
        say("fileio: {}\n", why);
        return ExitStatus::wrong;
    }

  private:
    // In the journal, so that another run need not do them again: the rejected ones too.
    std::int64_t records_done() const { return journal_->records() + journal_->rejected(); }

    // By this run.
    double bytes_read() const {
        return static_cast<double>(std::max(reader_.bytes_on_disk() - earlier_bytes_, std::int64_t{0}));
    }

    // So many records are done, some of them perhaps by an earlier run.
    std::string rates(std::int64_t records, double seconds) const {
        return format_rate(static_cast<double>(records - earlier_records_) / seconds, "records/s") + ", " +
               format_rate(bytes_read() / seconds, "B/s");
    }

    void refuse_input_as_output() const {
        const auto& target = delivery_.target;
        for (const auto& path : {target.path, target.journal_path(), target.rejected_path()}) {
            for (const auto& input : settings_.inputs) {
                std::error_code missing;
                if (!std::filesystem::equivalent(input, path, missing) || missing) continue;
                throw UsageError(
                    fmt::format("{} is an input file and would be overwritten: choose another --out", input));
            }
        }
    }

    ReadSettings read_settings() const {
        auto read = fileio::read_settings(settings_);
        read.stop = stop_requested;
        const auto& target = delivery_.target;
        read.excluded = {target.path, target.journal_path(), target.rejected_path()};
        return read;
    }

    // A file's entry comes before those of its pieces.
    void add_files() {
        while (journal_->files().size() < reader_.files().size()) {
            journal_->add_file(reader_.files()[journal_->files().size()]);
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
        bad_can_be_skipped_ = piece.header().ends_run == EndsRun::as_asked;
        bad_ = describe(reader_.files()[static_cast<std::size_t>(place.file)].path, place, rejected);
    }

    void report(const Team& world, const Account& account) const {
        if (delivery_.quiet) return;
        const double seconds = seconds_since_launch();
        auto text = fmt::format("{}\nresults: {}\n",
                                conservation(account.lines, account.done, account.rejected, account.skipped),
                                delivery_.target.path);
        if (account.rejected > 0) text += fmt::format("rejected: {}\n", delivery_.target.rejected_path());
        text += fmt::format("{} by {}: {}\n", format_seconds(seconds),
                            counted(static_cast<std::size_t>(world.size), "rank"),
                            rates(account.done + account.rejected, seconds));
        if (earlier_records_ > 0) text += fmt::format("{} records were already done\n", earlier_records_);
        print_out(text);
    }

    const Settings& settings_;
    const Delivery& delivery_;
    const Calculation& calculation_;
    Notices notices_;
    std::vector<std::string> names_;  // of columns, by the header
    std::optional<Journal> earlier_, journal_;
    Reader reader_;
    std::int64_t earlier_records_ = 0, earlier_bytes_ = 0;
    double flushed_ = 0;
    std::string bad_;  // why the run ends, if a bad record ends it
    bool bad_can_be_skipped_ = false;
    std::pair<std::int64_t, std::int64_t> bad_where_;
};

}  // namespace

ExitStatus deliver(const Team& world, const Threads& threads, const Settings& asked, const Delivery& delivery,
                   Watch& watch) {
    Settings settings = asked;
    Calculation calculation;
    on_every_rank(world, [&] { calculation = make_calculation(settings.calculation); });
    std::optional<Desk> desk;
    on_root(world, [&] { desk.emplace(settings, delivery, calculation); });
    const auto names = share_names(world, desk ? &desk->reader() : nullptr, settings);
    if (desk) desk->take_names(names);
    const Job job{&calculation, {}, settings.on_error, &watch, settings.format};

    set_activity("processing records");
    Team team = world;
    team.threads = world.size == 1 ? threads.process : threads.hybrid;
    if (!world.root()) serve_blocks(team, job, [](std::span<const char>) {});
    auto status = ExitStatus::right;
    on_root(world, [&] {
        // One process gives a block to each thread, a farm one to each worker.
        const bool farm = world.size > 1;
        BlockSource blocks(desk->reader(), settings, farm ? world.size - 1 : team.threads,
                           farm ? team.threads : 1);
        const auto collect = [&](std::span<const char> piece) { desk->collect(blocks, piece); };
        const bool stopped =
            world.size == 1
                ? calculate_here(blocks, job, team.threads, collect, Signals::heeded)
                : hand_out_blocks(team, blocks, collect, Signals::heeded, [&] { desk->show_progress(); });
        status = desk->finish(world, stopped);
    });
    MPI_Bcast(&status, 1, MPI_INT, 0, world.comm);
    return status;
}

}  // namespace pacer::fileio
