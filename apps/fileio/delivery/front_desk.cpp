#include "apps/fileio/delivery/front_desk.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "apps/fileio/delivery/entry_log.hpp"
#include "apps/fileio/delivery/journal.hpp"
#include "apps/fileio/flow/tally.hpp"
#include "apps/fileio/segments/segment_log.hpp"
#include "common/base/bytes.hpp"
#include "common/base/clock.hpp"
#include "common/base/say.hpp"
#include "common/base/units.hpp"
#include "common/measure/progress.hpp"
#include "common/parallel/ending.hpp"

namespace pacer::fileio {

namespace {

// What must be the same to resume from a journal.
std::string options_text(const Settings& settings, const Calculation& calculation) {
    std::string text = fmt::format("calculation: {}\n", calculation.identity);
    for (const auto& said : said_of(settings))
        text += fmt::format("{}: {}\n", said.option, to_string(said.value));
    return text;
}

ResultsTarget target_of(const Settings& settings, const Calculation& calculation, ResultsTarget target) {
    target.options = options_text(settings, calculation);
    return target;
}

}  // namespace

std::string records_are(std::int64_t records) {
    return records == 1 ? "1 record is" : fmt::format("{} records are", records);
}

std::string content_of(const Reader& reader) {
    return fmt::format("{:016x}", reader.content_hash());
}

FrontDesk::FrontDesk(const Settings& settings, const Delivery& delivery, const Calculation& calculation)
    : settings_(settings), delivery_(delivery), target_(target_of(settings, calculation, delivery.target)) {}

std::string FrontDesk::run_text() const {
    auto text = target_.options;
    if (delivery_.segments) text += segments_line;
    for (const auto& input : settings_.inputs) text += fmt::format("input: {}\n", input);
    return text;
}

ReadSettings FrontDesk::read_settings() const {
    auto read = fileio::read_settings(settings_);
    read.stop = stop_requested;
    read.excluded = target_.paths();
    read.hashed = true;
    return read;
}

void FrontDesk::refuse_input_as_output() const {
    for (const auto& path : target_.paths()) {
        for (const auto& input : settings_.inputs) {
            std::error_code missing;
            if (!std::filesystem::equivalent(input, path, missing) || missing) continue;
            throw UsageError(
                fmt::format("{} is an input file and would be overwritten: choose another --out", input));
        }
    }
    refuse_to_replace_input();
}

// Folders do not give earlier results; what has the name of results and is none may be meant as input.
void FrontDesk::refuse_to_replace_input() const {
    namespace fs = std::filesystem;
    std::error_code ignored;
    if (!is_csv(target_) || !fs::exists(target_.path, ignored) || fs::exists(target_.run_path(), ignored) ||
        fs::exists(target_.journal_path(), ignored))
        return;
    for (const auto& input : settings_.inputs) {
        const auto within = fs::relative(target_.path, input, ignored);
        if (!fs::is_directory(input, ignored) || within.empty() || *within.begin() == "..") continue;
        throw UsageError(
            fmt::format("{} is in the input folder {}, and no result of fileio, which would have {} beside "
                        "it: choose another --out, or move it away",
                        target_.path, input, target_.run_path()));
    }
}

void FrontDesk::refuse_logs_without_journal() const {
    std::error_code ignored;  // where there can be no such folder, check_target() says why
    const bool there = std::filesystem::exists(target_.segments_path(), ignored);
    if (target_.force || !there || !SegmentLogs(target_.segments_path()).have_results()) return;
    throw UsageError(
        fmt::format("{} is left from an unfinished run, whose {} is missing: put it back, or start over with "
                    "--force",
                    target_.segments_path(), target_.journal_path()));
}

std::optional<ExitStatus> FrontDesk::finished() const {
    if (!delivery_.resume || target_.force) return {};
    std::error_code ignored;
    if (!std::filesystem::exists(target_.path, ignored)) return {};
    const auto finished = find_finished(target_, files_of(settings_.inputs, read_settings()), [this] {
        set_activity("comparing the input");
        Reader reader(settings_.inputs, read_settings());
        constexpr std::int64_t block = std::int64_t{1} << 20;
        for (Bytes text; reader.next(text, block);) text.clear();
        return content_of(reader);
    });
    if (!finished) return {};
    // It may have been killed before it removed its journal; or is about to.
    if (std::filesystem::exists(target_.journal_path(), ignored))
        EntryLog(target_.journal_path(), EntryLog::Missing::make).remove();
    std::filesystem::remove_all(target_.segments_path(), ignored);
    if (!delivery_.quiet)
        print_out(fmt::format("{} is complete already: {} done, {} rejected\n", target_.path,
                              records_are(finished->done), finished->rejected));
    return judged(finished->done, finished->rejected, {});
}

ExitStatus FrontDesk::judged(std::int64_t done, std::int64_t rejected, const Ragged& ragged) const {
    const auto why = why_not_right(settings_.max_rejected, done, rejected, ragged);
    if (why.empty()) return ExitStatus::right;
    say("fileio: {}\n", why);
    return ExitStatus::wrong;
}

ExitStatus FrontDesk::stopped(std::string_view kept) const {
    const bool late = delivery_.deadline_seconds > 0 && seconds_since_launch() > delivery_.deadline_seconds;
    say("fileio: stopped by {}; {}\n", late ? "--deadline" : "a signal",
        kept.empty() ? "nothing was done yet" : kept);
    return ExitStatus::stopped_early;
}

std::string FrontDesk::kept_in_journal(std::int64_t records) const {
    return fmt::format("{} kept in {}: the same command with --resume continues", records_are(records),
                       target_.journal_path());
}

void FrontDesk::report(const Team& world, const Account& account, std::string_view rates,
                       std::int64_t earlier_records) const {
    if (delivery_.quiet) return;
    auto text = fmt::format("{}\nresults: {}\n",
                            conservation(account.lines, account.done, account.rejected, account.skipped),
                            target_.path);
    if (account.rejected > 0) text += fmt::format("rejected: {}\n", target_.rejected_path());
    text += fmt::format("{} by {}: {}\n", format_seconds(seconds_since_launch()),
                        counted(static_cast<std::size_t>(world.size), "rank"), rates);
    if (earlier_records > 0) text += fmt::format("{} records were already done\n", earlier_records);
    print_out(text);
}

}  // namespace pacer::fileio
