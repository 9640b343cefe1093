// Blocks of lines: nothing lost, doubled or cut, whatever the block size, the compression, the folders and
// the ranges that an earlier run had done.
#include "io/records/reader.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/base/status.hpp"
#include "io/records/records.hpp"

namespace pacer {
namespace {

namespace fs = std::filesystem;

const std::vector<std::int64_t> sizes = {1, 2, 3, 7, 16, 100, 1 << 20};

std::string gzip(const std::string& text) {
    z_stream state = {};
    EXPECT_EQ(deflateInit2(&state, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&state, text.size()) + 64, '\0');
    state.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    state.avail_in = static_cast<uInt>(text.size());
    state.next_out = reinterpret_cast<Bytef*>(out.data());
    state.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&state, Z_FINISH), Z_STREAM_END);
    out.resize(state.total_out);
    deflateEnd(&state);
    return out;
}

std::string zstd(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
    return out;
}

std::int64_t lines_in(const std::string& text) {
    return count_lines(text);
}

std::string text_of_lines(int lines, unsigned seed, bool ends = true) {
    std::mt19937 random(seed);
    std::string text;
    for (int i = 0; i < lines; ++i)
        text += std::string(random() % 12, static_cast<char>('a' + i % 26)) + '\n';
    if (!ends) text += "last";
    return text;
}

// What `act` refuses with; empty if it does not.
std::string refusal(const std::function<void()>& act) {
    try {
        act();
    } catch (const UsageError& error) {
        return error.what();
    }
    return "";
}

void expect_says(const std::string& text, const std::vector<std::string>& parts) {
    for (const auto& part : parts)
        EXPECT_NE(text.find(part), std::string::npos) << "'" << text << "' lacks " << part;
}

struct Block {
    BlockPlace place;
    std::string text;
};

std::vector<Block> blocks_of(Reader& reader, std::int64_t wanted) {
    std::vector<Block> blocks;
    Bytes text;
    append(text, "kept", 4);
    while (const auto place = reader.next(text, wanted)) {
        EXPECT_EQ(std::string(text.data(), 4), "kept");
        EXPECT_EQ(static_cast<std::size_t>(place->bytes) + 4, text.size());
        blocks.push_back({*place, std::string(text.begin() + 4, text.end())});
        text.erase(text.begin() + 4, text.end());  // resize() makes GCC 12 warn of a write that is none
    }
    EXPECT_EQ(text.size(), 4U);
    return blocks;
}

std::vector<Block> blocks_of(const std::vector<std::string>& inputs, std::int64_t wanted,
                             const ReadSettings& settings = {}) {
    Reader reader(inputs, settings);
    return blocks_of(reader, wanted);
}

std::string joined(const std::vector<Block>& blocks) {
    std::string text;
    for (const auto& block : blocks) text += block.text;
    return text;
}

// Blocks against the text of each file.
void expect_places(const std::vector<Block>& blocks, const std::vector<std::string>& texts,
                   std::int64_t wanted, std::int64_t header = 0) {
    std::vector<std::int64_t> lines_before = {0};
    for (const auto& text : texts) lines_before.push_back(lines_before.back() + lines_in(text));
    for (const auto& [place, text] : blocks) {
        const auto file = static_cast<std::size_t>(place.file);
        ASSERT_LT(file, texts.size());
        const auto offset = static_cast<std::size_t>(place.offset);
        const auto before = texts[file].substr(0, offset);
        EXPECT_EQ(texts[file].substr(offset, text.size()), text);
        EXPECT_TRUE(before.empty() || before.back() == '\n');
        EXPECT_TRUE(text.back() == '\n' || offset + text.size() == texts[file].size());
        EXPECT_EQ(place.first_line, lines_in(before));
        EXPECT_EQ(place.first_index, lines_before[file] + place.first_line);
        EXPECT_EQ(place.lines, lines_in(text));
        EXPECT_EQ(place.header_lines, std::clamp<std::int64_t>(header - place.first_line, 0, place.lines));
        EXPECT_TRUE(place.bytes <= wanted || place.lines == 1);
    }
}

class ReaderTest : public testing::Test {
  protected:
    ReaderTest() {
        std::string name = (fs::temp_directory_path() / "reader_test.XXXXXX").string();
        folder_ = mkdtemp(name.data());
        home_ = fs::current_path();
        fs::current_path(folder_);
    }
    ~ReaderTest() override {
        fs::current_path(home_);
        fs::remove_all(folder_);
    }
    static void write(const fs::path& path, const std::string& bytes) {
        if (path.has_parent_path()) fs::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << bytes;
    }
    static std::vector<std::string> names(const std::vector<std::string>& inputs,
                                          const ReadSettings& settings = {}) {
        std::vector<std::string> names;
        for (const auto& file : files_of(inputs, settings)) names.push_back(file.path);
        return names;
    }

