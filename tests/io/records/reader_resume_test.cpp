// Input of which an earlier run has done ranges: what has not changed since is not read again.
#include "io/records/reader.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/io/records/reader_examples.hpp"

namespace pacer {
namespace {

using namespace examples;

DoneRange range_of(const Block& block, std::int64_t number = 0) {
    const auto& place = block.place;
    return {number,      place.offset,       place.bytes,     place.first_line,
            place.lines, place.first_record, place.head_hash, hash(block.text.data(), block.text.size())};
}

// Some of the blocks of an earlier run, as its journal knows them. `kept`: those of them that the reader
// keeps.
EarlierReading some_of(const std::vector<Block>& blocks, const std::vector<InputFile>& files,
                       std::mt19937& random) {
    EarlierReading earlier;
    earlier.keep = earlier.drop = [](const DoneRange&, std::int64_t) {};
    const auto odds = 1 + random() % 4;
    for (const auto& block : blocks) {
        if (random() % odds != 0) continue;
        earlier.done[{files[static_cast<std::size_t>(block.place.file)].path, 0}].push_back(range_of(block));
    }
    return earlier;
}

TEST_F(ReaderTest, GoesOnWhereAnEarlierRunStopped) {
    const std::vector<std::string> texts = {text_of_lines(60, 1), "", text_of_lines(300, 2, false),
                                            text_of_lines(90, 3), "x"};
    const std::vector<std::string> inputs = {"a", "b", "c.gz", "d.zst", "e"};
    write("a", texts[0]);
    write("b", texts[1]);
    write("c.gz", gzip(texts[2]));
    write("d.zst", zstd(texts[3]));
    write("e", texts[4]);
    std::int64_t all_lines = 0;
    for (const auto& text : texts) all_lines += lines_in(text);
    std::mt19937 random(11);
    for (int round = 0; round < 200; ++round) {
        const ReadSettings settings{.skip_header = round % 5, .excluded = {}};
        auto files = files_of(inputs, settings);
        const auto before = blocks_of(inputs, 1 + random() % 60, settings);
        auto earlier = some_of(before, files, random);
        std::size_t kept = 0, ranges_there = 0;
        earlier.keep = [&](const DoneRange&, std::int64_t) { ++kept; };
        for (const auto& [name, ranges] : earlier.done) ranges_there += ranges.size();
        const auto wanted = sizes[random() % sizes.size()];
        Reader reader(inputs, settings, earlier);
        const auto after = blocks_of(reader, wanted);
        expect_places(after, texts, wanted, settings.skip_header);
        EXPECT_EQ(reader.lines(), all_lines);
        // Done and read now, each byte once.
        auto covered = texts;
        const auto cover = [&](std::int64_t file, std::int64_t offset, std::int64_t bytes) {
            for (auto i = offset; i < offset + bytes; ++i) {
                auto& byte = covered[static_cast<std::size_t>(file)][static_cast<std::size_t>(i)];
                EXPECT_NE(byte, '*');
                byte = '*';
            }
        };
        for (const auto& block : after) cover(block.place.file, block.place.offset, block.place.bytes);
        EXPECT_EQ(kept, ranges_there);
        for (const auto& [name, ranges] : earlier.done) {
            const auto file = std::find(inputs.begin(), inputs.end(), name.first) - inputs.begin();
            for (const auto& range : ranges) cover(file, range.offset, range.bytes);
        }
        for (const auto& text : covered) EXPECT_EQ(text, std::string(text.size(), '*'));
        std::int64_t on_disk = 0;
        for (const auto& file : files) on_disk += file.bytes;
        EXPECT_EQ(reader.bytes_on_disk(), on_disk);
    }
}

// Records of several lines are counted off from the first one, wherever a run goes on.
TEST_F(ReaderTest, WhatIsBlankBeforeRecordsOfSeveralLinesIsHeader) {
    constexpr std::int64_t each = 3;
    std::mt19937 random(5);
    for (int round = 0; round < 200; ++round) {
        const ReadSettings settings{
            .skip_header = round % 3, .format = {.lines_per_record = each}, .excluded = {}};
        std::string text = "1\n2\n";
        text.resize(static_cast<std::size_t>(2 * settings.skip_header));
        auto lead = settings.skip_header;
        for (auto blank = random() % 5; blank > 0; --blank) text += blank % 2 == 0 ? "\n" : "# 1 2\n", ++lead;
        text += "x\n\n3\n\n\n\n4\n5\n6\n7\n";
        write("a", text);
        const auto before = blocks_of({"a"}, 1 + random() % 8, settings);
        Reader reader({"a"}, settings, some_of(before, files_of({"a"}, settings), random));
        for (const auto& blocks : {before, blocks_of(reader, 1 + random() % 8)}) {
            for (const auto& [place, block] : blocks) {
                const auto end = place.first_line + place.lines - lead;
                EXPECT_TRUE(end <= 0 || end % each == 0 || block.ends_with("7\n")) << text << ": " << end;
                EXPECT_EQ(place.header_lines,
                          std::clamp<std::int64_t>(lead - place.first_line, 0, place.lines));
            }
        }
    }
}

// What an earlier run did of text that has changed since is read again, and the rest is not.
class Resumed : public ReaderTest {
  protected:
    // The file is read by small blocks, all of which are done; then it is changed, and read again. Returns
    // what is read then.
    std::string again(const std::string& before, const std::string& after,
                      const ReadSettings& settings = {}) {
        write("a", before);
        EarlierReading earlier;
        std::int64_t number = 0;
        for (const auto& block : blocks_of({"a"}, 4, settings))
            earlier.done[{"a", 0}].push_back(range_of(block, number++));
        kept_ = dropped_ = 0;
        earlier.keep = [&](const DoneRange&, std::int64_t file) {
            ++kept_;
            EXPECT_EQ(file, 0);
        };
        earlier.drop = [&](const DoneRange&, std::int64_t) { ++dropped_; };
        write("a", after);
        Reader reader({"a"}, settings, earlier);
        const auto read = joined(blocks_of(reader, 1000));
        EXPECT_EQ(reader.lines(), lines_in(after));
        EXPECT_EQ(kept_ + dropped_, number);
        return read;
    }
    std::int64_t kept_ = 0, dropped_ = 0;
};

TEST_F(Resumed, OnlyWhatHasChangedIsReadAgain) {
    EXPECT_EQ(again("1 1\n2 2\n3 3\n4 4\n", "1 1\n2 2\n3 3\n4 4\n"), "");
    EXPECT_EQ(again("1 1\n2 2\n3 3\n4 4\n", "1 1\n2 2\nx 3\n4 4\n"), "x 3\n");
    EXPECT_EQ(kept_, 3);
    EXPECT_EQ(again("1 1\n2 2\n3 3\n4 4\n", "1 1\n2 2\n3.3\n4 4\n5 5"), "3.3\n5 5");
    EXPECT_EQ(again("1 1\n2 2\n3 3\n4 4\n", "1 1\n2 22\n3 3\n4 4\n"), "2 22\n3 3\n4 4\n");
    EXPECT_EQ(again("1 1\n2 2\n3 3\n", ""), "");
    EXPECT_EQ(again("1 1\n2 2\n3 3\n", "1 1\n2 2\n"), "");
}

// The same text on another line, or behind another first record, is not the same.
TEST_F(Resumed, WhatTextDependsOnCountsToo) {
    EXPECT_EQ(again("1 1\n2 2\n3 3\n", "1 1\n\n\n\n\n3 3\n"), "\n\n\n\n3 3\n");
    EXPECT_EQ(again("1 1\n2 2\n3 3\n", "1 1\n2 2\n3 34"), "3 34");
    EXPECT_EQ(again("1 1\n2 2\n3 3", "1 1\n2 2\n3 34"), "3 34");
    EXPECT_EQ(again("#  \n2 2\n3 3\n", "1  \n2 2\n3 3\n"), "1  \n2 2\n3 3\n");
    EXPECT_EQ(again("2 2\n3 3\n4 4\n", "22 \n3 3\n4 4\n"), "22 \n3 3\n4 4\n");
    EXPECT_EQ(again("9 9\n3 3\n4 4\n", "8 8\n3 3\n4 4\n"), "8 8\n");
    EXPECT_EQ(again("a b\n3 3\n4 4\n", "b a\n3 3\n4 4\n", {.skip_header = 1, .excluded = {}}),
              "b a\n3 3\n4 4\n");
}

TEST_F(ReaderTest, AFileIsKnownByItsNameAlone) {
    write("d/a", "1\n2\n");
    write("d/b", "3\n4\n");
    std::map<std::int64_t, std::int64_t> kept;  // the number of the file by that of the range
    const auto earlier = [&] {
        EarlierReading made;
        for (const auto& block : blocks_of({"d"}, 100, {}))
            made.done[{block.place.file == 0 ? "d/a" : "d/b", 0}].push_back(
                range_of(block, block.place.file));
        made.keep = [&](const DoneRange& range, std::int64_t file) { kept[range.number] = file; };
        made.drop = [](const DoneRange&, std::int64_t) { ADD_FAILURE(); };
        return made;
    }();
    fs::last_write_time("d/b", fs::last_write_time("d/b") + std::chrono::seconds(1));
    write("d/aa", "5\n");
    Reader added({"d"}, {}, earlier);
    EXPECT_EQ(joined(blocks_of(added, 100)), "5\n");
    EXPECT_EQ(kept, (std::map<std::int64_t, std::int64_t>{{0, 0}, {1, 2}}));
    fs::remove("d/a");
    kept.clear();
    Reader removed({"d"}, {}, earlier);
    EXPECT_EQ(joined(blocks_of(removed, 100)), "5\n");
    EXPECT_EQ(kept, (std::map<std::int64_t, std::int64_t>{{1, 1}}));
}

TEST_F(ReaderTest, AStreamIsCheckedOnTheWay) {
    const auto text = text_of_lines(100, 9);
    const auto half = text.find('\n', 300) + 1;
    write("whole", text.substr(0, half));
    EarlierReading earlier;
    earlier.keep = earlier.drop = [](const DoneRange&, std::int64_t) {};
    for (const auto& block : blocks_of({"whole"}, 100000, {}))
        earlier.done[{"pipe", 0}].push_back(range_of(block));
    ASSERT_EQ(mkfifo("pipe", 0600), 0);
    const auto go_on = [&](const std::string& bytes) {
        std::thread writer([&] { write("pipe", bytes); });
        Reader reader({"pipe"}, {}, earlier);
        std::string got;
        const auto said = refusal([&] { got = joined(blocks_of(reader, 50)); });
        writer.join();
        return said.empty() ? got : said;
    };
    EXPECT_EQ(go_on(text), text.substr(half));
    auto other = text;
    other[10] = '!';
    expect_says(go_on(other), {"pipe is not what it was"});
    expect_says(go_on(text.substr(0, 100)), {"pipe is not what it was"});
    expect_says(go_on(""), {"pipe is not what it was"});
    EXPECT_EQ(go_on(gzip(text)), text.substr(half));
    earlier.done[{"pipe", 0}].push_back({.offset = static_cast<std::int64_t>(text.size()) + 100, .bytes = 1});
    expect_says(go_on(text), {"pipe is not what it was"});
}

}  // namespace
}  // namespace pacer
