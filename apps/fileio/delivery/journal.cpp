#include "apps/fileio/delivery/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <set>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

#include "common/base/say.hpp"
#include "common/base/status.hpp"
#include "common/parallel/team.hpp"
#include "io/files/part_file.hpp"

namespace pacer::fileio {

namespace {

enum Kind : std::uint32_t { run_kind = 1, owner_kind, file_kind, begun_kind, piece_kind, ended_kind };

// "node7\nprocess 4711 on node7 (job 12)": the host, and this process in words.
std::string owner_text() {
    auto text = fmt::format("{0}\nprocess {1} on {0}", host_name(), ::getpid());
    for (const char* const name : {"SLURM_JOB_ID", "PBS_JOBID", "LSB_JOBID", "JOB_ID"}) {
        const char* const job = std::getenv(name);
        if (job == nullptr || *job == '\0') continue;
        text += fmt::format(" (job {})", job);
        break;
    }
    return text;
}

// Whether the file changes within the time that its owner leaves it alone at most. Opened anew each time: so
// network file systems ask their server.
bool is_written_elsewhere(const std::string& path, bool (*stop)()) {
    constexpr int looks = 150;
    constexpr std::chrono::milliseconds pause(100);
    const auto state = [&] {
        struct stat status {};
        const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        ::fstat(file.get(), &status);
        return std::array<std::int64_t, 3>{status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
    };
    const auto before = state();
    for (int look = 0; look < looks; ++look) {
        if (stop != nullptr && stop()) throw ReadingStopped();
        std::this_thread::sleep_for(pause);
        if (state() != before) return true;
    }
    return false;
}

template <class T>
std::span<const char> bytes_of(const T& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

constexpr std::string_view input_word = "input";

// The value of each line of a run by what it is of; inputs apart.
struct Run {
    std::vector<std::pair<std::string_view, std::string_view>> options;
    std::set<std::string_view> inputs;

    explicit Run(std::string_view text) {
        while (!text.empty()) {
            const auto line = text.substr(0, text.find('\n'));
            text.remove_prefix(std::min(line.size() + 1, text.size()));
            const auto colon = std::min(line.find(": "), line.size());
            const auto value = line.substr(std::min(colon + 2, line.size()));
            if (line.substr(0, colon) == input_word) {
                inputs.insert(value);
            } else {
                options.emplace_back(line.substr(0, colon), value);
            }
        }
    }
};

bool is_by_segments(std::string_view run) {
    return run.find(segments_line) != run.npos;
}

}  // namespace

std::string difference_of_runs(std::string_view run_there, std::string_view run_here) {
    const Run earlier(run_there), here(run_here);
    const auto [was, is] = std::mismatch(earlier.options.begin(), earlier.options.end(), here.options.begin(),
                                         here.options.end());
    const bool missing_there = was == earlier.options.end(), missing_here = is == here.options.end();
    if (missing_there && !missing_here)
        return fmt::format("{} is {} here, and missing there", is->first, is->second);
    if (!missing_there && (missing_here || was->first != is->first))
        return fmt::format("{} is {} there, and missing here", was->first, was->second);
    if (!missing_there)
        return fmt::format("{} is {} there, and {} here", was->first, was->second, is->second);
    for (const auto& input : earlier.inputs) {
        if (!here.inputs.contains(input)) return fmt::format("input {} is missing here", input);
    }
    return {};
}

std::int64_t Journal::next_name(const std::string& path) {
    names_.emplace_back(path, times_[path]++);
    return std::ssize(names_) - 1;
}

void Journal::append_to(Count& count, const Piece& piece, std::int32_t file, std::int64_t position,
                        std::int64_t length) {
    const auto& place = piece.place();
    const auto& header = piece.header();
    const Head head{place.first_record, place.head_hash};
    if (heads_.empty() || heads_.back() != head) heads_.push_back(head);
    pieces_.push_back({file, static_cast<std::int32_t>(heads_.size() - 1), place.offset, place.bytes,
                       place.first_line, place.lines, position, length, header.done, header.rejected,
                       header.text_hash, header.longest_id});
    count.done += header.done;
    count.rejected += header.rejected;
}

// A session that did not come to a good end is over when the next one begins.
void Journal::take_run(std::string_view content) {
    run_ = content;
    for (const auto& [place, begun] : begun_) {
        suspects_[names_.at(static_cast<std::size_t>(place.first))].push_back(begun.first);
    }
    begun_.clear();
    earlier_names_.insert(earlier_names_.end(), names_.begin(), names_.end());
    names_.clear();
    times_.clear();
}

void Journal::take_begun(const EntryLog::Entry& entry) {
    Begun begun;
    if (entry.content.size() != sizeof begun) log_.refuse_damaged(entry.position);
    std::memcpy(&begun, entry.content.data(), sizeof begun);
    if (begun.file < 0 || begun.file >= std::ssize(names_)) log_.refuse_damaged(entry.position);
    begun_[{begun.file, begun.offset}] = {begun, begun.bytes};
}

void Journal::take_piece(const EntryLog::Entry& entry) {
    const Piece piece(entry.content);
    const auto file = piece.place().file;
    if (file < 0 || file >= std::ssize(names_)) log_.refuse_damaged(entry.position);
    append_to(open_, piece, -1, entry.position, std::ssize(entry.content));
    name_of_piece_.push_back(std::ssize(earlier_names_) + file);
    const auto behind = begun_.upper_bound({file, piece.place().offset});
    if (behind == begun_.begin()) return;
    const auto begun = std::prev(behind);
    begun->second.second -= piece.place().bytes;
    if (begun->second.second <= 0) begun_.erase(begun);
}

void Journal::take(const EntryLog::Entry& entry) {
    const std::string_view text(entry.content.data(), entry.content.size());
    if (run_.empty() && entry.kind != run_kind) log_.refuse_damaged(entry.position);
    switch (entry.kind) {
        case run_kind:
            return take_run(text);
        case owner_kind:
            host_ = text.substr(0, text.find('\n'));
            owner_ = text.substr(std::min(host_.size() + 1, text.size()));
            return;
        case file_kind:
            next_name(std::string(text));
            return;
        case begun_kind:
            return take_begun(entry);
        case piece_kind:
            return take_piece(entry);
        case ended_kind:
            owner_.clear();
            return begun_.clear();
        default:
            log_.refuse_damaged(entry.position);
    }
}

void Journal::begin_session(const std::string& run) {
    log_.append(run_kind, {std::span(run)});
    log_.append(owner_kind, {std::span<const char>(owner_text())});
    take_run(run);
}

Journal Journal::begin(const std::string& path, const std::string& run) {
    Journal journal(EntryLog(path, EntryLog::Missing::make));
    journal.log_.start_anew();
    journal.begin_session(run);
    return journal;
}

Journal Journal::go_on(const std::string& path, const std::string& run, bool take_over, bool (*stop)()) {
    Journal journal(EntryLog(path, EntryLog::Missing::refuse));
    journal.log_.scan([&](const EntryLog::Entry& entry) {
        if (stop != nullptr && stop()) throw ReadingStopped();
        try {
            journal.take(entry);
        } catch (const std::invalid_argument&) {  // by Piece
            journal.log_.refuse_damaged(entry.position);
        }
    });
    if (!take_over && !journal.owner_.empty() && journal.host_ != host_name()) {
        say("fileio: {} was left by {}, which did not say that it has ended; looking whether it still "
            "writes\n",
            path, journal.owner_);
        if (is_written_elsewhere(path, stop))
            throw UsageError(fmt::format("{} is in use by {}; wait until that ends, or choose another --out",
                                         path, journal.owner_));
    }
    const auto differs = difference_of_runs(journal.run_, run);
    if (differs.empty()) {
        journal.begin_session(run);
        return journal;
    }
    if (journal.open_.all() > 0 || is_by_segments(journal.run_))
        throw UsageError(fmt::format(
            "{} belongs to a different run: {}; resume with the same options, or start over with --force",
            path, differs));
    Journal anew(std::move(journal.log_));
    anew.log_.start_anew();
    anew.begin_session(run);
    return anew;
}

bool Journal::has_results(const std::string& path) {
    bool has = false;
    EntryLog(path, EntryLog::Missing::refuse).look([&](const EntryLog::Entry& entry) {
        if (entry.kind == piece_kind) {
            const Piece piece(entry.content);
            has = piece.header().done + piece.header().rejected > 0;
        }
        return !has;
    });
    return has;
}

void Journal::add_file(const InputFile& file) {
    log_.append(file_kind, {std::span(file.path)});
    files_.push_back(file);
    next_name(file.path);
}

void Journal::add_begun(const BlockPlace& place) {
    const Begun begun{place.file, place.offset, place.bytes};
    log_.append(begun_kind, {bytes_of(begun)});
}

void Journal::add_piece(std::span<const char> bytes) {
    const Piece piece(bytes);
    const auto position = log_.append(piece_kind, {bytes});
    append_to(counted_, piece, static_cast<std::int32_t>(piece.place().file), position, std::ssize(bytes));
}

void Journal::add_ended() {
    log_.append(ended_kind, {std::span<const char>()});
    flush();
}

std::map<EarlierReading::Name, std::vector<DoneRange>> Journal::earlier() const {
    std::map<EarlierReading::Name, std::vector<DoneRange>> earlier;
    for (std::size_t i = 0; i < name_of_piece_.size(); ++i) {
        const auto& piece = pieces_[i];
        const auto& head = heads_[static_cast<std::size_t>(piece.head)];
        earlier[earlier_names_[static_cast<std::size_t>(name_of_piece_[i])]].push_back(
            {static_cast<std::int64_t>(i), piece.offset, piece.bytes, piece.first_line, piece.lines,
             head.first_record, head.hash, piece.text_hash});
    }
    for (auto& [name, ranges] : earlier) {
        std::sort(ranges.begin(), ranges.end(), [](const DoneRange& left, const DoneRange& right) {
            return std::pair(left.offset, -left.number) < std::pair(right.offset, -right.number);
        });
    }
    return earlier;
}

void Journal::keep(std::int64_t number, std::int64_t file) {
    auto& piece = pieces_[static_cast<std::size_t>(number)];
    piece.file = static_cast<std::int32_t>(file);
    counted_.done += piece.done;
    counted_.rejected += piece.rejected;
    drop(number);
}

void Journal::drop(std::int64_t number) {
    const auto& piece = pieces_[static_cast<std::size_t>(number)];
    open_.done -= piece.done;
    open_.rejected -= piece.rejected;
}

bool Journal::is_suspect(const BlockPlace& place) const {
    const auto begun = suspects_.find(names_.at(static_cast<std::size_t>(place.file)));
    if (begun == suspects_.end()) return false;
    return std::any_of(begun->second.begin(), begun->second.end(), [&](const Begun& suspect) {
        return suspect.offset < place.offset + place.bytes && place.offset < suspect.offset + suspect.bytes;
    });
}

Bytes Journal::read(const Entry& entry) const {
    auto bytes = log_.read(entry.position, entry.length);
    PieceHeader header;
    std::memcpy(&header, bytes.data(), sizeof header);
    header.place.file = entry.file;
    std::memcpy(bytes.data(), &header, sizeof header);
    return bytes;
}

}  // namespace pacer::fileio
