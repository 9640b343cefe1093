#include "apps/fileio/segments/segment_results.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "apps/fileio/segments/segment_entries.hpp"
#include "common/base/status.hpp"
#include "io/files/part_file.hpp"

namespace pacer::fileio {

std::string visit(SegmentLogs& logs, const DoneSegment& segment, std::int32_t in_place,
                  const std::function<void(const Piece&)>& take) {
    auto offset = segment.offset, line = segment.first_line;
    std::int64_t done = 0, rejected = 0;
    std::string violation;
    logs.for_each_piece(segment.where, [&](const PlacedPiece& placed, std::span<const char> there) {
        if (!violation.empty()) return;
        const bool is_in_place = placed.row >= 0 && placed.log.session == in_place;
        if (is_in_place && placed.row != segment.row + done) {
            violation = fmt::format("the results of line {} are elsewhere", line + 1);
            return;
        }
        Bytes made;
        if (there.empty()) {  // it is in another log
            made = is_in_place ? logs.read_without_numbers(placed) : logs.read(placed);
        } else if (placed.row >= 0) {
            made = is_in_place ? piece_without_numbers(there) : logs.whole(placed, there);
        }
        if (!made.empty()) there = made;
        PieceHeader header;
        std::memcpy(&header, there.data(), sizeof header);
        header.place.file = segment.file;
        header.place.first_line = line;
        const Piece piece(there, header);
        if (header.place.offset != offset) {
            violation = fmt::format("line {} is not where all before it end", line + 1);
            return;
        }
        violation = piece.violation();
        if (!violation.empty()) return;
        offset += header.place.bytes;
        line += header.place.lines;
        done += header.done;
        rejected += header.rejected;
        take(piece);
    });
    if (violation.empty() &&
        (offset != segment.offset + segment.bytes || line != segment.first_line + segment.lines ||
         done != segment.done || rejected != segment.rejected))
        violation = fmt::format("line {} and some that follow are lost", line + 1);
    return violation;
}

std::string written(const ResultsLayout& layout) {
    const std::int64_t any = layout.slabs ? 1 : 0, part_bytes = std::ssize(layout.part_path),
                       in_place = layout.in_place;
    const auto slabs = layout.slabs.value_or(Slabs());
    Bytes bytes;
    append(bytes, &any, 1);
    append(bytes, &part_bytes, 1);
    append(bytes, &in_place, 1);
    append(bytes, &slabs, 1);
    append(bytes, layout.part_path.data(), layout.part_path.size());
    append(bytes, layout.path.data(), layout.path.size());
    return {bytes.data(), bytes.size()};
}

ResultsLayout read_layout(std::string_view text) {
    std::int64_t any = 0, part_bytes = 0, in_place = 0;
    Slabs slabs;
    const auto take = [&](auto& to) {
        std::memcpy(&to, text.data(), sizeof to);
        text.remove_prefix(sizeof to);
    };
    take(any);
    take(part_bytes);
    take(in_place);
    take(slabs);
    const auto part = static_cast<std::size_t>(part_bytes);
    return {any != 0 ? std::optional(slabs) : std::nullopt, std::string(text.substr(0, part)),
            std::string(text.substr(part)), static_cast<std::int32_t>(in_place)};
}

// The unfinished file, of which others write other parts.
class SegmentWriter::File {
  public:
    File(const ResultsLayout& layout)
        : path_(layout.path),
          slabs_(*layout.slabs),
          file_(::open(layout.part_path.c_str(), O_WRONLY | O_CLOEXEC)) {
        if (file_.get() < 0) refuse_to_write(path_, errno);
    }

    // From that record on.
    void begin(std::int64_t row) {
        const std::array<Slabs::Slab, 4> slabs = {slabs_.results, slabs_.file, slabs_.line, slabs_.id};
        for (std::size_t i = 0; i < slabs.size(); ++i) {
            targets_[i].begin = targets_[i].offset = slabs[i].offset + row * slabs[i].record_bytes;
            targets_[i].bytes.clear();
        }
    }

