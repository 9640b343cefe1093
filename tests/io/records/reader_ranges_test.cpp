// Ranges of files, as ranks read them side by side: together they are the files.
#include "io/records/reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/io/records/reader_examples.hpp"

namespace pacer {
namespace {

using namespace examples;

TEST_F(ReaderTest, RangesTogetherAreTheFile) {
    std::string long_line(200, 'l');
    long_line += "\nm";
    const std::vector<std::string> texts = {
        text_of_lines(30, 1), text_of_lines(25, 2, false), "", "x", "\n\n\n", long_line};
    for (const auto& text : texts) {
        write("a", text);
        const auto file = files_of({"a"}, {}).at(0);
        for (std::int64_t parts = 1; parts <= 7; ++parts) {
            for (const std::int64_t header : {0, 1, 4, 20, 1000}) {
                for (const auto wanted : sizes) {
                    std::string together;
                    const ReadSettings settings{.skip_header = header, .excluded = {}};
                    FileHead head(file, settings);
                    for (std::int64_t part = 0; part < parts; ++part) {
                        const auto begin = file.bytes * part / parts, end = file.bytes * (part + 1) / parts;
                        RangeReader reader(file, 5, begin, end, settings, head);
                        Bytes block;
                        std::int64_t lines = 0;
                        while (const auto place = reader.next(block, wanted)) {
                            const auto offset = static_cast<std::int64_t>(together.size());
                            const auto before = lines_in(together);
                            const auto in_block = count_lines(block);
                            EXPECT_EQ(place->file, 5);
                            EXPECT_EQ(place->offset, offset);
                            EXPECT_TRUE(offset >= begin && offset < end);
                            EXPECT_EQ(place->bytes, static_cast<std::int64_t>(block.size()));
                            EXPECT_EQ(place->first_index, lines);
                            EXPECT_LE(place->first_line, before);
                            EXPECT_TRUE(place->first_record.fields > 0 || place->first_line == before);
                            EXPECT_TRUE(place->first_line == before ||
                                        place->first_line > place->first_record.line);
                            EXPECT_EQ(place->lines, in_block);
                            EXPECT_EQ(place->header_lines,
                                      std::clamp<std::int64_t>(header - before, 0, in_block));
                            EXPECT_TRUE(place->bytes <= wanted || place->lines == 1);
                            lines += in_block;
                            together.append(block.begin(), block.end());
                            block.clear();
                        }
                    }
                    EXPECT_EQ(together, text);
                }
            }
        }
    }
}

// What earlier runs did of a range is passed, if it is there still and none of its lines belongs to the next
// range.
TEST_F(ReaderTest, RangesPassWhatIsThereStill) {
    const std::string text = "x\n# c\n1 2\n3 4\n5 6\n7 8\n9 10\n11 12";
    const ReadSettings settings{.skip_header = 1, .excluded = {}};
    write("a", text);
    for (std::int64_t begin = 0; begin < std::ssize(text); begin += 3) {
        const auto file = files_of({"a"}, {}).at(0);
        RangeReader first(file, 0, begin, file.bytes, settings);
        std::vector<DoneRange> ranges;
        Bytes block;
        for (; const auto place = first.next(block, 9); block.clear())
            ranges.push_back({.offset = place->offset,
                              .bytes = place->bytes,
                              .first_line = place->first_line,
                              .lines = place->lines,
                              .first_record = place->first_record,
                              .head_hash = place->head_hash,
                              .text_hash = hash(block.data(), block.size())});
        EXPECT_EQ(first.ends_open(), !ranges.empty());
        const auto passed = [&](std::int64_t end) {
            RangeReader again(files_of({"a"}, {}).at(0), 0, begin, end, settings);
            std::size_t count = 0;
            while (count < ranges.size() && again.pass(ranges[count])) ++count;
            if (count == ranges.size()) {
                EXPECT_EQ(again.lines(), first.lines());
                EXPECT_EQ(again.ends_open(), !ranges.empty()) << "the last line has no newline";
                EXPECT_FALSE(again.next(block, 9));
            }
            return count;
        };
        EXPECT_EQ(passed(file.bytes), ranges.size()) << begin;
        for (std::int64_t end = begin + 1; end < file.bytes; ++end) {
            std::size_t expected = 0;
            for (const auto& range : ranges) {
                const auto upto = text.substr(0, static_cast<std::size_t>(range.offset + range.bytes - 1));
                const auto last = upto.rfind('\n');
                const auto last_line = last == upto.npos ? 0 : static_cast<std::int64_t>(last) + 1;
                expected += std::max(last_line, range.offset) < end ? 1 : 0;
            }
            EXPECT_EQ(passed(end), expected) << begin << " to " << end;
        }
        for (std::size_t at = 0; at < text.size(); at += 5) {
            auto other = text;
            other[at] = other[at] == '\n' ? ' ' : other[at] == '2' ? '3' : '2';
            write("a", other);
            std::size_t before = 0;  // ranges that neither have the byte nor depend on it
            while (before < ranges.size() &&
                   ranges[before].offset + ranges[before].bytes <= static_cast<std::int64_t>(at))
                ++before;
            if (at < 6) continue;  // what it comes to is another head, or another line
            const bool ahead = ranges.empty() || static_cast<std::int64_t>(at) < ranges.front().offset;
            EXPECT_LE(passed(file.bytes), ahead ? ranges.size() : before) << at;
        }
        write("a", "x\n# d\n" + text.substr(6));
        EXPECT_EQ(passed(file.bytes), 0U) << "another head";
        write("a", text);
    }
}

TEST_F(ReaderTest, HeadsAlone) {
    write("a", "n\n\n# c\n1 2\n" + text_of_lines(3000, 1));
    write("b", "");
    write("c.gz", gzip("n\n1 2 3\n4 5 6\n"));
    write("d", "n\n# none\n");
    const ReadSettings settings{.skip_header = 1, .excluded = {}};
    Reader reader({"a", "b", "c.gz", "d"}, settings);
    const std::vector<std::pair<std::int64_t, std::int64_t>> expected = {{3, 2}, {0, 0}, {1, 3}, {0, 0}};
    for (std::int64_t file = 0; file < 4; ++file) {
        const auto head = reader.next_head();
        ASSERT_TRUE(head);
        EXPECT_EQ(head->file, file);
        EXPECT_EQ(head->first_record.line, expected[static_cast<std::size_t>(file)].first) << file;
        EXPECT_EQ(head->first_record.fields, expected[static_cast<std::size_t>(file)].second) << file;
        EXPECT_LE(head->bytes, 4096);
        EXPECT_EQ(head->bytes == 0, file == 1);
    }
    EXPECT_FALSE(reader.next_head());
    EXPECT_EQ(reader.files().size(), 4U);
    write("e", "\x89HDF\r\n\x1a\n");
    Reader foreign({"e"}, {});
    expect_says(refusal([&] { foreign.next_head(); }), {"cannot read e", "HDF5"});
    // A file that the kernel makes up has no size, and no ranges.
    Reader made_up({"/proc/self/statm"}, {});
    expect_says(refusal([&] { made_up.next_head(); }),
                {"/proc/self/statm", "more text than its size, 0 bytes"});
}

TEST_F(ReaderTest, RangesOfWhatHasNone) {
    write("a.gz", gzip("1\n"));
    write("b", "1\n2\n");
    expect_says(refusal([] { RangeReader(files_of({"a.gz"}, {}).at(0), 0, 0, 1, {}); }),
                {"a.gz", "decompress"});
    const auto file = files_of({"b"}, {}).at(0);
    write("b", "1\n2\n3\n");
    expect_says(refusal([&] { RangeReader(file, 0, 0, 4, {}); }), {"b changed"});
}

}  // namespace
}  // namespace pacer
