#include "apps/fileio/delivery/results.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <vector>

#include "apps/fileio/delivery/final_files.hpp"
#include "common/base/facts.hpp"
#include "common/base/status.hpp"
#include "common/base/units.hpp"
#include "io/files/part_file.hpp"
#include "io/files/whole_file.hpp"
#include "io/hdf5/stream.hpp"

namespace pacer::fileio {

namespace {

namespace fs = std::filesystem;

using Entries = std::vector<const Journal::Entry*>;

Entries in_order(const Journal& journal) {
    Entries entries;
    for (const auto& entry : journal.pieces()) {
        if (entry.file >= 0) entries.push_back(&entry);
    }
    std::sort(entries.begin(), entries.end(), [](const auto* left, const auto* right) {
        return std::tie(left->file, left->offset, left->first_line, left->position) <
               std::tie(right->file, right->offset, right->first_line, right->position);
    });
    return entries;
}

std::string file_name(const Journal& journal, std::int64_t file) {
    const auto& files = journal.files();
    return file < 0 || file >= static_cast<std::int64_t>(files.size())
               ? fmt::format("file {}, which was never opened,", file)
               : files[static_cast<std::size_t>(file)].path;
}

// "lines 18 to 20 are lost", counted from 1.
std::string lines_are(std::int64_t first, std::int64_t end, std::string_view fate) {
    return end - first == 1 ? fmt::format("line {} is {}", first + 1, fate)
                            : fmt::format("lines {} to {} are {}", first + 1, end, fate);
}

// Where a file's lines end that are accounted for so far.
struct Covered {
    std::int64_t file = 0, bytes = 0, lines = 0;
};

// Whether `next` begins where what is covered ends; empty, or what is wrong.
std::string seam_violation(const Covered& covered, const Journal::Entry& next) {
    if (next.first_line > covered.lines) return lines_are(covered.lines, next.first_line, "lost");
    if (next.first_line < covered.lines) {
        return lines_are(next.first_line, std::min(covered.lines, next.first_line + next.lines),
                         "there twice");
    }
    if (next.offset != covered.bytes) {
        return fmt::format("line {} starts at byte {}, though all before it is {} bytes", next.first_line + 1,
                           next.offset, covered.bytes);
    }
    return {};
}

// If lines are missing at a file's end, only its size can tell which file it is.
std::string end_violation(const Journal& journal, const Covered& covered) {
    const auto file = static_cast<std::size_t>(covered.file);
    if (file >= journal.files().size()) return {};
    const auto& input = journal.files()[file];
    if (input.compression != Compression::none || input.bytes < 0 || input.bytes == covered.bytes) return {};
    return fmt::format("{}: line {} and all that follow are lost", input.path, covered.lines + 1);
}

// Whether the pieces follow each other without gap or overlap and have `lines` lines; empty, or the first
// violation.
std::string tiling_violation(const Journal& journal, const Entries& entries, std::int64_t lines) {
    Covered covered;
    std::int64_t all = 0;
    std::string at_an_end;
    const auto leave_file = [&] {
        if (at_an_end.empty()) at_an_end = end_violation(journal, covered);
        covered = {covered.file + 1, 0, 0};
    };
    for (const auto* entry : entries) {
        if (entry->file < 0 || entry->file >= static_cast<std::int64_t>(journal.files().size())) {
            return file_name(journal, entry->file) + " has results";
        }
        while (covered.file < entry->file) leave_file();
        const auto violation = seam_violation(covered, *entry);
        if (!violation.empty()) return file_name(journal, entry->file) + ": " + violation;
        covered = {entry->file, entry->offset + entry->bytes, entry->first_line + entry->lines};
        all += entry->lines;
    }
    if (all == lines) return {};
    while (covered.file < static_cast<std::int64_t>(journal.files().size())) leave_file();
    if (!at_an_end.empty()) return at_an_end;
    return fmt::format("{} lines were read, but {} are accounted for", lines, all);
}

// Goes through the pieces in the order of the input and keeps the books; ends at the first line that violates
// them.
template <class Take>
void visit(const Journal& journal, const Entries& entries, Account& account, bool (*stop)(), Take take) {
    const auto expected = account.done;
    account.done = account.rejected = account.skipped = 0;
    for (const auto* entry : entries) {
        if (stop != nullptr && stop()) throw ReadingStopped();
        const auto bytes = journal.read(*entry);
        const Piece piece(bytes);
        account.violation = piece.violation();
        if (!account.violation.empty()) {
            account.violation = file_name(journal, entry->file) + ": " + account.violation;
            return;
        }
        account.done += piece.header().done;
        account.rejected += piece.header().rejected;
        account.skipped += piece.header().skipped;
        account.ragged.add(file_name(journal, entry->file), piece.header());
        take(piece);
    }
    if (account.done != expected) {
        account.violation = fmt::format("{} records are done, but {} were counted", account.done, expected);
    }
}

ResultsHead head_of(const Journal& journal, const Calculation& calculation, const Account& account,
                    const ResultsTarget& target, const Labels& labels) {
    std::int64_t longest_id = 0;
    for (const auto& entry : journal.pieces()) {
        if (entry.file >= 0) longest_id = std::max(longest_id, entry.longest_id);
    }
    return {calculation.identity,
            calculation.results,
            account.done,
            account.rejected,
            account.skipped,
            &journal.files(),
            labels,
            longest_id,
            target.options,
            text_of_input(journal.files()),
            target.content};
}

Facts facts_in(std::string_view text) {
    Facts facts;
    while (!text.empty() && !text.starts_with(options_line)) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const auto colon = std::min(line.find(": "), line.size());
        facts.emplace_back(line.substr(0, colon), std::string(line.substr(std::min(colon + 2, line.size()))));
    }
    if (!text.empty()) facts.emplace_back("options", std::string(text.substr(options_line.size())));
    return facts;
}

// None if it is not of these results.
Facts read_run_of_csv(const ResultsTarget& target) {
    std::error_code ignored;
    if (!fs::is_regular_file(target.run_path(), ignored)) return {};
    const auto text = read_whole_file(target.run_path());
    auto facts = facts_in({text.data(), text.size()});
    const bool fits = fact(facts, "bytes") == std::to_string(fs::file_size(target.path, ignored));
    return fits ? facts : Facts();
}

std::int64_t modified_ns(const std::string& path) {
    return Stream({path}).file().modified_ns;
}

}  // namespace

