// libFuzzer target: whatever the text, reading it in blocks of any size gives the same lines and the same
// records, those of a plain reader, and no reason holds what a terminal should not see.
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
#include "tests/io/records/plain_reader.hpp"

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

// What a reader as plain as can be makes of the line.
void check_line(std::string_view line, RecordParser::Line kind, std::span<const double> fields) {
    const auto expected = pacer::plain::read(line);
    using Kind = pacer::plain::Line::Kind;
    if (expected.quoted && kind == RecordParser::Line::bad) return;
    require((kind == RecordParser::Line::record) == (expected.kind == Kind::record) &&
                (kind == RecordParser::Line::blank) == (expected.kind == Kind::blank),
            "a plain reader takes the line for something else");
    if (kind != RecordParser::Line::record) return;
    require(fields.size() == expected.numbers.size() &&
                std::memcmp(fields.data(), expected.numbers.data(), fields.size_bytes()) == 0,
            "a plain reader reads other numbers");
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
        check_line(line, kind, parser.fields());
        if (kind == RecordParser::Line::record) {
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
    std::int64_t lines = 0, first_line = 0, offset = first_offset;
    Bytes block;
    while (const auto place = source.next(block, wanted)) {
        require(place->bytes == static_cast<std::int64_t>(block.size()), "the number of bytes is wrong");
        require(offset < 0 || place->offset == offset, "an offset is wrong");
        if (lines == 0) first_line = place->first_line;  // of a range it may be less than the true number
        require(place->first_index == lines && place->first_line == first_line + lines &&
                    (first_offset < 0 || first_line == 0),
                "a line's number is wrong");
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
