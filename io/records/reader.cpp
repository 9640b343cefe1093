#include "io/records/reader.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/status.hpp"
#include "io/records/cutter.hpp"
#include "io/records/field_cutter.hpp"
#include "io/records/foreign.hpp"
#include "io/records/head.hpp"
#include "io/records/open_end.hpp"
#include "io/records/records.hpp"
#include "io/records/separators.hpp"
#include "io/records/still_there.hpp"
#include "io/records/text_hash.hpp"
#include "io/records/walk.hpp"

namespace pacer {

namespace {

void refuse_foreign(const InputFile& file, std::string_view text) {
    const auto is = foreign_format(text);
    if (is.empty()) return;
    throw UsageError(fmt::format("cannot read {}: {} is {}", file.path,
                                 file.compression == Compression::none ? "this" : "what is compressed there",
                                 is));
}

// The names of columns that a header has behind `skipped` lines, perhaps as a comment.
std::vector<std::string> names_in(std::string_view text, std::int64_t skipped, const RecordFormat& format,
                                  std::string_view where) {
    for (; skipped > 0; --skipped) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    text = text.substr(0, text.find('\n'));
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.find('\r') != text.npos)
        throw UsageError(
            fmt::format("{}, the names of columns by --header: {}", where, separators::lone_cr_advice));
    while (!text.empty() && format.widths.empty() && format.is_comment(text.front())) text.remove_prefix(1);
    FieldCutter cutter(format);
    if (!cutter.cut(text))
        throw UsageError(fmt::format("{}, the names of columns by --header: {}", where, cutter.reason()));
    return {cutter.fields().begin(), cutter.fields().end()};
}

}  // namespace

struct Reader::State {
    State(std::vector<std::string> inputs, ReadSettings settings_, EarlierReading earlier_)
        : settings(std::move(settings_)),
          earlier(std::move(earlier_)),
          walk(std::move(inputs), settings.included, settings.excluded),
          ahead(walk) {}

    bool open_next();
    void read_names();
    void pass_done();
    bool still_there(const DoneRange& range);
    std::int64_t next_done() const { return passed < done.size() ? done[passed].offset : unbounded; }
    void drop(const DoneRange& range);
    void close();
    std::int64_t passed_of_file() const;
    std::int64_t read_lines(Bytes& text, std::int64_t wanted);
    BlockPlace place(std::int64_t bytes, std::span<const char> text);
    void look_at(std::span<const char> text);
    void look_at_end(std::span<const char> text);
    void look_at_next();

    ReadSettings settings;
    EarlierReading earlier;
    Walk walk;
    std::vector<InputFile> files;
    std::vector<std::string> names;  // of columns, by the first header
    std::string where_names_are;
    std::map<std::string, std::int64_t> times;  // that a path has come
    std::int64_t lines = 0;                     // before the next
    std::int64_t bytes_on_disk = 0;             // of the files that were read to their end
    std::uint64_t content = 0;                  // hash of their texts
    TextHash text_hash;                         // of the file being read

    // State of the file being read.
    std::optional<Cutter> cutter;
    std::int64_t lines_of_file = 0;  // before the next
    std::optional<Head> head;
    std::vector<DoneRange> done;
    std::size_t passed = 0;  // of the done ranges
    Bytes compared;
    std::optional<NotedLine> header_record, decimal_record;  // the first of all files
    OpenEnds open_ends;

    Walk ahead;
    std::optional<std::int64_t> total = 0;  // of what the look ahead saw; none: it cannot be known
    bool total_known = false;
};

bool Reader::State::open_next() {
    const auto found = walk.next();
    if (!found) return false;
    cutter.emplace(*found, settings);
    const auto& file = cutter->stream().file();
    files.push_back(file);
    lines_of_file = 0;
    if (settings.format.header) read_names();
    head.emplace(settings.format, settings.lines_before_records());
    passed = 0;
    done.clear();
    const auto ranges = earlier.done.find({file.path, times[file.path]++});
    if (ranges != earlier.done.end()) done = std::move(ranges->second);
    return true;
}

// A file without any text has no header, and no records.
void Reader::State::read_names() {
    const auto text = cutter->first_lines(settings.lines_before_records());
    if (text.empty()) return;
    refuse_foreign(files.back(), {text.data(), text.size()});
    const auto where = fmt::format("{}:{}", files.back().path, settings.skip_header + 1);
    auto found = names_in({text.data(), text.size()}, settings.skip_header, settings.format, where);
    if (found.empty())
        throw UsageError(fmt::format("{} names no columns, as --header says; see --skip-header", where));
    if (names.empty()) {
        names = std::move(found);
        where_names_are = where;
        settings.format.take_names(names, where);
    } else if (found != names) {
        const auto differing = std::mismatch(names.begin(), names.end(), found.begin(), found.end());
        const auto name = [](const auto& at, const auto& end) {
            return at == end ? std::string("nothing") : fmt::format("'{}'", *at);
        };
        throw UsageError(fmt::format(
            "{} has {} where {} has {}: with --header all files have the same columns; give others apart",
            where, name(differing.second, found.end()), where_names_are, name(differing.first, names.end())));
    }
}

