// Blocks of lines: nothing lost, doubled or cut, whatever the block size; and what is noted of the text.
#include "io/records/reader.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/io/records/reader_examples.hpp"

namespace pacer {
namespace {

using namespace examples;

TEST_F(ReaderTest, BlocksOfAnySizeAreTheFile) {
    const std::vector<std::string> texts = {
        text_of_lines(50, 1), "",     text_of_lines(20, 2, false),  "\n", "x",
        "no newline",         "\n\n", std::string(300, 'l') + "\nm"};
    std::vector<std::string> inputs;
    std::string all;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        inputs.push_back(std::to_string(i) + ".txt");
        write(inputs.back(), texts[i]);
        all += texts[i];
    }
    for (const auto wanted : sizes) {
        for (const std::int64_t header : {0, 1, 3, 1000}) {
            const auto blocks = blocks_of(inputs, wanted, {.skip_header = header, .excluded = {}});
            EXPECT_EQ(joined(blocks), all);
            expect_places(blocks, texts, wanted, header);
        }
    }
}

TEST_F(ReaderTest, BlocksAreAsLargeAsTheyMayBe) {
    write("a", "12\n45\n78\nX\nlast");
    const auto lengths = [](std::int64_t wanted) {
        std::vector<std::int64_t> found;
        for (const auto& block : blocks_of({"a"}, wanted)) found.push_back(block.place.bytes);
        return found;
    };
    using Lengths = std::vector<std::int64_t>;
    EXPECT_EQ(lengths(5), (Lengths{3, 3, 5, 4}));
    EXPECT_EQ(lengths(6), (Lengths{6, 5, 4}));
    EXPECT_EQ(lengths(9), (Lengths{9, 6}));
    EXPECT_EQ(lengths(14), (Lengths{11, 4}));
    EXPECT_EQ(lengths(15), (Lengths{15}));
    EXPECT_EQ(lengths(INT64_MAX), (Lengths{15}));
}

TEST_F(ReaderTest, CountsWhatLiesBehind) {
    write("a", text_of_lines(50, 1));
    write("b.gz", gzip(text_of_lines(2000, 2)));
    const auto total = static_cast<std::int64_t>(fs::file_size("a") + fs::file_size("b.gz"));
    Reader reader({"a", "b.gz"}, {});
    EXPECT_EQ(reader.total_bytes_on_disk(), std::nullopt);
    EXPECT_TRUE(reader.look_ahead());
    EXPECT_EQ(reader.total_bytes_on_disk(), total);
    EXPECT_EQ(reader.bytes_on_disk(), 0);
    EXPECT_TRUE(reader.files().empty());
    Bytes text;
    std::int64_t before = 0;
    while (reader.next(text, 100)) {
        EXPECT_GE(reader.bytes_on_disk(), before);
        before = reader.bytes_on_disk();
        if (reader.files().size() == 1) {
            EXPECT_EQ(before, static_cast<std::int64_t>(text.size()));
        }
        EXPECT_EQ(reader.lines(), count_lines(text));
    }
    EXPECT_EQ(reader.bytes_on_disk(), total);
    ASSERT_EQ(reader.files().size(), 2U);
    EXPECT_EQ(reader.files(), files_of({"a", "b.gz"}, {}));
    EXPECT_EQ(reader.files()[1].compression, Compression::gzip);
}

TEST_F(ReaderTest, LinesThatAreTooLong) {
    write("a", "short\nshort\n" + std::string(100, 'x') + "\nshort\n");
    for (const auto wanted : sizes) {
        EXPECT_EQ(blocks_of({"a"}, wanted, {.longest_line = 101, .excluded = {}}).empty(), false);
        const auto said = refusal([&] { blocks_of({"a"}, wanted, {.longest_line = 100, .excluded = {}}); });
        expect_says(said, {"a:", "line 3 ", "100 bytes"});
    }
    write("b", std::string(1 << 20, 'x'));
    EXPECT_EQ(joined(blocks_of({"b"}, 7)).size(), std::size_t{1} << 20);
    expect_says(refusal([] { blocks_of({"b"}, 7, {.longest_line = 1 << 19, .excluded = {}}); }), {"line 1 "});
}

// Whatever blocks the file is cut into, and whoever reads them.
TEST_F(ReaderTest, TheFirstRecordIsKnownBehindIt) {
    write("a", "x y\n9 9\n# no\n\nwords\n1 2 3\n4 5\n6 7 8 9\n");
    const auto file = files_of({"a"}, {}).at(0);
    for (const auto wanted : sizes) {
        const ReadSettings settings{.skip_header = 2, .excluded = {}};
        for (const auto& [place, text] : blocks_of({"a"}, wanted, settings)) {
            const bool known = place.first_line + place.lines > 5;
            EXPECT_EQ(place.first_record.fields, known ? 3 : 0) << wanted;
            EXPECT_EQ(place.first_record.line, known ? 5 : 0) << wanted;
        }
        for (std::int64_t begin = 0; begin < file.bytes; ++begin) {
            RangeReader reader(file, 0, begin, file.bytes, settings);
            Bytes text;
            while (const auto place = reader.next(text, wanted)) {
                const bool known = place->first_line + place->lines > 5;
                EXPECT_EQ(place->first_record.fields, known ? 3 : 0) << wanted << " from " << begin;
                EXPECT_EQ(place->first_record.line, known ? 5 : 0) << wanted << " from " << begin;
                EXPECT_EQ(known, place->offset + place->bytes > 20) << wanted << " from " << begin;
            }
        }
    }
    Reader reader({"a"}, {.skip_header = 2, .excluded = {}});
    blocks_of(reader, 7);
    ASSERT_TRUE(reader.header_record());
    EXPECT_EQ(reader.header_record()->path, "a");
    EXPECT_EQ(reader.header_record()->line, 2);
}

TEST_F(ReaderTest, ANumberWithACommaIsNoted) {
    const auto noted = [&](const std::string& text, const RecordFormat& format = {}) {
        write("a", text);
        Reader reader({"a"}, {.format = format, .excluded = {}});
        blocks_of(reader, 100);
        return reader.decimal_record() ? reader.decimal_record()->line : 0;
    };
    EXPECT_EQ(noted("# x\n12,5\n13,25\n"), 2);
    EXPECT_EQ(noted(" -12,5 \r\n"), 1);
    for (const std::string text : {"12.5,5\n", "12, 5\n", "1,2,3\n", "1\n12,5\n"})
        EXPECT_EQ(noted(text), 0) << text;
    for (const std::string text : {"12,5e3\n", "12,5 # c\n", "1,234.56\n", "1,234,567"})
        EXPECT_EQ(noted(text), 1) << text;
    EXPECT_EQ(noted("1\n12,5\n", {.lines_per_record = 2}), 1);
    expect_says(refusal([&] { noted("x\n1.234,56 # c\n"); }),
                {"a:2 ", "--decimal-comma", "--separator comma"});
    expect_says(refusal([&] { noted("1\n1.234,56\n", {.lines_per_record = 2}); }), {"a:1 "});
    EXPECT_EQ(noted("1.234,56\n", {.separator = Separator::comma}), 0);
    EXPECT_EQ(noted("12,5\n", {.separator = Separator::comma}), 0);
    EXPECT_EQ(noted("12,5\n", {.decimal_comma = true}), 0);
}

TEST_F(ReaderTest, ALastLineThatMayHaveBeenCutIsNoted) {
    const auto noted = [&](const std::string& text, const ReadSettings& settings = {}) {
        write("a", text);
        std::int64_t line = -1;
        for (const auto wanted : sizes) {
            Reader reader({"a"}, settings);
            blocks_of(reader, wanted);
            const auto found = reader.open_ends().first.line;
            EXPECT_TRUE(line < 0 || line == found) << text << " in blocks of " << wanted;
            line = found;
        }
        return line;
    };
    EXPECT_EQ(noted("2.5\n3.1"), 2);
    EXPECT_EQ(noted("2.5\n\n3."), 3);
    // It ends like all others, or there are no others, or it is cut behind a record or within none.
    for (const std::string text :
         {"2.5\n3.1\n", "3.1", "2\n3.1 ", "2\n3.1\r", "2\n3 # 1", "2\nx", "2\n\"3\""})
        EXPECT_EQ(noted(text), 0) << text;
    EXPECT_EQ(noted("2\n3", {.skip_header = 2, .excluded = {}}), 0);
    RecordFormat comma;
    comma.decimal_comma = true;
    EXPECT_EQ(noted("2,5\n3,", {.format = comma, .excluded = {}}), 2);
    RecordFormat named;
    named.id = Columns("--id", "2");
    EXPECT_EQ(noted("1 ab\n2 a", {.format = named, .excluded = {}}), 2);
    write("a", gzip("2\n3"));
    Reader reader({"a"}, {});
    blocks_of(reader, 1);
    EXPECT_EQ(reader.open_ends().files, 0);
    for (const std::string name : {"c", "d", "f"}) write(name, "2\n3");
    write("e", "2\n3\n");
    for (const auto wanted : sizes) {
        Reader several({"e", "c", "d", "e", "f"}, {});
        blocks_of(several, wanted);
        EXPECT_EQ(several.open_ends().files, 3) << wanted;
        EXPECT_EQ(several.open_ends().first.path, "c") << wanted;
    }
}

TEST_F(ReaderTest, RecordsOfSeveralLinesStayTogether) {
    std::string text = "h\nh\n";
    for (int line = 0; line < 21; ++line)
        text += std::string(static_cast<std::size_t>(line % 5), '1') + "1\n";
    write("a", text);
    write("b.gz", gzip(text));
    for (const std::int64_t each : {1, 2, 3, 4, 7, 100}) {
        for (const auto* name : {"a", "b.gz"}) {
            for (const auto wanted : sizes) {
                const ReadSettings settings{
                    .skip_header = 2, .format = {.lines_per_record = each}, .excluded = {}};
                std::int64_t lines = 0;
                const auto blocks = blocks_of({name}, wanted, settings);
                for (const auto& [place, block] : blocks) {
                    EXPECT_EQ(place.first_line, lines);
                    lines += place.lines;
                    EXPECT_TRUE(lines <= 2 || (lines - 2) % each == 0 || lines == 23)
                        << each << " " << wanted;
                }
                EXPECT_EQ(joined(blocks), text);
            }
        }
    }
}

TEST(Hash, IsTheSameEverywhere) {
    EXPECT_EQ(hash("", 0), 0x2d06800538d394c2U);
    EXPECT_EQ(hash("a", 1), 0xe6c632b61e964e1fU);
    EXPECT_EQ(hash("abc", 3), 0x78af5f94892f3950U);
}

}  // namespace
}  // namespace pacer
