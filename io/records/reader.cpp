#include "io/records/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/status.hpp"
#include "io/records/cutter.hpp"
#include "io/records/field_cutter.hpp"
#include "io/records/first_record.hpp"
#include "io/records/foreign.hpp"
#include "io/records/records.hpp"
#include "io/records/walk.hpp"

namespace pacer {

namespace {

// Lines of a header of `header` lines among lines that have `before` lines before them.
std::int64_t header_lines(std::int64_t header, std::int64_t before, std::int64_t lines) {
    return std::clamp<std::int64_t>(header - before, 0, lines);
}

void refuse_earlier(const InputFile& before, std::size_t number, const std::string& now) {
    throw UsageError(
        fmt::format("cannot resume: file {} of the earlier run was {}, {}; restore it or start over",
                    number + 1, before.path, now));
}

std::string difference(const InputFile& before, const InputFile& now) {
    if (now.path != before.path) return "and is now " + now.path;
    if (now.bytes != before.bytes) return fmt::format("of {} bytes, and now has {}", before.bytes, now.bytes);
    if (now.modified_ns != before.modified_ns) return "and was modified since";
    return "and is now compressed differently";
}

void check_ranges(const InputFile& file, const std::vector<DoneRange>& ranges) {
    std::int64_t end = 0;
    for (const auto& range : ranges) {
        if (range.offset < end || range.bytes < 0 || range.lines < 0)
            throw UsageError(
                fmt::format("cannot resume: the parts of {} that are done overlap; start over", file.path));
        end = range.offset + range.bytes;
    }
    if (file.bytes >= 0 && file.compression == Compression::none && end > file.bytes)
        throw UsageError(
            fmt::format("cannot resume: more of {} is done than there is; start over", file.path));
}

void refuse_foreign(const InputFile& file, std::string_view text) {
    const auto is = foreign_format(text);
    if (is.empty()) return;
    throw UsageError(fmt::format("cannot read {}: {} is {}", file.path,
                                 file.compression == Compression::none ? "this" : "what is compressed there",
                                 is));
}

// The names of columns that a header has behind `skipped` lines, perhaps as a comment.
std::vector<std::string> names_in(std::string_view text, std::int64_t skipped, const RecordFormat& format) {
    for (; skipped > 0; --skipped) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    text = text.substr(0, text.find('\n'));
    if (text.ends_with('\r')) text.remove_suffix(1);
    while (!text.empty() && format.widths.empty() && format.is_comment(text.front())) text.remove_prefix(1);
    FieldCutter cutter(format);
    if (!cutter.cut(text)) return {};
    return {cutter.fields().begin(), cutter.fields().end()};
}

// All that can be known before anything is read. A stream's compression is not: it shows when it is opened.
void check_earlier(const EarlierReading& earlier, Walk walk) {
    for (std::size_t i = 0; i < earlier.files.size(); ++i) {
        const auto& before = earlier.files[i];
        const auto found = walk.next();
        if (!found) refuse_earlier(before, i, "and is no longer there");
        auto now = look_at(*found);
        if (now.bytes < 0) now.compression = before.compression;
        if (now != before) refuse_earlier(before, i, difference(before, now));
    }
    for (const auto& [file, ranges] : earlier.done) {
        if (file < 0 || size_of(file) >= earlier.files.size())
            throw UsageError("cannot resume: lines of an unnamed file are done; start over");
        check_ranges(earlier.files[size_of(file)], ranges);
    }
}

}  // namespace

struct Reader::State {
    State(std::vector<std::string> inputs, ReadSettings settings_, EarlierReading earlier_)
        : settings(std::move(settings_)),
          earlier(std::move(earlier_)),
          walk(std::move(inputs), settings.included, settings.excluded),
          ahead(walk) {
        check_earlier(earlier, walk);
    }

    bool open_next();
    void read_names();
    void skip_done();
    void close();
    std::int64_t passed_of_file() const;
    void extend_header(std::span<const char> text);
    std::int64_t read_lines(Bytes& text, std::int64_t wanted);
    BlockPlace place(std::int64_t bytes, std::span<const char> text);
    void look_at_next();

    ReadSettings settings;
    EarlierReading earlier;
    Walk walk;
    std::vector<InputFile> files;
    std::vector<std::string> names;  // of columns, by the first header
    std::string where_names_are;
    std::int64_t lines = 0;          // before the next
    std::int64_t bytes_on_disk = 0;  // of the files that were read to their end

    // State of the file being read.
    std::optional<Cutter> cutter;
    std::int64_t lines_of_file = 0;  // before the next
    std::int64_t header = 0;  // lines before its records; while no record has come, as far as they are known
    std::vector<DoneRange> done;
    std::size_t passed = 0;  // of the done ranges
    std::optional<FirstRecordFinder> first_record;
    std::optional<NotedLine> header_record, decimal_record;  // the first of all files