// Passes over what is done; what does not begin where lines are now to come, or has another text, is not.
void Reader::State::pass_done() {
    for (; next_done() <= cutter->offset(); ++passed) {
        if (settings.stop != nullptr && settings.stop()) throw ReadingStopped();
        const auto& range = done[passed];
        if (range.offset < cutter->offset() || !still_there(range)) {
            drop(range);
            continue;
        }
        lines_of_file += range.lines;
        lines += range.lines;
        look_at(compared);
        earlier.keep(range, std::ssize(files) - 1);
    }
}

// Whether its text comes next; if so it has come.
bool Reader::State::still_there(const DoneRange& range) {
    return range.first_line == lines_of_file &&
           pacer::still_there(range, *cutter, head, lines_of_file, unbounded, compared);
}

// A stream has no name by which it could be told that it is the same: it is by what was done of it.
void Reader::State::drop(const DoneRange& range) {
    if (files.back().bytes < 0) cutter->refuse_changed();
    earlier.drop(range, std::ssize(files) - 1);
}

void Reader::State::close() {
    cutter->stream().check_unchanged();
    for (; passed < done.size(); ++passed) drop(done[passed]);
    bytes_on_disk += passed_of_file();
    const std::array<std::uint64_t, 2> link = {content, text_hash.take()};
    content = hash(link.data(), sizeof link);
    cutter.reset();
}

std::int64_t Reader::State::passed_of_file() const {
    if (!cutter) return 0;
    // What is carried of a compressed file counts as passed: nobody knows how many bytes it was.
    const auto& stream = cutter->stream();
    return stream.file().compression == Compression::none ? cutter->offset() : stream.bytes_on_disk();
}

// Like Cutter::next, and then as many lines more as the last record lacks.
std::int64_t Reader::State::read_lines(Bytes& text, std::int64_t wanted) {
    const auto start = text.size();
    auto bytes = cutter->next(text, wanted, next_done(), lines_of_file);
    const auto each = settings.format.lines_per_record;
    if (each == 1 || bytes == 0) return bytes;
    if (head->header() >= lines_of_file) head->extend_header(std::span(text).subspan(start), lines_of_file);
    const auto line = lines_of_file + count_lines(std::span(text).subspan(start));
    const auto behind_header = line - head->header();
    if (behind_header <= 0 || behind_header % each == 0) return bytes;
    for (auto missing = each - behind_header % each; missing > 0; --missing) {
        const auto more = cutter->next(text, 1, unbounded, line);
        if (more == 0) break;
        bytes += more;
    }
    return bytes;
}

// Describes the lines just read, and moves past them.
BlockPlace Reader::State::place(std::int64_t bytes, std::span<const char> text) {
    BlockPlace place;
    place.file = static_cast<std::int64_t>(files.size()) - 1;
    place.offset = cutter->offset() - bytes;
    place.bytes = bytes;
    place.first_line = lines_of_file;
    place.first_index = lines;
    place.lines = count_lines(text);
    if (place.offset == 0) refuse_foreign(files.back(), {text.data(), text.size()});
    head->look(text, lines_of_file);
    place.header_lines = head->header_lines(lines_of_file, place.lines);
    const auto& first_record = head->finder();
    place.first_record = first_record.found();
    place.head_hash = head->hash();
    if (const auto line = first_record.header_record(); line && !header_record)
        header_record = {files.back().path, *line + 1};
    if (first_record.doubt() == Commas::refused) {
        throw UsageError(
            fmt::format("{}:{} looks like 1.234,56, which may be one number or two: for one, leave out the "
                        "points between thousands and give --decimal-comma; for two, give --separator comma",
                        files.back().path, place.first_record.line + 1));
    }
    if (first_record.doubt() == Commas::doubtful && !decimal_record)
        decimal_record = {files.back().path, place.first_record.line + 1};
    lines_of_file += place.lines;
    lines += place.lines;
    look_at(text);
    return place;
}

// Lines that count, as they come.
void Reader::State::look_at(std::span<const char> text) {
    if (settings.hashed) text_hash.add(text);
    look_at_end(text);
}

