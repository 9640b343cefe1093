#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "common/base/status.hpp"
#include "io/records/cutter.hpp"
#include "io/records/first_record.hpp"
#include "io/records/reader.hpp"
#include "io/records/records.hpp"

namespace pacer {

struct RangeReader::State {
    State(const InputFile& file, std::int64_t index_, std::int64_t begin, std::int64_t end_,
          ReadSettings settings_)
        : settings(std::move(settings_)), index(index_), end(end_), cutter({file.path}, settings) {
        const auto& now = cutter.stream().file();
        if (now != file)
            throw UsageError(fmt::format("{} changed since it was listed; run again", file.path));
        if (!cutter.stream().can_seek())
            throw UsageError(fmt::format(
                "{} cannot be read in parts; decompress it or choose another variant", file.path));
        find_header_end(file);
        find_first_record(file);
        if (begin > 0) start_behind(begin - 1);
    }

    void find_header_end(const InputFile& file);
    void find_first_record(const InputFile& file);
    void start_behind(std::int64_t offset);
    std::int64_t header_lines_in(std::span<const char> text) const;

    ReadSettings settings;
    std::int64_t index, end;
    Cutter cutter;
    std::int64_t header_end =
        0;                   // offset of the first line behind the header; beyond `end`: not known exactly
    std::int64_t lines = 0;  // given out
    FirstRecord first_record;
};

void RangeReader::State::find_header_end(const InputFile& file) {
    Cutter head({file.path}, settings);
    Bytes text;
    constexpr std::int64_t wanted = std::int64_t{1} << 16;
    for (auto left = settings.lines_before_records(); left > 0 && head.offset() < end;) {
        text.clear();
        const auto bytes = head.next(text, wanted, unbounded, settings.lines_before_records() - left);
        if (bytes == 0) break;
        const char* at = text.data();
        for (; left > 0 && at != text.data() + bytes; --left) {
            const auto line = to_first_newline(at, text.data() + bytes - at);
            at = line == 0 ? text.data() + bytes : at + line;
        }
        header_end = head.offset() - (text.data() + bytes - at);
    }
}

void RangeReader::State::find_first_record(const InputFile& file) {
    Cutter head({file.path}, settings);
    FirstRecordFinder finder(settings.format);
    Bytes text;
    constexpr std::int64_t wanted = std::int64_t{1} << 12;  // it is one of the first lines, as a rule
    for (std::int64_t before = 0; finder.found().fields == 0 && head.offset() < end;) {
        text.clear();
        if (head.next(text, wanted, unbounded, before) == 0) break;
        finder.look(text.data(), text.data() + text.size(), before, settings.lines_before_records());
        before += count_lines(text);
    }
    first_record = finder.found();
}

// Passes the rest of the line in which that byte lies: it starts before.
void RangeReader::State::start_behind(std::int64_t offset) {
    cutter.skip(offset);
    Bytes rest;
    cutter.next(rest, 1, unbounded, -1);
}

std::int64_t RangeReader::State::header_lines_in(std::span<const char> text) const {
    const auto begin = cutter.offset() - static_cast<std::int64_t>(text.size());
    const auto bytes =
        std::clamp<std::int64_t>(header_end - begin, 0, static_cast<std::int64_t>(text.size()));
    return count_lines(text.first(size_of(bytes)));
}

RangeReader::RangeReader(const InputFile& file, std::int64_t index, std::int64_t begin, std::int64_t end,
                         ReadSettings settings)
    : state_(std::make_unique<State>(file, index, begin, end, std::move(settings))) {}
RangeReader::~RangeReader() = default;
RangeReader::RangeReader(RangeReader&&) noexcept = default;

std::optional<BlockPlace> RangeReader::next(Bytes& text, std::int64_t wanted) {
    auto& state = *state_;
    const auto start = text.size();
    const auto offset = state.cutter.offset();
    const auto bytes =
        offset < state.end ? state.cutter.next(text, std::min(wanted, state.end - offset), unbounded, -1) : 0;
    if (bytes == 0) {
        state.cutter.stream().check_unchanged();
        return std::nullopt;
    }
    const auto lines = std::span<const char>(text).subspan(start);
    BlockPlace place;
    place.file = state.index;
    place.offset = offset;
    place.bytes = bytes;
    place.first_line = place.first_index = state.lines;
    place.lines = count_lines(lines);
    place.header_lines = state.header_lines_in(lines);
    place.first_record = state.first_record;
    state.lines += place.lines;
    return place;
}

}  // namespace pacer
