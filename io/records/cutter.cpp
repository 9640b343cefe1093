#include "io/records/cutter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "common/base/status.hpp"
#include "io/records/records.hpp"

namespace pacer {

namespace {

// Bytes up to the last newline of a text, and with it; 0 if it has none.
std::int64_t to_last_newline(const char* text, std::int64_t bytes) {
    if (bytes == 0) return 0;  // and perhaps no text
    const auto* const newline = static_cast<const char*>(::memrchr(text, '\n', size_of(bytes)));
    return newline == nullptr ? 0 : newline - text + 1;
}

}  // namespace

// Bytes up to the first newline, and with it; 0 if it has none.
std::int64_t to_first_newline(const char* text, std::int64_t bytes) {
    if (bytes == 0) return 0;  // and perhaps no text
    const auto* const newline = static_cast<const char*>(std::memchr(text, '\n', size_of(bytes)));
    return newline == nullptr ? 0 : newline - text + 1;
}

Cutter::Cutter(const Found& found, const ReadSettings& settings)
    : stream_(found, settings.stop), longest_line_(std::max<std::int64_t>(settings.longest_line, 1)) {}

void Cutter::refuse_changed() const {
    throw UsageError(fmt::format(
        "{} is not what it was in the earlier run; give it the same again, or start over with --force",
        path()));
}

// Appends the next bytes; fewer than asked for only at the end.
std::int64_t Cutter::fetch(Bytes& text, std::int64_t bytes) {
    const auto start = text.size();
    text.resize(start + size_of(bytes));
    const auto carried = std::min(size_of(bytes), carried_.size() - carried_from_);
    std::copy_n(carried_.data() + carried_from_, carried, text.data() + start);
    carried_from_ += carried;
    auto got = carried;
    if (got < size_of(bytes) && !ended_) got += stream_.read(text.data() + start + got, size_of(bytes) - got);
    ended_ = ended_ || got < size_of(bytes);
    text.resize(start + got);
    return static_cast<std::int64_t>(got);
}

// The bytes from there on are those that the next fetch gives first.
void Cutter::put_back(Bytes& text, std::size_t from) {
    const auto bytes = text.size() - from;
    if (carried_from_ < carried_.size()) {  // then they all came from here
        carried_from_ -= bytes;
    } else {
        carried_.assign(text.begin() + static_cast<std::ptrdiff_t>(from), text.end());
        carried_from_ = 0;
    }
    text.resize(from);
}

// Appends as many whole lines as fit; returns their bytes. One byte more is looked at, since a last line that
// fits need not end with a newline.
std::int64_t Cutter::whole_lines(Bytes& text, std::size_t start, std::int64_t limit, std::int64_t room) {
    const auto asked = limit < room ? limit + 1 : room;
    const auto got = fetch(text, asked);
    if (got < asked) return got;
    const auto fitting = to_last_newline(text.data() + start, std::min(got, limit));
    return fitting > 0 ? fitting : one_line(text, start, std::min(got, limit));
}

// Goes on until a line that is longer than wanted ends; returns its bytes.
std::int64_t Cutter::one_line(Bytes& text, std::size_t start, std::int64_t searched) {
    constexpr std::int64_t least_step = 1024;
    for (;;) {
        const auto have = static_cast<std::int64_t>(text.size() - start);
        const auto newline = to_first_newline(text.data() + start + searched, have - searched);
        if (newline > 0) return searched + newline;
        if (have > longest_line_) return have;  // more need not be known
        searched = have;
        if (fetch(text, std::max(have, least_step)) == 0) return have;
    }
}

void Cutter::check_lines(const char* text, std::int64_t bytes, std::int64_t line) const {
    // In any run of the longest line's bytes, a newline.
    std::int64_t passed = 0;
    while (bytes - passed > longest_line_) {
        const auto lines = to_last_newline(text + passed, longest_line_);
        if (lines == 0) break;
        passed += lines;
    }
    if (bytes - passed <= longest_line_) return;
    const auto number = line + 1 + count_lines({text, size_of(passed)});
    const auto which =
        line < 0 ? fmt::format("the line at byte {}", offset_ + passed) : fmt::format("line {}", number);
    const bool has_cr = std::memchr(text + passed, '\r', size_of(longest_line_)) != nullptr;
    throw UsageError(fmt::format("cannot read {}: {} is longer than {} bytes; {}", path(), which,
                                 longest_line_,
                                 has_cr ? "if its lines end in CR alone, convert them to LF: tr '\\r' '\\n'"
                                        : "give a file of lines of text"));
}

std::int64_t Cutter::next(Bytes& text, std::int64_t wanted, std::int64_t bound, std::int64_t line) {
    const auto start = text.size();
    const auto room = bound == unbounded ? unbounded : bound - offset_;
    auto limit = std::min(std::max<std::int64_t>(wanted, 1), room);
    // No more memory than the file may need; one byte more shows that it grew.
    if (stream_.can_seek())
        limit = std::min(limit, std::max<std::int64_t>(stream_.file().bytes - offset_, 0) + 1);
    const auto bytes = whole_lines(text, start, limit, room);
    if (bytes > longest_line_) check_lines(text.data() + start, bytes, line);
    put_back(text, start + size_of(bytes));
    offset_ += bytes;
    return bytes;
}

// One byte more is looked at: a last line need not end with a newline.
bool Cutter::take(Bytes& text, std::int64_t bytes) {
    if (stream_.can_seek() && bytes > stream_.file().bytes - offset_) return false;
    const auto start = text.size();
    const auto got = fetch(text, bytes + 1);
    const bool whole = got == bytes || (got > bytes && bytes > 0 && text[start + size_of(bytes) - 1] == '\n');
    put_back(text, start + (whole ? size_of(bytes) : 0));
    if (whole) offset_ += bytes;
    return whole;
}

void Cutter::give_back(Bytes& text) {
    offset_ -= static_cast<std::int64_t>(text.size());
    // What is carried follows it.
    carried_.erase(carried_.begin(), carried_.begin() + static_cast<std::ptrdiff_t>(carried_from_));
    carried_.insert(carried_.begin(), text.begin(), text.end());
    carried_from_ = 0;
    text.clear();
}

Bytes Cutter::first_lines(std::int64_t lines) {
    Bytes text;
    std::int64_t bytes = 0;
    for (std::int64_t found = 0; found < lines; ++found) {
        const auto line = one_line(text, size_of(bytes), 0);
        if (line == 0) break;
        if (line > longest_line_) check_lines(text.data() + bytes, line, found);
        bytes += line;
    }
    Bytes first(text.begin(), text.begin() + bytes);
    put_back(text, 0);
    return first;
}

void Cutter::skip(std::int64_t bytes) {
    const auto carried = std::min(bytes, static_cast<std::int64_t>(carried_.size() - carried_from_));
    carried_from_ += size_of(carried);
    if (bytes > carried) stream_.skip(bytes - carried);
    offset_ += bytes;
}

}  // namespace pacer