    Walk ahead;
    std::optional<std::int64_t> total = 0;  // of what the look ahead saw; none: it cannot be known
    bool total_known = false;
};

bool Reader::State::open_next() {
    const auto found = walk.next();
    if (!found) return false;
    cutter.emplace(*found, settings);
    const auto& file = cutter->stream().file();
    const auto number = files.size();
    if (number < earlier.files.size() && file != earlier.files[number])
        refuse_earlier(earlier.files[number], number, difference(earlier.files[number], file));
    files.push_back(file);
    lines_of_file = 0;
    header = settings.lines_before_records();
    passed = 0;
    if (settings.format.header) read_names();
    const auto ranges = earlier.done.find(static_cast<std::int64_t>(number));
    const auto known = earlier.first_records.find(static_cast<std::int64_t>(number));
    first_record.emplace(settings.format,
                         known == earlier.first_records.end() ? FirstRecord() : known->second);
    done = ranges == earlier.done.end() ? std::vector<DoneRange>() : std::move(ranges->second);
    return true;
}

// A file without any text has no header, and no records.
void Reader::State::read_names() {
    const auto text = cutter->first_lines(settings.lines_before_records());
    if (text.empty()) return;
    refuse_foreign(files.back(), {text.data(), text.size()});
    auto found = names_in({text.data(), text.size()}, settings.skip_header, settings.format);
    const auto where = fmt::format("{}:{}", files.back().path, settings.skip_header + 1);
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

void Reader::State::skip_done() {
    for (; passed < done.size() && done[passed].offset == cutter->offset(); ++passed) {
        const auto& range = done[passed];
        cutter->skip(range);
        const auto end = lines_of_file + range.lines;
        if (settings.format.lines_per_record > 1 && header >= lines_of_file) {
            header =
                range.header_lines < range.lines ? lines_of_file + range.header_lines : std::max(header, end);
        }
        lines_of_file = end;
        lines += range.lines;
    }
}

void Reader::State::close() {
    cutter->stream().check_unchanged();
    if (passed < done.size()) cutter->refuse_changed();
    bytes_on_disk += passed_of_file();
    cutter.reset();
}

std::int64_t Reader::State::passed_of_file() const {
    if (!cutter) return 0;
    // What is carried of a compressed file counts as passed: nobody knows how many bytes it was.
    const auto& stream = cutter->stream();
    return stream.file().compression == Compression::none ? cutter->offset() : stream.bytes_on_disk();
}

// Records of several lines are counted off from the first: what is blank before that belongs to the header.
void Reader::State::extend_header(std::span<const char> text) {
    RecordParser parser(settings.format);
    const char* at = text.data();
    const char* const end = at + text.size();
    for (auto line = lines_of_file; at != end && line <= header; ++line) {
        const bool blank = parser.next(at, end) == RecordParser::Line::blank;
        if (line == header && blank) ++header;
    }
}

// Like Cutter::next, and then as many lines more as the last record lacks.
std::int64_t Reader::State::read_lines(Bytes& text, std::int64_t wanted) {
    const auto start = text.size();
    const auto bound = passed < done.size() ? done[passed].offset : unbounded;
    auto bytes = cutter->next(text, wanted, bound, lines_of_file);
    const auto each = settings.format.lines_per_record;
    if (each == 1 || bytes == 0) return bytes;
    if (header >= lines_of_file) extend_header(std::span(text).subspan(start));
    const auto line = lines_of_file + count_lines(std::span(text).subspan(start));
    const auto behind_header = line - header;
    if (behind_header <= 0 || behind_header % each == 0) return bytes;
    for (auto missing = each - behind_header % each; missing > 0; --missing) {
        const auto more = cutter->next(text, 1, bound, line);
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
    place.header_lines = header_lines(header, lines_of_file, place.lines);
    if (place.offset == 0) refuse_foreign(files.back(), {text.data(), text.size()});
    first_record->look(text.data(), text.data() + text.size(), lines_of_file, header);
    place.first_record = first_record->found();
    if (const auto line = first_record->header_record(); line && !header_record)
        header_record = {files.back().path, *line + 1};
    if (first_record->doubt() == Commas::refused) {
        throw UsageError(
            fmt::format("{}:{} looks like 1.234,56, which may be one number or two: for one, leave out the "
                        "points between thousands and give --decimal-comma; for two, give --separator comma",
                        files.back().path, place.first_record.line + 1));
    }
    if (first_record->doubt() == Commas::doubtful && !decimal_record)
        decimal_record = {files.back().path, place.first_record.line + 1};
    lines_of_file += place.lines;
    lines += place.lines;
    return place;
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
        state.skip_done();
        const auto start = text.size();
        const auto bytes = state.read_lines(text, wanted);
        if (bytes > 0) return state.place(bytes, std::span(text).subspan(start));
        state.close();
    }
}

const std::vector<InputFile>& Reader::files() const {
    return state_->files;
}

std::int64_t Reader::lines() const {
    return state_->lines;
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
