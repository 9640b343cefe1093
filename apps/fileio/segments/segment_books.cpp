#include "apps/fileio/segments/segment_books.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace pacer::fileio {

void SegmentBooks::take(const Report& report, std::string words) {
    new_records_ += report.records;
    kept_ += report.kept;
    again_ += report.again;
    twice_ += report.twice;
    if (report.unlike > 0) {
        const std::pair here(report.all.place.file, report.unlike_offset);
        if (unlike_.records == 0 || here < std::pair(unlike_.file, unlike_.offset))
            std::tie(unlike_.file, unlike_.offset) = here;
        unlike_.records += report.unlike;
    }
    if (report.again > 0) changed_.insert(report.all.place.file);
    seconds_ += report.all.seconds;
    waiting_[report.number] = {report, std::move(words)};
    while (!waiting_.empty()) {
        const auto first = waiting_.begin();
        if (first->first != std::ssize(segments_) || first->second.report.outcome != Outcome::whole) return;
        settle(first->second.report);
        waiting_.erase(first);
    }
}

void SegmentBooks::settle(Report report) {
    const auto& header = report.all;
    auto& place = report.all.place;
    if (place.file != file_) {
        file_ = place.file;
        offset_ = lines_ = 0;
    }
    if (place.offset != offset_ && violation_.empty()) {
        violation_ = fmt::format("line {} starts at byte {}, though all before it is {} bytes", lines_ + 1,
                                 place.offset, offset_);
        file_of_violation_ = file_;
    }
    segments_.push_back({report.where, file_, lines_, all_.done, place.offset, place.bytes, place.lines,
                         header.done, header.rejected});
    apart_ += report.apart;
    if (report.apart > 0 && report.row != all_.done) misplaced_ = true;
    place.first_line = lines_;
    offset_ += place.bytes;
    lines_ += place.lines;
    add(all_, header);
    settled_(report);
}

const SegmentBooks::Stop* SegmentBooks::stop() const {
    if (waiting_.empty() || waiting_.begin()->first != std::ssize(segments_)) return nullptr;
    return &waiting_.begin()->second;
}

const SegmentBooks::Stop* SegmentBooks::failed() const {
    const auto found = std::find_if(waiting_.begin(), waiting_.end(), [](const auto& waiting) {
        return waiting.second.report.outcome == Outcome::failed;
    });
    return found == waiting_.end() ? nullptr : &found->second;
}

std::int64_t SegmentBooks::bad_line(const Stop& stop) const {
    const auto& place = stop.report.all.place;
    return lines_before(place.file) + stop.report.bad_line - place.first_line;
}

}  // namespace pacer::fileio