bool is_csv(const ResultsTarget& target) {
    return fs::path(target.path).extension() == ".csv";
}

std::string text_of_input(const std::vector<InputFile>& files) {
    std::string all;
    std::int64_t bytes = 0;
    for (const auto& file : files) {
        all += fmt::format("{} {}\n", file.bytes, file.path);
        bytes += std::max<std::int64_t>(file.bytes, 0);
    }
    return fmt::format("{}, {} bytes, {:016x}", counted(files.size(), "file"), bytes,
                       hash(all.data(), all.size()));
}

void refuse_stranger(const ResultsTarget& target) {
    std::error_code ignored;
    if (fs::exists(target.path, ignored))
        throw UsageError(
            fmt::format("{} is there, and not by the run that is to write it: move it away", target.path));
}

void check_target(const ResultsTarget& target) {
    const auto extension = fs::path(target.path).extension();
    if (extension != ".h5" && extension != ".csv") {
        throw UsageError(fmt::format("cannot write {}: the name must end in .h5 or .csv", target.path));
    }
    std::error_code ignored;
    const bool begun = fs::exists(target.journal_path(), ignored);
    if (begun && !target.force) refuse_stranger(target);
    check_writable(file_to_write(target.path, target.force));
    // A list beside a journal is of the run that left it there.
    file_to_write(target.rejected_path(), target.force || begun);
}

std::optional<Finished> find_finished(const ResultsTarget& target, const std::vector<InputFile>& input,
                                      const std::function<std::string()>& content) {
    std::error_code ignored;
    if (!fs::is_regular_file(target.path, ignored)) return {};
    const auto facts = is_csv(target) ? read_run_of_csv(target) : hdf5_attributes(target.path);
    if (fact(facts, "format") != "pacer-results" || fact(facts, "records").empty()) return {};
    const auto refuse = [&](std::string_view why) {
        throw UsageError(fmt::format("{} exists, and {}; choose another name, or replace it with --force",
                                     target.path, why));
    };
    const auto options = fact(facts, "options"), files = text_of_input(input);
    if (const auto differs = difference_of_runs(options, target.options); !differs.empty())
        refuse(fmt::format("is of a different run: {}", differs));
    if (const auto earlier = fact(facts, "input"); earlier != files)
        refuse(fmt::format("is of other input: {}, and not {}", earlier, files));
    const auto later = std::find_if(
        input.begin(), input.end(),
        [written = modified_ns(target.path)](const auto& file) { return file.modified_ns > written; });
    // A stream has neither a size nor a time that would tell.
    const auto stream =
        std::find_if(input.begin(), input.end(), [](const auto& file) { return file.bytes < 0; });
    const bool known = later == input.end() && stream == input.end();
    const auto text = fact(facts, "content");
    if (!known && (text.empty() || !content || content() != text))
        refuse(later != input.end() ? fmt::format("{} was modified after it was written", later->path)
                                    : fmt::format("{} is not what it was made from", stream->path));
    return Finished{parse_count(fact(facts, "records")), parse_count(fact(facts, "rejected"))};
}

Account write_results(const Journal& journal, const Calculation& calculation, const ResultsTarget& target,
                      std::int64_t lines, const Labels& labels, bool (*stop)()) {
    const auto entries = in_order(journal);
    Account account{lines, journal.counted().done, journal.counted().rejected, 0,
                    tiling_violation(journal, entries, lines)};
    account.skipped = lines - account.done - account.rejected;
    if (!account.violation.empty()) return account;
    FinalFiles files(target, calculation, head_of(journal, calculation, account, target, labels));
    visit(journal, entries, account, stop, [&](const Piece& piece) { files.add(piece); });
    if (account.violation.empty()) files.commit();
    return account;
}

}  // namespace pacer::fileio
