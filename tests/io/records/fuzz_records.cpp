// libFuzzer target: whatever the text, reading it in blocks of any size gives the same lines and the same
// records, the numbers of plain notation are the C library's, and no reason holds what a terminal should not
// see.
// tests/fuzz_test.sh builds and runs it.
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.hpp"
#include "io/records/foreign.hpp"
#include "io/records/reader.hpp"
#include "io/records/records.hpp"

namespace {

using pacer::Bytes;
using pacer::RecordParser;

void require(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

// Everything that was found in a text, in a form that can be compared.
struct Findings {
    std::vector<std::uint64_t> numbers;
    std::vector<std::string> lines;  // kind, fields or reason
    std::string text;
    bool operator==(const Findings&) const = default;
};

void check_number(double value, std::string_view word) {
    if (word.empty() || word.find_first_not_of("0123456789.eE-") != std::string_view::npos) return;
    char* end = nullptr;
    const std::string copy(word);
    const double expected = std::strtod(copy.c_str(), &end);
    if (end != copy.c_str() + copy.size()) return;  // 1.0-100
    require(std::memcmp(&value, &expected, sizeof value) == 0, "a number differs from the C library's");
}

// Up to the line's end or a comment.
std::string_view without_comment(std::string_view line) {
    line = line.substr(0, line.find('\n'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    for (std::size_t at = 0; (at = line.find('#', at)) != std::string_view::npos; ++at) {
        if (at == 0 || std::string_view(" \t,").find(line[at - 1]) != std::string_view::npos)
            return line.substr(0, at);
    }
    return line;
}

// What stands between two numbers separates them in one way, and that is the same all along the line.
char separator_of(std::string_view gap) {
    const auto commas = std::count(gap.begin(), gap.end(), ',');
    const auto tabs = std::count(gap.begin(), gap.end(), '\t');
    require(commas <= 1 && (commas == 1 || tabs <= 1), "an empty field");
    return commas > 0 ? ',' : tabs > 0 ? '\t' : ' ';
}

// Splits a line that is a record as simply as can be.
void check_fields(std::string_view line, std::span<const double> fields) {
    if (line.starts_with(pacer::byte_order_mark)) line.remove_prefix(pacer::byte_order_mark.size());
    line = without_comment(line);
    require(line.find('\r') == std::string_view::npos, "a lone CR in a record");
    std::size_t field = 0, behind = 0;
    char separator = '\0';
    for (std::size_t at = 0; (at = line.find_first_not_of(" \t,", at)) != std::string_view::npos; ++field) {
        const auto end = std::min(line.find_first_of(" \t,", at), line.size());
        require(field < fields.size(), "a field is missing");
        check_number(fields[field], line.substr(at, end - at));
        if (field > 0) {
            const char here = separator_of(line.substr(behind, at - behind));
            require(field == 1 || here == separator, "two kinds of separators");
            separator = here;
        }
        at = behind = end;
    }
    require(field == fields.size(), "there are more fields than words");
}

// A lone CR may hide records; one beside a zero byte is no text, and its neighbours are bad.
bool has_lone_cr(std::string_view line) {
    if (line.find('\0') != std::string_view::npos) return false;
    for (std::size_t at = 0; (at = line.find('\r', at)) != std::string_view::npos; ++at) {
        if (at + 1 < line.size() && line[at + 1] != '\n') return true;
    }
    return false;
}

void parse(const Bytes& block, const pacer::BlockPlace& place, Findings& findings) {
    // Exactly of that size, so that the sanitizer sees a byte read too many.
    const std::unique_ptr<char[]> copy(new char[block.size()]);
    std::copy(block.begin(), block.end(), copy.get());
    const char* at = copy.get();
    const char* const end = at + block.size();
    RecordParser parser;
    std::int64_t lines = 0;
    for (; at != end; ++lines) {
        const char* const begin = at;
        const auto kind = parser.next(at, end);
        require(at > begin && at <= end && (at[-1] == '\n' || at == end),
                "a line ends where there is no newline");
        findings.lines.emplace_back(kind == RecordParser::Line::bad ? parser.reason() : "");
        if (kind == RecordParser::Line::bad) {
            const auto& reason = parser.reason();
            require(std::all_of(reason.begin(), reason.end(), [](char c) { return c >= ' ' && c <= '~'; }) &&
                        !reason.empty() && reason.size() < 120,
                    "a reason is not printable or not short");
            require(parser.column() >= 1 && parser.column() <= at - begin + 1, "a column is not in its line");
        }
        const std::string_view line(begin, static_cast<std::size_t>(at - begin));
        require(!has_lone_cr(line) || (kind == RecordParser::Line::bad && parser.lone_cr()),
                "a lone CR is lost");
        if (kind == RecordParser::Line::record) {
            // Fields in quotes and repeated ones are not split as simply.
            if (line.find_first_of("\"*") == line.npos) check_fields(line, parser.fields());
            for (const double value : parser.fields()) {
                std::uint64_t bits = 0;
                std::memcpy(&bits, &value, sizeof bits);
                findings.numbers.push_back(bits);
            }
        }
    }
    require(lines == place.lines, "the number of lines is wrong");
    findings.text.append(copy.get(), block.size());
}

template <class Source>
Findings read_all(Source& source, std::int64_t wanted, std::int64_t first_offset) {
    Findings findings;
    std::int64_t lines = 0, offset = first_offset;
    Bytes block;
    while (const auto place = source.next(block, wanted)) {
        require(place->bytes == static_cast<std::int64_t>(block.size()), "the number of bytes is wrong");
        require(offset < 0 || place->offset == offset, "an offset is wrong");
        require(place->first_line == lines, "a line's number is wrong");
        require(place->bytes <= wanted || place->lines == 1, "a block is too large");
        offset = place->offset + place->bytes;
        lines += place->lines;
        parse(block, *place, findings);
        block.clear();
    }
    return findings;
}

void append(Findings& all, const Findings& part) {
    all.numbers.insert(all.numbers.end(), part.numbers.begin(), part.numbers.end());
    all.lines.insert(all.lines.end(), part.lines.begin(), part.lines.end());
    all.text += part.text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const int file = memfd_create("fuzz_records", 0);
    static const auto path = "/proc/self/fd/" + std::to_string(file);
    require(ftruncate(file, 0) == 0 && pwrite(file, data, size, 0) == static_cast<ssize_t>(size),
            "the set-up");
    try {
        const auto read = [](std::int64_t wanted) {
            pacer::Reader reader({path}, {});
            return read_all(reader, wanted, 0);
        };
        const auto whole = read(std::int64_t{1} << 20);
        const auto described = pacer::files_of({path}, {}).at(0);
        if (described.compression != pacer::Compression::none) return 0;
        require(whole.text == std::string_view(reinterpret_cast<const char*>(data), size),
                "the text changed");
        for (const std::int64_t wanted : {1, 2, 3, 7, 64})
            require(read(wanted) == whole, "another block size, other lines");
        const auto bytes = static_cast<std::int64_t>(size);
        for (const std::int64_t parts : {2, 3, 7}) {
            Findings together;
            for (std::int64_t part = 0; part < parts; ++part) {
                pacer::RangeReader reader(described, 0, bytes * part / parts, bytes * (part + 1) / parts, {});
                append(together, read_all(reader, 5, -1));
            }
            require(together == whole, "ranges together are not the whole");
        }
    } catch (const pacer::UsageError&) {
        // Compressed data that are damaged, or what is no text.
    }
    return 0;
}
