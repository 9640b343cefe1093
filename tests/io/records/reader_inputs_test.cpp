// What can be read: files, folders, links, pipes, compressed ones, and what is said of all others.
#include "io/records/reader.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/io/records/reader_examples.hpp"

namespace pacer {
namespace {

using namespace examples;

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

}  // namespace
}  // namespace pacer
