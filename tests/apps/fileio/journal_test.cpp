// The journal: what was appended is read back whole, however a run ended; anything else is refused in one
// sentence.
#include "apps/fileio/delivery/journal.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "tests/apps/fileio/journal_examples.hpp"

namespace pacer::fileio {
namespace {

namespace fs = std::filesystem;

using examples::get;
using examples::message_of;
using examples::piece;
using examples::put;

const std::string run = "calculation: lorenz:100\ninputs: a.txt b.txt\n";
const InputFile first_file{"a.txt", 120, 1700000000000000001, Compression::none};
const InputFile second_file{"of an odd length.gz", 77, -5, Compression::gzip};

class Journals : public examples::InOwnFolder {
  protected:
    // Four pieces, the second of more than one line's length that is no multiple of 8, out of order.
    static void write(bool flushed) {
        auto journal = Journal::begin("j", run);
        journal.add_file(first_file);
        journal.add_piece(piece(0, 4, 9));
        journal.add_piece(piece(0, 0, 4));
        journal.add_file(second_file);
        journal.add_piece(piece(1, 0, 1));
        journal.add_piece(piece(0, 9, 12));
        if (flushed) journal.flush();
    }
};

std::string all_bytes(const Journal& journal, std::size_t pieces) {
    std::string text;
    for (std::size_t i = 0; i < pieces; ++i) {
        const auto bytes = journal.read(journal.pieces()[i]);
        text.append(bytes.data(), bytes.size());
    }
    return text;
}

// The same piece, of another file.
Bytes of_file(Bytes piece, std::int64_t file) {
    PieceHeader header;
    std::memcpy(&header, piece.data(), sizeof header);
    header.place.file = file;
    std::memcpy(piece.data(), &header, sizeof header);
    return piece;
}

// By another session.
void add_one(const std::string& path, const Bytes& piece) {
    auto journal = Journal::go_on(path, run);
    journal.add_file(first_file);
    journal.add_piece(piece);
}

std::size_t count(const Journal& journal) {
    return journal.pieces().size();
}

// What the damaged copy comes to: the pieces it has, all of them right, or -1 if it was refused.
int pieces_of(const std::string& bytes, const Journal& whole) {
    fs::remove("copy");  // some file systems flush a file that is written over
    put("copy", bytes);
    try {
        const auto copy = Journal::go_on("copy", run);
        EXPECT_LE(count(copy), count(whole));
        EXPECT_EQ(all_bytes(copy, count(copy)), all_bytes(whole, count(copy)));
        return static_cast<int>(count(copy));
    } catch (const UsageError& error) {
        EXPECT_TRUE(std::string(error.what()).starts_with("copy ")) << error.what();
        return -1;
    }
}

TEST_F(Journals, WhatWasAppendedIsReadBack) {
    write(false);
    auto journal = Journal::go_on("j", run);
    EXPECT_TRUE(journal.files().empty());
    ASSERT_EQ(count(journal), 4u);
    EXPECT_EQ(journal.pieces()[0].file, -1);
    EXPECT_EQ(journal.counted().all(), 0);
    EXPECT_EQ(journal.open().done, 5 + 4);  // 0 1 2 5 6 7 8 11 of the first file, 0 of the second
    EXPECT_EQ(journal.open().rejected, 2);  // 3 and 10
    journal.add_file(first_file);
    for (const int number : {0, 1, 3}) journal.keep(number, 0);
    journal.drop(2);
    EXPECT_EQ(journal.open().all(), 0);
    const auto& entry = journal.pieces()[0];
    EXPECT_EQ(journal.read(entry), piece(0, 4, 9));
    EXPECT_EQ(entry.offset, 40);
    EXPECT_EQ(entry.bytes, 50);
    EXPECT_EQ(entry.first_line, 4);
    EXPECT_EQ(entry.lines, 5);
    EXPECT_EQ(entry.text_hash, 1004u);
    EXPECT_EQ(journal.counted().done, 5 + 3);
    EXPECT_EQ(journal.counted().rejected, 2);
    journal.remove();
    EXPECT_FALSE(fs::exists("j"));
}

// The same file may have another number when a run is resumed.
TEST_F(Journals, APieceIsOfTheFileThatItIsKeptFor) {
    write(true);
    auto journal = Journal::go_on("j", run);
    journal.keep(1, 7);
    EXPECT_EQ(Piece(journal.read(journal.pieces()[1])).place().file, 7);
    EXPECT_EQ(journal.read(journal.pieces()[1]), of_file(piece(0, 0, 4), 7));
}

TEST_F(Journals, WhatWasBegunAndNotFinishedIsSuspect) {
    write(false);
    const auto begin = [](Journal& journal, std::int64_t offset) {
        journal.add_file(first_file);
        journal.add_begun({0, offset, 50});
    };
    const auto suspects = [](std::int64_t offset, std::int64_t bytes) {
        auto journal = Journal::go_on("j", run);
        journal.add_file(second_file);
        journal.add_file(first_file);
        EXPECT_FALSE(journal.is_suspect({0, offset, bytes}));
        const bool suspect = journal.is_suspect({1, offset, bytes});
        journal.add_ended();
        return suspect;
    };
    EXPECT_FALSE(suspects(0, 1000));
    {
        auto journal = Journal::go_on("j", run);
        begin(journal, 100);
        journal.add_ended();  // it gave back what it had begun
    }
    EXPECT_FALSE(suspects(0, 1000));
    {
        auto journal = Journal::go_on("j", run);
        begin(journal, 200);
        journal.add_begun({0, 300, 20});
        journal.add_piece(piece(0, 30, 31));  // the bytes from 300 to 320, in two
        journal.add_piece(piece(0, 31, 32));
    }
    EXPECT_FALSE(suspects(300, 20));
    EXPECT_TRUE(suspects(0, 1000));
    EXPECT_TRUE(suspects(249, 1));
    EXPECT_FALSE(suspects(250, 100));
    EXPECT_FALSE(suspects(100, 100));
}

TEST_F(Journals, OnlyWhatHasResultsIsInTheWay) {
    Journal::begin("j", run).add_file(first_file);
    EXPECT_FALSE(Journal::has_results("j"));
    EXPECT_EQ(count(Journal::go_on("j", "other: run\n")), 0u);
    write(false);
    EXPECT_TRUE(Journal::has_results("j"));
}

TEST_F(Journals, InputsMayBeAddedButNotTakenAway) {
    {
        auto journal = Journal::begin("j", "calculation: sum\ninput: a\ninput: b\n");
        journal.add_file(first_file);
        journal.add_piece(piece(0, 0, 4));
    }
    EXPECT_EQ(count(Journal::go_on("j", "calculation: sum\ninput: b\ninput: c\ninput: a\n")), 1u);
    EXPECT_EQ(
        message_of([] { Journal::go_on("j", "calculation: sum\ninput: b\ninput: a\n"); }),
        "j belongs to a different run: input c is missing here; resume with the same options, or start over "
        "with --force");
}

TEST_F(Journals, TheReaderIsToldWhatIsDoneInTheOrderOfOffsets) {
    write(false);
    const auto earlier = Journal::go_on("j", run).earlier();
    EXPECT_EQ(earlier.size(), 2u);
    const auto& ranges = earlier.at({first_file.path, 0});
    ASSERT_EQ(ranges.size(), 3u);
    ASSERT_EQ(earlier.at({second_file.path, 0}).size(), 1u);
    EXPECT_EQ(ranges[0].offset, 0);
    EXPECT_EQ(ranges[1].offset, 40);
    EXPECT_EQ(ranges[2].offset, 90);
    EXPECT_EQ(ranges[1].number, 0);
    EXPECT_EQ(ranges[1].bytes, 50);
    EXPECT_EQ(ranges[1].first_line, 4);
    EXPECT_EQ(ranges[1].lines, 5);
    EXPECT_EQ(ranges[1].text_hash, 1004u);
}

TEST_F(Journals, BeginningReplacesAnOldOne) {
    write(true);
    EXPECT_EQ(count(Journal::begin("j", "other: run\n")), 0u);
    EXPECT_EQ(count(Journal::go_on("j", "other: run\n")), 0u);
}

// --- runs that were killed, and power cuts ---

TEST_F(Journals, CutAtAnyByteWhatIsWholeIsKeptAndGoneOnWith) {
    write(false);
    const auto whole = Journal::go_on("j", run);
    const auto bytes = get("j");
    int most = 0;
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        const int found = pieces_of(bytes.substr(0, size), whole);
        ASSERT_GE(found, most) << "cut at " << size;
        most = found;
        add_one("copy", piece(0, 1, 2));
        const auto again = Journal::go_on("copy", run);
        ASSERT_EQ(count(again), static_cast<std::size_t>(found) + 1) << "cut at " << size;
        ASSERT_EQ(again.read(again.pieces().back()), of_file(piece(0, 1, 2), -1));
    }
    EXPECT_EQ(most, 4);
}

TEST_F(Journals, ZerosOrGarbageInsteadOfTheEndAreDropped) {
    write(false);
    const auto whole = Journal::go_on("j", run);
    const auto bytes = get("j");
    std::mt19937 random(1);
    for (std::size_t size = 0; size <= bytes.size(); ++size) {
        auto zeros = bytes, garbage = bytes;
        std::fill(zeros.begin() + static_cast<std::ptrdiff_t>(size), zeros.end(), '\0');
        std::generate(garbage.begin() + static_cast<std::ptrdiff_t>(size), garbage.end(),
                      [&] { return static_cast<char>(random()); });
        const int left = pieces_of(bytes.substr(0, size), whole);
        // In place of the first line only zeros are accepted as a journal.
        if (size == 0 || size >= 24) {
            ASSERT_GE(pieces_of(zeros, whole), left) << size;
        }
        if (size >= 24) {
            ASSERT_GE(pieces_of(garbage, whole), left) << size;  // more, if it is in the padding
        }
    }
    EXPECT_EQ(pieces_of(bytes + std::string(100000, '\0'), whole), 4);
    EXPECT_EQ(pieces_of(bytes + std::string(12345, 'P'), whole), 4);
}

TEST_F(Journals, PagesThatDidNotReachTheDiskInOrderAreDropped) {
    write(true);
    const auto flushed = get("j").size();
    {
        auto journal = Journal::go_on("j", run);
        journal.add_file(first_file);
        journal.add_file(second_file);
        for (std::int64_t line = 1; line < 200; ++line) journal.add_piece(piece(1, line, line + 1));
    }
    const auto whole = Journal::go_on("j", run);
    auto bytes = get("j");
    ASSERT_GT(bytes.size(), flushed + 8192);
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(flushed) + 1000, 4096, '\0');
    const int found = pieces_of(bytes, whole);
    EXPECT_GT(found, 4);
    EXPECT_LT(found, 20);
}

