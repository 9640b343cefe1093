#include "apps/fileio/delivery/final_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

#include "common/base/facts.hpp"
#include "common/base/say.hpp"
#include "common/base/status.hpp"
#include "io/files/whole_file.hpp"

namespace pacer::fileio {

namespace {

// What an .h5 has as attributes, for a .csv of so many bytes.
std::string text_of_run(const ResultsHead& head, std::int64_t bytes) {
    std::string text;
    for (const auto& [name, value] : facts_of(head)) {
        if (name != "options") text += fmt::format("{}: {}\n", name, to_string(value));
    }
    text += fmt::format("bytes: {}\n", bytes);
    text += options_line;
    return text + head.options;
}

// When input was modified after it had been read, the first time if several were; says so. In nanoseconds
// since 1970.
std::optional<std::int64_t> time_of_change(const std::vector<InputFile>& files) {
    std::optional<std::int64_t> first;
    for (const auto& file : files) {
        struct stat now {};
        if (file.bytes <= 0 || ::stat(file.path.c_str(), &now) != 0) continue;
        const auto modified = std::int64_t{now.st_mtim.tv_sec} * 1'000'000'000 + now.st_mtim.tv_nsec;
        if (now.st_size == file.bytes && modified == file.modified_ns) continue;
        if (!first)
            say("fileio: warning: {} was modified after it had been read; the results are of what it was\n",
                file.path);
        first = std::min(first.value_or(modified), modified);
    }
    return first;
}

}  // namespace

FinalFiles::FinalFiles(const ResultsTarget& target, const Calculation& calculation, ResultsHead head,
                       const std::string& begun)
    : target_(target),
      path_(file_to_write(target.path, true)),
      head_(std::move(head)),
      csv_(is_csv(target)),
      file_(begun.empty() ? PartFile(path_) : PartFile(path_, begun)),
      rejected_(*head_.files, target.rejected_path()) {
    if (!calculation.summarises)
        writer_ = csv_ ? write_csv(file_, head_) : write_hdf5(file_, head_, !begun.empty());
}

void FinalFiles::add(const Piece& piece) {
    if (piece.header().results != head_.width || piece.header().ids != std::ssize(head_.labels.ids))
        throw std::logic_error("results of another calculation");
    if (writer_) writer_->add(piece);
    if (!piece.statistics().empty()) all_.merge(Statistics::read(piece.statistics()));
    rejected_.add(piece);
}

std::optional<Slabs> FinalFiles::give_away() {
    return writer_ ? writer_->give_away() : std::nullopt;
}

void FinalFiles::add_rejected(const Piece& piece) {
    rejected_.add(piece);
}

void FinalFiles::commit() {
    if (writer_) {
        writer_->finish();
    } else {
        csv_ ? write_csv(file_, head_, all_.columns()) : write_hdf5(file_, head_, all_.columns());
    }
    rejected_.finish();
    file_.finish();
    if (!target_.force) refuse_stranger(target_);  // before anything is replaced
    rejected_.commit();
    if (csv_) write_whole_file(target_.run_path(), text_of_run(head_, file_.bytes()), true);
    const auto changed = time_of_change(*head_.files);
    file_.commit(target_.force);
    if (!changed) return;
    // By its time --resume tells whether the input may be another: see find_finished().
    constexpr std::int64_t second = 1'000'000'000;
    const auto before = *changed - 1;
    const timespec times[] = {{0, UTIME_OMIT}, {before / second, before % second}};
    ::utimensat(AT_FDCWD, path_.c_str(), times, 0);
}

}  // namespace pacer::fileio
