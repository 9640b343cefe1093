#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "common/base/status.hpp"
#include "io/records/cutter.hpp"
#include "io/records/head.hpp"
#include "io/records/open_end.hpp"
#include "io/records/reader.hpp"
#include "io/records/records.hpp"
#include "io/records/still_there.hpp"

namespace pacer {

struct FileHead::State {
    State(const InputFile& file_, ReadSettings settings_)
        : file(file_),
          settings(std::move(settings_)),
          head(std::in_place, settings.format, settings.lines_before_records()) {}

    void look_to(std::int64_t offset);
    std::int64_t first_line() const { return head->known() ? head->finder().found().line + 1 : lines; }

    InputFile file;
    ReadSettings settings;
    std::optional<Head> head;  // there always
    std::optional<Cutter> cutter;
    std::int64_t asked = 0;  // the offset that was asked for last
    std::int64_t lines = 0;  // that were looked at
};

// Looks at the lines that start before that offset, until the first record has come.
void FileHead::State::look_to(std::int64_t offset) {
    if (!cutter || offset < asked) {
        cutter.emplace(Found{file.path}, settings);
        head.emplace(settings.format, settings.lines_before_records());
        lines = 0;
    }
    asked = offset;
    constexpr std::int64_t most = std::int64_t{1} << 12;  // it is one of the first lines, as a rule
    Bytes text;
    while (!head->known() && cutter->offset() < offset) {
        text.clear();
        if (cutter->next(text, std::min(most, offset - cutter->offset()), unbounded, lines) == 0) return;
        head->look(text, lines);
        lines += count_lines(text);
    }
}

FileHead::FileHead(const InputFile& file, ReadSettings settings)
    : state_(std::make_unique<State>(file, std::move(settings))) {}
FileHead::~FileHead() = default;
FileHead::FileHead(FileHead&&) noexcept = default;

struct RangeReader::State {
    State(const InputFile& file, std::int64_t index_, std::int64_t begin, std::int64_t end_,
          ReadSettings settings_, FileHead::State& before)
        : settings(std::move(settings_)),
          index(index_),
          end(end_),
          cutter({file.path}, settings),
          head(std::in_place, settings.format, settings.lines_before_records()) {
        const auto& now = cutter.stream().file();
        if (now != file)
            throw UsageError(fmt::format("{} changed since it was listed; run again", file.path));
        if (!cutter.stream().can_seek() && (begin > 0 || end < to_the_end))
            throw UsageError(fmt::format(
                "{} cannot be read in parts; decompress it or choose another variant", file.path));
        if (begin == 0) return;
        before.look_to(begin);
        head.emplace(*before.head);
        first_line = before.first_line();
        start_behind(begin - 1);
    }

    void start_behind(std::int64_t offset);
    void look_at_end(std::span<const char> text) {
        open_end = cutter.stream().file().compression == Compression::none &&
                   pacer::ends_open(text, settings.format);
    }

    ReadSettings settings;
    std::int64_t index, end;
    Cutter cutter;
    std::optional<Head> head;     // there always
    std::int64_t first_line = 0;  // what the first line is called
    std::int64_t lines = 0;       // given out, or passed
    bool open_end = false;        // the last one
    Bytes passed;
};

// Passes the rest of the line in which that byte lies: it starts before.
void RangeReader::State::start_behind(std::int64_t offset) {
    cutter.skip(offset);
    Bytes rest;
    cutter.next(rest, 1, unbounded, -1);
}

RangeReader::RangeReader(const InputFile& file, std::int64_t index, std::int64_t begin, std::int64_t end,
                         ReadSettings settings, FileHead& head)
    : state_(std::make_unique<State>(file, index, begin, end, std::move(settings), *head.state_)) {}
RangeReader::RangeReader(const InputFile& file, std::int64_t index, std::int64_t begin, std::int64_t end,
                         ReadSettings settings) {
    FileHead head(file, settings);
    *this = RangeReader(file, index, begin, end, std::move(settings), head);
}
RangeReader::~RangeReader() = default;
RangeReader::RangeReader(RangeReader&&) noexcept = default;
RangeReader& RangeReader::operator=(RangeReader&&) noexcept = default;

std::int64_t RangeReader::offset() const {
    return state_->cutter.offset();
}

std::int64_t RangeReader::lines() const {
    return state_->lines;
}

std::int64_t RangeReader::first_line() const {
    return state_->first_line;
}

bool RangeReader::ends_open() const {
    return state_->open_end;
}

bool RangeReader::pass(const DoneRange& range) {
    auto& state = *state_;
    if (range.offset != offset()) return false;
    if (!still_there(range, state.cutter, state.head, state.first_line + state.lines, state.end,
                     state.passed))
        return false;
    state.lines += range.lines;
    state.look_at_end(state.passed);
    return true;
}

std::optional<BlockPlace> RangeReader::next(Bytes& text, std::int64_t wanted, std::int64_t bound) {
    auto& state = *state_;
    const auto start = text.size();
    const auto offset = state.cutter.offset();
    const auto bytes =
        offset < state.end ? state.cutter.next(text, std::min(wanted, state.end - offset), bound, -1) : 0;
    if (bytes == 0) {
        state.cutter.stream().check_unchanged();
        return std::nullopt;
    }
    const auto lines = std::span<const char>(text).subspan(start);
    BlockPlace place;
    place.file = state.index;
    place.offset = offset;
    place.bytes = bytes;
    place.first_line = state.first_line + state.lines;
    place.first_index = state.lines;
    place.lines = count_lines(lines);
    state.head->look(lines, place.first_line);
    place.header_lines = state.head->header_lines(place.first_line, place.lines);
    place.first_record = state.head->finder().found();
    place.head_hash = state.head->hash();
    state.lines += place.lines;
    state.look_at_end(lines);
    return place;
}

}  // namespace pacer