// --- damage ---

TEST_F(Journals, AFlippedByteIsNeverBelieved) {
    write(false);
    const auto bytes = get("j");
    const auto whole = Journal::go_on("j", run);
    auto damaged = bytes;
    int refused = 0, shortened = 0, untouched = 0;  // by flips in the padding
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (const int flip : {1, 128, 255}) {
            damaged[at] = static_cast<char>(bytes[at] ^ flip);
            const int found = pieces_of(damaged, whole);
            ++(found < 0 ? refused : found < 4 ? shortened : untouched);
        }
        damaged[at] = bytes[at];
    }
    EXPECT_EQ(refused, 3 * 24);
    EXPECT_GT(shortened, 1000);
    EXPECT_LT(untouched, 3 * 7 * 8);
}

TEST_F(Journals, DamageOfWhatWasFlushedIsRefused) {
    write(true);
    const auto whole = Journal::go_on("j", run);
    const auto bytes = get("j");
    auto damaged = bytes;
    for (std::size_t at = 0; at < bytes.size() - 32; ++at) {  // the last entry says that it was flushed
        damaged[at] = static_cast<char>(bytes[at] ^ 16);
        const int found = pieces_of(damaged, whole);
        ASSERT_TRUE(found == -1 || found == 4) << "byte " << at;
        damaged[at] = bytes[at];
    }
    damaged[200] = 'x';
    put("copy", damaged);
    const auto message = message_of([] { Journal::go_on("copy", run); });
    EXPECT_TRUE(message.starts_with("copy is damaged at byte ") &&
                message.ends_with(", and not by an interrupted run; --force starts over"))
        << message;
    EXPECT_EQ(get("copy"), damaged);
}