// What is compressed says itself where it ends.
void Reader::State::look_at_end(std::span<const char> text) {
    if (files.back().compression == Compression::none && has_lines_before_last(lines_of_file, settings) &&
        ends_open(text, settings.format))
        open_ends.add(files.back().path, lines_of_file);
}

// What cannot be looked at is no error yet: it is one when it is to be read.
void Reader::State::look_at_next() try {
    const auto found = ahead.next();
    const auto bytes = found ? bytes_of(*found) : 0;
    total = bytes < 0 ? std::nullopt : std::optional(*total + bytes);
    total_known = !found || !total;
} catch (const UsageError&) {
    total.reset();
    total_known = true;
}

Reader::Reader(std::vector<std::string> inputs, ReadSettings settings, EarlierReading earlier)
    : state_(std::make_unique<State>(std::move(inputs), std::move(settings), std::move(earlier))) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;

const std::vector<std::string>& Reader::names() {
    auto& state = *state_;
    while (state.settings.format.header && state.names.empty() && (state.cutter || state.open_next())) {
        if (state.names.empty()) state.close();  // it has no text
    }
    return state.names;
}

const std::string& Reader::where_names_are() const {
    return state_->where_names_are;
}

std::optional<BlockPlace> Reader::next(Bytes& text, std::int64_t wanted) {
    auto& state = *state_;
    for (;;) {
        if (!state.cutter && !state.open_next()) return std::nullopt;
        state.pass_done();
        const auto start = text.size();
        const auto bytes = state.read_lines(text, wanted);
        if (bytes > 0) return state.place(bytes, std::span(text).subspan(start));
        state.close();
    }
}

std::optional<BlockPlace> Reader::next_head() {
    auto& state = *state_;
    if (!state.cutter && !state.open_next()) return std::nullopt;
    constexpr std::int64_t wanted = std::int64_t{1} << 12;  // it is one of the first lines, as a rule
    BlockPlace head;
    head.file = std::ssize(state.files) - 1;
    for (Bytes text; !state.head->known(); text.clear()) {
        const auto bytes = state.read_lines(text, wanted);
        if (bytes == 0) break;
        const auto more = state.place(bytes, text);
        head.bytes += more.bytes;
        head.lines += more.lines;
        head.first_record = more.first_record;
        head.head_hash = more.head_hash;
    }
    const auto& file = state.files.back();
    if (file.compression == Compression::none && head.bytes > file.bytes) {
        throw UsageError(fmt::format(
            "{} has more text than its size, {} bytes, says: what it has cannot be divided before "
            "it is read; leave out --segments",
            file.path, file.bytes));
    }
    state.bytes_on_disk += file.bytes;
    state.cutter.reset();
    return head;
}

void Reader::check_readable(int files) const {
    auto walk = state_->walk;
    for (std::optional<Found> found; files > 0 && (found = walk.next()); --files) {
        if (!found->standard_input && ::access(found->path.c_str(), R_OK) != 0)
            throw UsageError(fmt::format("cannot read {}: {}", found->path, std::strerror(errno)));
    }
}

const std::vector<InputFile>& Reader::files() const {
    return state_->files;
}

std::int64_t Reader::lines() const {
    return state_->lines;
}

std::uint64_t Reader::content_hash() const {
    return state_->content;
}

const LeftOut& Reader::left_out() const {
    return state_->walk.left_out();
}

const std::string& Reader::again() const {
    return state_->walk.again();
}

const std::optional<NotedLine>& Reader::header_record() const {
    return state_->header_record;
}

const std::optional<NotedLine>& Reader::decimal_record() const {
    return state_->decimal_record;
}

const OpenEnds& Reader::open_ends() const {
    return state_->open_ends;
}

std::int64_t Reader::bytes_on_disk() const {
    return state_->bytes_on_disk + state_->passed_of_file();
}

bool Reader::look_ahead() {
    constexpr int files_at_once = 64;
    for (int i = 0; i < files_at_once && !state_->total_known; ++i) state_->look_at_next();
    return state_->total_known;
}

std::optional<std::int64_t> Reader::total_bytes_on_disk() const {
    return state_->total_known ? state_->total : std::nullopt;
}

std::vector<InputFile> files_of(const std::vector<std::string>& inputs, const ReadSettings& settings,
                                LeftOut* left_out, std::string* again) {
    std::vector<InputFile> files;
    Walk walk(inputs, settings.included, settings.excluded);
    while (const auto found = walk.next()) files.push_back(look_at(*found));
    if (left_out != nullptr) *left_out = walk.left_out();
    if (again != nullptr) *again = walk.again();
    return files;
}

}  // namespace pacer