    void add(const Piece& piece) {
        auto& [results, file, line, id] = targets_;
        const auto& place = piece.place();
        if (piece.values().empty()) {  // they are there
            flush(results);
            results.offset += std::ssize(piece.done()) * slabs_.results.record_bytes;
        }
        put(results, piece.values().data(), piece.values().size());
        const std::vector<std::int32_t> files(piece.done().size(), static_cast<std::int32_t>(place.file));
        put(file, files.data(), files.size());
        std::vector<std::int64_t> lines;
        for (const auto done : piece.done()) lines.push_back(place.first_line + done + 1);
        put(line, lines.data(), lines.size());
        std::string field;
        for (const auto word : piece.ids()) {
            field = word;
            field.resize(static_cast<std::size_t>(slabs_.id_bytes), '\0');
            put(id, field.data(), field.size());
        }
    }

    void end() {
        constexpr std::int64_t worth_bytes = std::int64_t{1} << 20;
        for (auto& target : targets_) {
            flush(target);
            // The disk begins now, not when all is there. What cannot be written fsync() tells.
            const auto bytes = target.offset - target.begin;
            if (bytes >= worth_bytes)
                ::sync_file_range(file_.get(), target.begin, bytes, SYNC_FILE_RANGE_WRITE);
        }
    }

    void finish() {
        if (::fsync(file_.get()) != 0 || file_.close() != 0) refuse_to_write(path_, errno);
    }

  private:
    struct Target {
        std::int64_t begin = 0, offset = 0;  // of the segment's values, and of what comes next
        Bytes bytes{};
    };

    template <class T>
    void put(Target& target, const T* values, std::size_t count) {
        constexpr std::size_t buffer_bytes = std::size_t{1} << 20, much = std::size_t{64} << 10;
        const auto bytes = count * sizeof(T);
        if (bytes >= much) {
            flush(target);
            return write(target, {reinterpret_cast<const char*>(values), bytes});
        }
        append(target.bytes, values, count);
        if (target.bytes.size() >= buffer_bytes) flush(target);
    }

    void flush(Target& target) {
        write(target, {target.bytes.data(), target.bytes.size()});
        target.bytes.clear();
    }

    void write(Target& target, std::string_view left) {
        while (!left.empty()) {
            const auto written = ::pwrite(file_.get(), left.data(), left.size(), target.offset);
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) refuse_to_write(path_, errno);
            left.remove_prefix(static_cast<std::size_t>(written));
            target.offset += written;
        }
    }

    std::string path_;
    Slabs slabs_;
    Descriptor file_;
    std::array<Target, 4> targets_{};
};

SegmentWriter::SegmentWriter(SegmentLogs& logs, const ResultsLayout& layout, std::string who)
    : logs_(logs), in_place_(layout.in_place), who_(std::move(who)) {
    if (layout.slabs) file_ = std::make_unique<File>(layout);
}
SegmentWriter::~SegmentWriter() = default;

Bytes SegmentWriter::work_on(std::span<const char> message) {
    DoneSegment segment;
    std::memcpy(&segment, message.data(), sizeof segment);
    std::int64_t failed = 0, words_bytes = 0;
    std::string words;
    Statistics statistics;
    try {
        if (file_) file_->begin(segment.row);
        words = visit(logs_, segment, in_place_, [&](const Piece& piece) {
            if (file_) file_->add(piece);
            if (!piece.statistics().empty()) statistics.merge(Statistics::read(piece.statistics()));
        });
        if (file_) file_->end();
    } catch (const UsageError& error) {
        failed = 1;
        words = fmt::format("{}: {}", who_, error.what());
    }
    words_bytes = std::ssize(words);
    Bytes result;
    append(result, &segment.file, 1);
    append(result, &failed, 1);
    append(result, &words_bytes, 1);
    append(result, words.data(), words.size());
    statistics.append_to(result);
    return result;
}

Written read_written(std::span<const char> message) {
    std::array<std::int64_t, 3> head{};
    std::memcpy(head.data(), message.data(), sizeof head);
    message = message.subspan(sizeof head);
    const auto [file, failed, words_bytes] = head;
    // Statistics are read where they lie aligned.
    const Bytes statistics(message.begin() + words_bytes, message.end());
    return {file, failed != 0, std::string(message.data(), static_cast<std::size_t>(words_bytes)),
            Statistics::read(statistics)};
}

void SegmentWriter::finish() {
    if (file_) file_->finish();
}

}  // namespace pacer::fileio