TEST_F(Journals, DamageDuringTheRunIsRefused) {
    write(true);
    const auto journal = Journal::go_on("j", run);
    const auto bytes = get("j");
    for (const auto at : {journal.pieces()[1].position - 1, journal.pieces()[1].position + 20}) {
        auto damaged = bytes;
        damaged[static_cast<std::size_t>(at)] ^= 1;
        std::fstream("j", std::ios::in | std::ios::out | std::ios::binary) << damaged;
        EXPECT_EQ(journal.read(journal.pieces()[0]), of_file(piece(0, 4, 9), -1));
        EXPECT_TRUE(
            message_of([&] { journal.read(journal.pieces()[1]); }).starts_with("j is damaged at byte"));
    }
}

// A byte of an entry that was not flushed, and a whole entry right behind it.
TEST_F(Journals, WhatLiesBehindADroppedEntryStaysAway) {
    write(false);
    auto bytes = get("j");
    bytes[static_cast<std::size_t>(Journal::go_on("j", run).pieces()[2].position) + 50] ^= 1;
    put("copy", bytes);
    add_one("copy", piece(0, 0, 1));
    EXPECT_EQ(count(Journal::go_on("copy", run)), 3u);
}

TEST_F(Journals, WhatIsNoPieceIsRefused) {
    write(true);
    auto journal = Journal::go_on("j", run);
    EXPECT_THROW(journal.add_piece(std::span("too short")), std::invalid_argument);
    EXPECT_EQ(count(journal), 4u);
}

