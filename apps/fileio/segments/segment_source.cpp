#include "apps/fileio/segments/segment_source.hpp"

#include <algorithm>

namespace pacer::fileio {

namespace {

constexpr double largest = 64 << 20;
constexpr std::int64_t before_anything_is_known = 4096;
// Whoever asks a run to stop waits no longer, and rank 0 has no more than a message a second from each.
constexpr double target_seconds = 1;
constexpr double memory = 0.9;  // of what was learned, for each new report

}  // namespace

SegmentSource::SegmentSource(Reader& reader, const Settings& settings, const Survey& earlier, int workers,
                             int threads, std::function<void(const BlockPlace&)> heads)
    : reader_(reader),
      workers_(workers),
      threads_(threads),
      fixed_(settings.block_bytes),
      heads_(std::move(heads)) {
    auto traces = earlier.traces;
    std::stable_sort(traces.begin(), traces.end(), [](const auto& left, const auto& right) {
        return left.stretch.log < right.stretch.log;
    });
    for (auto& trace : traces) {
        auto& of_file = earlier_[{trace.path, trace.time}];
        of_file.longest = std::max(of_file.longest, trace.end - trace.begin);
        of_file.all.emplace(trace.begin, std::move(trace));
    }
    // The usual handful of files is known at once.
    constexpr int steps = 16;
    for (int step = 0; step < steps && !reader_.look_ahead(); ++step) {
    }
}

// The next file that has any text.
bool SegmentSource::next_file() {
    for (;;) {
        const auto head = reader_.next_head();
        if (!head) return false;
        const auto& file = reader_.files().back();
        // Files without text that the reader passed over come too.
        const auto& files = reader_.files();
        for (; files_ < std::ssize(files); ++files_)
            time_ = times_[files[static_cast<std::size_t>(files_)].path]++;
        heads_(*head);
        if (head->bytes == 0) continue;
        segment_.file = file;
        segment_.file_number = head->file;
        segment_.time = time_;
        segment_.begin = segment_.end = 0;
        const auto traces = earlier_.find({file.path, time_});
        traces_ = traces == earlier_.end() ? nullptr : &traces->second;
        return true;
    }
}

std::int64_t SegmentSource::size() const {
    if (fixed_ > 0) return fixed_;
    double wanted = static_cast<double>(before_anything_is_known) * threads_;
    if (seconds_ > 0) wanted = target_seconds * done_bytes_ / seconds_;
    // Large input comes in larger segments, however long they take: their number, and with it what is to be
    // remembered of each, then grows with the logarithm of the input only.
    constexpr int most_segments_log2 = 17;
    const auto grown = static_cast<double>(bytes_ >> most_segments_log2);
    wanted = std::clamp(wanted, grown, std::max(grown, largest));
    // Towards the end smaller and smaller, so that all workers end at about the same time.
    if (const auto total = reader_.total_bytes_on_disk()) {
        const auto left = static_cast<double>(*total - bytes_);
        wanted = std::min(wanted, left / (workers_ * (seconds_ > 0 ? 3 : 16)));
    }
    return std::max(static_cast<std::int64_t>(wanted), before_anything_is_known);
}

// As earlier sessions divided the file where they did: then no piece lies across a seam.
std::int64_t SegmentSource::end_of(std::int64_t begin) const {
    if (segment_.file.compression != Compression::none) return RangeReader::to_the_end;
    std::int64_t end = begin + size();
    if (traces_ != nullptr) {
        const auto [first, next] = traces_->all.equal_range(begin);
        if (first != next) end = std::prev(next)->second.end;
        if (next != traces_->all.end()) end = std::min(end, next->first);
    }
    return std::min(end, segment_.file.bytes);
}

std::vector<Stretch> SegmentSource::earlier_in(std::int64_t begin, std::int64_t end) const {
    std::vector<Stretch> stretches;
    if (traces_ == nullptr) return stretches;
    const auto& all = traces_->all;
    for (auto trace = all.lower_bound(begin - std::min(begin, traces_->longest));
         trace != all.end() && trace->first < end; ++trace) {
        if (trace->second.end > begin) stretches.push_back(trace->second.stretch);
    }
    return stretches;
}

bool SegmentSource::next(Bytes& message, bool in_place) {
    if (ended_) return false;
    const bool packed = segment_.file.compression != Compression::none;
    const bool done = number_ == 0 || packed || segment_.end >= segment_.file.bytes;
    if (done && !next_file()) return false;
    segment_.begin = segment_.end;
    segment_.end = end_of(segment_.begin);
    segment_.number = number_++;
    segment_.earlier = earlier_in(segment_.begin, segment_.end);
    segment_.in_place = in_place && segment_.file.compression == Compression::none ? 1 : 0;
    bytes_ += std::min(segment_.end, segment_.file.bytes) - segment_.begin;
    append_segment(message, segment_);
    return true;
}

void SegmentSource::learn(const Report& report) {
    if (reader_.files()[static_cast<std::size_t>(report.all.place.file)].compression == Compression::none)
        kept_bytes_ += report.kept_bytes;
    if (report.records == 0) return;
    done_bytes_ = memory * done_bytes_ + static_cast<double>(report.all.place.bytes);
    seconds_ = memory * seconds_ + report.all.seconds / threads_;
}

}  // namespace pacer::fileio