    fs::path folder_, home_;
};

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

TEST_F(ReaderTest, LooksAheadSomeFilesAtATime) {
    for (int i = 0; i < 200; ++i) write("f/" + std::to_string(i), "12345\n");
    Reader reader({"f"}, {});
    int calls = 1;
    while (!reader.look_ahead()) ++calls;
    EXPECT_GT(calls, 2);
    EXPECT_EQ(reader.total_bytes_on_disk(), 1200);
    ASSERT_EQ(mkfifo("pipe", 0600), 0);
    Reader unknown({"f", "pipe"}, {});
    while (!unknown.look_ahead()) continue;
    EXPECT_EQ(unknown.total_bytes_on_disk(), std::nullopt);
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

TEST_F(ReaderTest, Folders) {
    for (const std::string name : {"d/b/2", "d/b/1", "d/a", "d/c.txt", "d/.hidden", "d/.git/x", "d/b/.x",
                                   "d/b/c/deep", "d/B", "other/z"})
        write(name, name + "\n");
    fs::create_directories("d/empty");
    fs::create_directory_symlink(folder_ / "d", "d/b/loop");
    fs::create_directory_symlink(folder_ / "other", "d/elsewhere");
    fs::create_symlink(folder_ / "other/z", "d/z");
    ASSERT_EQ(mkfifo("d/pipe", 0600), 0);
    using Names = std::vector<std::string>;
    EXPECT_EQ(names({"d"}),
              (Names{"d/B", "d/a", "d/b/1", "d/b/2", "d/b/c/deep", "d/c.txt", "d/elsewhere/z"}));
    EXPECT_EQ(names({"other", "d/b/", "d/a", "other/z"}),
              (Names{"other/z", "d/b/1", "d/b/2", "d/b/c/deep", "d/a", "other/z"}));
    EXPECT_EQ(names({"d/elsewhere"}), (Names{"d/elsewhere/z"}));
    EXPECT_EQ(names({"d/empty"}), Names{});
    EXPECT_EQ(names({"d"}, {.excluded = {"d/../d/a", "other/z", (folder_ / "d/b").string(), "not/there"}}),
              (Names{"d/B", "d/c.txt"}));
    EXPECT_EQ(names({"d/a"}, {.excluded = {"d/a"}}), (Names{"d/a"}));
    EXPECT_EQ(joined(blocks_of({"d"}, 5)), "d/B\nd/a\nd/b/1\nd/b/2\nd/b/c/deep\nd/c.txt\nother/z\n");
}

// Each entry that gives nothing is counted, and the first one named.
TEST_F(ReaderTest, WhatFoldersLeaveOutIsTold) {
    const auto left_out = [](const std::vector<std::string>& inputs, const ReadSettings& settings = {}) {
        LeftOut told;
        files_of(inputs, settings, &told);
        return std::pair(told.entries, told.first + ": " + told.why);
    };
    using Told = std::pair<std::int64_t, std::string>;
    for (const std::string name : {"d/a", "d/run/x", "store/run7/y", "store/run8/z"}) write(name, "1\n");
    EXPECT_EQ(left_out({"d"}), (Told{0, ": "}));
    EXPECT_EQ(left_out({"d"}, {.excluded = {"d/a"}}), (Told{0, ": "}));
    fs::create_directory_symlink(folder_ / "store/run7", "d/run7");
    fs::create_directory_symlink("../store/run8", "d/run8");
    EXPECT_EQ(names({"d"}), (std::vector<std::string>{"d/a", "d/run/x", "d/run7/y", "d/run8/z"}));
    EXPECT_EQ(left_out({"d"}), (Told{0, ": "}));
    fs::create_directory_symlink("run", "d/latest");
    EXPECT_EQ(names({"d"}), (std::vector<std::string>{"d/a", "d/latest/x", "d/run7/y", "d/run8/z"}));
    EXPECT_EQ(left_out({"d"}), (Told{1, "d/run/x: the same file as another"}));
    fs::create_symlink("a", "d/b");
    fs::create_hard_link("d/a", "d/c");
    EXPECT_EQ(names({"d"}).size(), 5U);
    EXPECT_EQ(left_out({"d"}), (Told{2, "d/b: the same file as another"}));
    EXPECT_EQ(left_out({"d", "d/b"}), (Told{3, "d/b: the same file as another"}));
    ASSERT_EQ(mkfifo("d/b_pipe", 0600), 0);
    EXPECT_EQ(left_out({"d"}), (Told{3, "d/b: the same file as another"}));
    fs::remove("d/b");
    EXPECT_EQ(left_out({"d"}), (Told{2, "d/b_pipe: a pipe"}));
    fs::create_directory_symlink(".", "d/around");
    fs::create_directory_symlink("..", "d/up");
    fs::create_directory_symlink(folder_, "d/run/top");
    EXPECT_EQ(names({"d"}), (std::vector<std::string>{"d/a", "d/c", "d/latest/x", "d/run7/y", "d/run8/z"}));
    EXPECT_EQ(left_out({"d"}), (Told{6, "d/around: a link to a folder above it"}));
    for (const std::string name : {"d/.x", "d/r.csv.part"}) write(name, "1\n");
    EXPECT_EQ(left_out({"d"}), (Told{8, "d/.x: hidden"}));
    Reader reader({"d"}, {});
    joined(blocks_of(reader, 100));
    EXPECT_EQ(reader.left_out().entries, 8);
}

// As often as by names that are no links, however the links are called and wherever they are.
TEST_F(ReaderTest, LinksMakeNoRecordsCountTwice) {
    write("l/a/1", "1\n");
    write("l/b/2", "2\n");
    fs::create_directory_symlink("../b", "l/a/to_b");
    using Names = std::vector<std::string>;
    const auto again = [](const std::vector<std::string>& inputs) {
        std::string path;
        files_of(inputs, {}, nullptr, &path);
        return path;
    };
    EXPECT_EQ(names({"l/a", "l/b"}), (Names{"l/a/1", "l/a/to_b/2"}));
    EXPECT_EQ(names({"l/a", "l/b/2"}), (Names{"l/a/1", "l/a/to_b/2"}));
    EXPECT_EQ(names({"l/b", "l/a"}), (Names{"l/b/2", "l/a/1"}));
    EXPECT_EQ(names({"l/b/2", "l/a"}), (Names{"l/b/2", "l/a/1"}));
    EXPECT_EQ(names({"l/a/to_b", "l/b", "l/b"}), (Names{"l/a/to_b/2", "l/b/2"}));
    EXPECT_EQ(again({"l/a", "l/b"}), "");
    EXPECT_EQ(names({"l", "l"}), (Names{"l/a/1", "l/a/to_b/2", "l/a/1", "l/b/2"}));
    EXPECT_EQ(again({"l", "l"}), "l/a/1");
    EXPECT_EQ(again({"l/a", "l/b", "l/b"}), "l/b/2");
    for (const std::string link : {"h/0", "h/n", "h/z"}) {
        fs::remove_all("h");
        write("h/m", "1\n");
        fs::create_hard_link("h/m", "h/p");
        fs::create_symlink("m", link);
        fs::create_directory_symlink(".", "h/1");
        EXPECT_EQ(names({"h"}).size(), 2U) << link;
    }
    for (const std::string link : {"k/0", "k/n", "k/z"}) {
        fs::remove_all("k");
        write("k/m/x", "1\n");
        fs::create_hard_link("k/m/x", "k/p");
        fs::create_directory_symlink("m", link);
        EXPECT_EQ(names({"k"}).size(), 2U) << link;
    }
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

TEST_F(ReaderTest, AFolderIsListedWhenItIsReached) {
    write("d/a", "a\n");
    write("d/b/1", "1\n");
    Reader reader({"d"}, {});
    Bytes text;
    ASSERT_TRUE(reader.next(text, 100));
    write("d/b/2", "2\n");
    EXPECT_EQ(joined(blocks_of(reader, 100)), "1\n2\n");
}

TEST_F(ReaderTest, InputsThatCannotBeRead) {
    write("a", "1\n");
    expect_says(refusal([] { Reader({"a", "not there"}, {}); }), {"not there", "check the name"});
    expect_says(refusal([] { Reader({"a", ""}, {}); }), {"empty"});
    expect_says(refusal([] { Reader({"-", "a", "-"}, {}); }), {"standard input", "once"});
    expect_says(refusal([] { Reader({"a/b"}, {}); }), {"a/b"});
    fs::create_directories("d");
    fs::create_symlink("nowhere", "d/link");
    expect_says(refusal([] { blocks_of({"d"}, 100); }), {"d/link"});
    if (geteuid() != 0) {
        fs::permissions("a", fs::perms::none);
        expect_says(refusal([] { Reader({"a"}, {}); }), {"a", "permission"});
    }
}

TEST_F(ReaderTest, PipesAndStandardInput) {
    const auto text = text_of_lines(20000, 3, false);
    ASSERT_EQ(mkfifo("pipe", 0600), 0);
    for (const auto& bytes : {text, gzip(text), zstd(text), std::string(), std::string("x")}) {
        const auto expected = bytes.size() < 2 ? bytes : text;
        for (const std::int64_t wanted : {1, 100, 1 << 20}) {
            std::thread writer([&] { write("pipe", bytes); });
            Reader reader({"pipe"}, {});
            const auto blocks = blocks_of(reader, wanted);
            writer.join();
            EXPECT_EQ(joined(blocks), expected);
            expect_places(blocks, {expected}, wanted);
            EXPECT_EQ(reader.files().at(0).bytes, -1);
            EXPECT_EQ(reader.bytes_on_disk(), static_cast<std::int64_t>(bytes.size()));
        }
    }
    write("file", gzip(text));
    const int saved = dup(STDIN_FILENO);
    const int file = open("file", O_RDONLY);
    ASSERT_EQ(dup2(file, STDIN_FILENO), STDIN_FILENO);
    Reader reader({"-"}, {});
    EXPECT_EQ(joined(blocks_of(reader, 100)), text);
    EXPECT_EQ(reader.files().at(0), (InputFile{"standard input", -1, 0, Compression::gzip}));
    dup2(saved, STDIN_FILENO);
    close(saved);
    close(file);
}

TEST_F(ReaderTest, CompressedFiles) {
    const auto one = text_of_lines(30000, 4, false);
    const auto two = text_of_lines(500, 5);
    const std::vector<std::pair<std::string, std::string>> contents = {
        {gzip(one), one},
        {gzip(one) + gzip("") + gzip(two), one + two},
        {gzip(two) + std::string(1000, '\0'), two},
        {gzip(""), ""},
        {zstd(one), one},
        {zstd(two) + zstd("") + zstd(one), two + one},
        {std::string("\x50\x2a\x4d\x18\x03\0\0\0abc", 11) + zstd(two), two},
        {zstd(""), ""},
    };
    for (const auto& [bytes, text] : contents) {
        write("compressed", bytes);
        for (const std::int64_t wanted : {7, 1000, 1 << 20}) {
            const auto blocks = blocks_of({"compressed"}, wanted);
            EXPECT_TRUE(joined(blocks) == text);
            if (wanted == 1000) expect_places(blocks, {text}, wanted);
        }
    }
}

TEST_F(ReaderTest, DamagedFiles) {
    const auto text = text_of_lines(500, 4);
    const auto read = [] { return refusal([] { blocks_of({"damaged"}, 100); }); };
    for (const auto& whole : {gzip(text), zstd(text), gzip(text) + gzip(text), zstd(text) + zstd(text)}) {
        for (const auto missing : {1, 5, 100}) {
            write("damaged", whole.substr(0, whole.size() - static_cast<std::size_t>(missing)));
            expect_says(read(), {"damaged:", "cut off"});
        }
        write("damaged", whole + "garbage");
        expect_says(read(), {"damaged:", "are damaged"});
        auto changed = whole;
        changed[whole.size() / 2] = static_cast<char>(changed[whole.size() / 2] ^ 0x55);
        changed[whole.size() / 2 + 1] = static_cast<char>(changed[whole.size() / 2 + 1] ^ 0x55);
        write("damaged", changed);
        if (whole == gzip(text)) expect_says(read(), {"damaged:"});
    }
    auto empty = zstd("");
    constexpr std::size_t size_at = 5;
    empty[size_at] = 71;  // bytes, of which there are none
    write("damaged", zstd(text) + empty);
    expect_says(read(), {"damaged:", "are damaged"});
    write("damaged", gzip(text).substr(0, 5));
    expect_says(read(), {"cut off"});
}

TEST_F(ReaderTest, AFileThatChanges) {
    for (const bool grows : {true, false}) {
        write("a", text_of_lines(1000, 6));
        Reader reader({"a"}, {});
        Bytes text;
        ASSERT_TRUE(reader.next(text, 100));
        if (grows) {
            std::ofstream("a", std::ios::app) << "more\n";
        } else {
            fs::resize_file("a", 500);
        }
        expect_says(refusal([&] {
                        while (reader.next(text, 100)) continue;
                    }),
                    {"a changed while it was being read"});
    }
    write("a", "1\n2\n");
    Reader reader({"a"}, {});
    Bytes text;
    ASSERT_TRUE(reader.next(text, 1));
    fs::last_write_time("a", fs::file_time_type::clock::now() + std::chrono::seconds(5));
    expect_says(refusal([&] {
                    while (reader.next(text, 100)) continue;
                }),
                {"changed"});
}

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

TEST_F(ReaderTest, RangesTogetherAreTheFile) {
    const std::vector<std::string> texts = {
        text_of_lines(30, 1), text_of_lines(25, 2, false), "", "x", "\n\n\n", std::string(200, 'l') + "\nm"};
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

TEST(Hash, IsTheSameEverywhere) {
    EXPECT_EQ(hash("", 0), 0x2d06800538d394c2U);
    EXPECT_EQ(hash("a", 1), 0xe6c632b61e964e1fU);
    EXPECT_EQ(hash("abc", 3), 0x78af5f94892f3950U);
}

}  // namespace
}  // namespace pacer