// --- what is refused ---

TEST_F(Journals, InUseByAnotherRun) {
    const std::string message = "j is in use by another run; wait until that ends, or choose another --out";
    {
        auto journal = Journal::begin("j", run);
        EXPECT_EQ(message_of([] { Journal::begin("j", run); }), message);
        EXPECT_EQ(message_of([] { Journal::go_on("j", run); }), message);
        const auto moved = std::move(journal);
        EXPECT_EQ(message_of([] { Journal::go_on("j", run); }), message);
    }
    Journal::go_on("j", run);
}

TEST_F(Journals, AnotherRun) {
    write(true);
    const auto bytes = get("j");
    const auto refused = [](const std::string& other) {
        return message_of([&] { Journal::go_on("j", other); });
    };
    const std::string start = "j belongs to a different run: ",
                      end = "; resume with the same options, or start over with --force";
    EXPECT_EQ(refused("calculation: sum\ninputs: a.txt b.txt\n"),
              start + "calculation is lorenz:100 there, and sum here" + end);
    EXPECT_EQ(refused("calculation: lorenz:100\ninputs: a.txt\n"),
              start + "inputs is a.txt b.txt there, and a.txt here" + end);
    EXPECT_EQ(refused("calculation: lorenz:100\n"),
              start + "inputs is a.txt b.txt there, and missing here" + end);
    EXPECT_EQ(refused(run + "skip: 1\n"), start + "skip is 1 here, and missing there" + end);
    EXPECT_EQ(get("j"), bytes);
}

TEST_F(Journals, WhatIsNoJournal) {
    put("text", "precious\n");
    put("newer", "pacer-fileio-journal 9\n\nxxxx");
    fs::create_directory("folder");
    ASSERT_EQ(mkfifo("pipe", 0600), 0);
    EXPECT_EQ(message_of([] { Journal::go_on("none", run); }),
              "there is no none to resume from; start without --resume");
    const auto go_on = [](const std::string& path, const std::string& text) {
        return Journal::go_on(path, text);
    };
    for (const auto& open :
         std::vector<std::function<Journal(const std::string&, const std::string&)>>{Journal::begin, go_on}) {
        EXPECT_EQ(message_of([&] { open("text", run); }),
                  "text is not a journal of fileio; remove it, or choose another --out");
        EXPECT_EQ(
            message_of([&] { open("newer", run); }),
            "newer was written by another version of Pacer; resume with that version, or remove the file");
        EXPECT_TRUE(message_of([&] { open("folder", run); }).starts_with("cannot write folder: "));
        EXPECT_EQ(message_of([&] { open("pipe", run); }), "cannot write pipe: it is not a regular file");
    }
    EXPECT_EQ(
        message_of([] { Journal::begin("missing/j", run); }),
        "cannot write missing/j: No such file or directory; create its folder first or choose another one");
    EXPECT_EQ(get("text"), "precious\n");
}

TEST_F(Journals, AFullDiskLosesNothingThatWasAppended) {
    write(false);
    auto journal = Journal::go_on("j", run);
    journal.add_file(first_file);
    journal.add_file(second_file);
    const auto bytes = get("j");
    for (rlim_t more = 0; more < 200; more += 13) {
        const examples::LimitOnFileSizes limit(bytes.size() + more);
        EXPECT_EQ(message_of([&] { journal.add_piece(piece(1, 1, 30)); }),
                  "cannot write j: File too large; raise the limit on file sizes (ulimit -f)");
        EXPECT_EQ(get("j"), bytes);
        EXPECT_EQ(count(journal), 4u);
    }
    journal.add_piece(piece(1, 1, 30));
    EXPECT_EQ(journal.read(journal.pieces()[4]), piece(1, 1, 30));
    EXPECT_EQ(all_bytes(journal, 4).size() + piece(1, 1, 30).size(), all_bytes(journal, 5).size());
}

}  // namespace
}  // namespace pacer::fileio
