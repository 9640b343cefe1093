// The final files: in the order of the input, the same bytes for any division of the work, every line
// accounted for once, whole or not there at all.
#include "apps/fileio/delivery/results.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <numeric>
#include <random>

#include "apps/fileio/calculation/statistics.hpp"
#include "io/files/part_file.hpp"
#include "io/hdf5/hdf5.hpp"
#include "io/hdf5/stream.hpp"
#include "tests/apps/fileio/journal_examples.hpp"

// Stands before the C library's: every look at the clock is a second later, so that a time in a file shows.
extern "C" int gettimeofday(timeval* result, void*) noexcept {
    static time_t now = 1700000000;
    *result = {++now, 0};
    return 0;
}

namespace pacer::fileio {
namespace {

namespace fs = std::filesystem;

using examples::Fate;
using examples::fate;
using examples::get;
using examples::message_of;
using examples::put;

const std::string run = "calculation: test\n";
constexpr std::array<std::int64_t, 3> lines_of_files = {30, 0, 5};

Calculation calculation(bool summarises = false) {
    Calculation made;
    made.name = made.identity = "test";
    made.results = summarises ? 0 : 2;
    made.summarises = summarises;
    return made;
}

void add_files(Journal& journal) {
    journal.add_file({"a.txt", 300, 1, Compression::none});
    journal.add_file({"empty.txt", 0, 2, Compression::none});
    journal.add_file({"b, \"quoted\".txt", 50, 3, Compression::none});
}

// The pieces of all files, cut at random after 1 to `longest` lines, in random order.
std::vector<Bytes> pieces(unsigned seed, std::int64_t longest) {
    std::mt19937 random(seed);
    std::uniform_int_distribution<std::int64_t> length(1, longest);
    std::vector<Bytes> all;
    for (std::size_t file = 0; file < lines_of_files.size(); ++file) {
        for (std::int64_t line = 0; line < lines_of_files[file];) {
            const auto end = std::min(line + length(random), lines_of_files[file]);
            all.push_back(examples::piece(static_cast<std::int64_t>(file), line, end));
            line = end;
        }
    }
    std::shuffle(all.begin(), all.end(), random);
    return all;
}

Account write(const std::string& path, const std::vector<Bytes>& all, std::int64_t lines = 35,
              bool force = false) {
    auto journal = Journal::begin(path + ".journal", run);
    add_files(journal);
    for (const auto& one : all) journal.add_piece(one);
    const auto account = write_results(journal, calculation(), {path, force}, lines);
    journal.remove();
    return account;
}

std::string expected_csv() {
    std::string text = "file,line,result_1,result_2\n";
    for (const int file : {0, 2}) {
        for (std::int64_t line = 0; line < lines_of_files[static_cast<std::size_t>(file)]; ++line) {
            if (fate(line) != Fate::done) continue;
            text += fmt::format("{},{},{},{}\n", file == 0 ? "a.txt" : "\"b, \"\"quoted\"\".txt\"", line + 1,
                                static_cast<double>(line) / 3, file);
        }
    }
    return text;
}

const std::string expected_rejected =
    "a.txt:4:5: no number at all\n"
    "a.txt:11: no number at all\n"
    "a.txt:18:5: no number at all\n"
    "a.txt:25: no number at all\n"
    "b, \"quoted\".txt:4:5: no number at all\n";

class Results : public examples::InOwnFolder {};

// --- right ones ---

TEST_F(Results, Csv) {
    const auto account = write("r.csv", pieces(1, 7));
    EXPECT_EQ(account.violation, "");
    EXPECT_EQ(account.lines, 35);
    EXPECT_EQ(account.done + account.rejected + account.skipped, 35);
    EXPECT_EQ(account.rejected, 5);
    EXPECT_EQ(account.skipped, 6);
    EXPECT_EQ(get("r.csv"), expected_csv());
    EXPECT_EQ(get("r.csv.rejected"), expected_rejected);
    EXPECT_EQ(files(), (std::set<std::string>{"r.csv", "r.csv.rejected", "r.csv.run"}));
    EXPECT_TRUE(get("r.csv.run").starts_with("format: pacer-results\nformat_version: 1\n"));
}

TEST_F(Results, Hdf5) {
    const auto account = write("r.h5", pieces(1, 7));
    EXPECT_EQ(account.violation, "");
    const auto image = get("r.h5");
    const auto file = hdf5::File::open(image);
    const auto root = file.root();
    const Facts attributes = root.attributes();
    ASSERT_EQ(attributes.size(), 9u);
    EXPECT_EQ(attributes[0], (Facts::value_type{"format", "pacer-results"}));
    EXPECT_EQ(attributes[1], (Facts::value_type{"format_version", std::int64_t{1}}));
    EXPECT_TRUE(std::get<std::string>(attributes[2].second).starts_with("Pacer "));
    EXPECT_EQ(attributes[3], (Facts::value_type{"calculation", "test"}));
    EXPECT_EQ(attributes[4], (Facts::value_type{"records", std::int64_t{24}}));
    EXPECT_EQ(attributes[5], (Facts::value_type{"rejected", std::int64_t{5}}));
    EXPECT_EQ(attributes[6], (Facts::value_type{"skipped", std::int64_t{6}}));
    EXPECT_EQ(root.children(), (std::vector<std::string>{"file", "files", "line", "results"}));
    EXPECT_EQ(root.read_strings("files"),
              (std::vector<std::string>{"a.txt", "empty.txt", "b, \"quoted\".txt"}));
    std::vector<double> results;
    std::vector<std::int32_t> file_index, line_number;
    for (const int index : {0, 2}) {
        for (std::int64_t line = 0; line < lines_of_files[static_cast<std::size_t>(index)]; ++line) {
            if (fate(line) != Fate::done) continue;
            results.insert(results.end(), {static_cast<double>(line) / 3, static_cast<double>(index)});
            file_index.push_back(index);
            line_number.push_back(static_cast<std::int32_t>(line + 1));
        }
    }
    const auto matrix = root.read_matrix("results");
    EXPECT_EQ(matrix.rows, 24u);
    EXPECT_EQ(matrix.columns, 2u);
    EXPECT_EQ(matrix.values, results);
    EXPECT_EQ(root.read_integers("file"), file_index);
    EXPECT_EQ(root.read_integers("line"), line_number);
    EXPECT_LT(fs::file_size("r.h5"), 8192u);
    EXPECT_EQ(get("r.h5.rejected"), expected_rejected);
    EXPECT_EQ(files(), (std::set<std::string>{"r.h5", "r.h5.rejected"}));
}

TEST_F(Results, AreTheSameBytesForAnyDivisionAndOrder) {
    for (const std::string extension : {".h5", ".csv"}) {
        write("first" + extension, pieces(1, 1));
        const auto first = get("first" + extension);
        for (unsigned seed = 2; seed < 12; ++seed) {
            EXPECT_EQ(write("next" + extension, pieces(seed, 3 * seed), 35, true).violation, "");
            ASSERT_EQ(get("next" + extension), first);
            ASSERT_EQ(get("next" + extension + ".rejected"), expected_rejected);
        }
    }
}

// More than the buffers hold, and datasets that HDF5 aligns.
TEST_F(Results, OfManyRecords) {
    constexpr std::int64_t lines = 300000;
    for (const std::string path : {"r.h5", "r.csv"}) {
        auto journal = Journal::begin("j", run);
        journal.add_file({"a.txt", -1, 0, Compression::none});
        for (std::int64_t line = lines; line > 0; line -= 30000)
            journal.add_piece(examples::piece(0, line - 30000, line));
        EXPECT_EQ(write_results(journal, calculation(), {path}, lines).violation, "");
    }
    const auto image = get("r.h5");
    const auto file = hdf5::File::open(image);
    const auto matrix = file.root().read_matrix("results");
    const auto numbers = file.root().read_integers("line");
    ASSERT_EQ(matrix.rows, numbers.size());
    std::size_t row = 0;
    std::string csv = "file,line,result_1,result_2\n";
    for (std::int64_t line = 0; line < lines; ++line) {
        if (fate(line) != Fate::done) continue;
        ASSERT_EQ(numbers.at(row), line + 1);
        ASSERT_EQ(matrix.values.at(2 * row++), static_cast<double>(line) / 3);
        csv += fmt::format("a.txt,{},{},0\n", line + 1, static_cast<double>(line) / 3);
    }
    EXPECT_EQ(row, numbers.size());
    EXPECT_TRUE(get("r.csv") == csv);
}

// What others have begun becomes the file, of the same bytes as one written from front to back.
TEST_F(Results, AroundNumbersThatAreThere) {
    std::vector<double> numbers(10007);
    std::iota(numbers.begin(), numbers.end(), 0.5);
    const std::string_view bytes(reinterpret_cast<const char*>(numbers.data()),
                                 numbers.size() * sizeof(double));
    const auto begin = [&](std::size_t count) {
        std::ofstream begun("begun");
        begun.seekp(Hdf5Stream::first_values);
        begun << bytes.substr(0, count * sizeof(double));
    };
    const auto datasets = [](std::size_t count) {
        return std::vector<Hdf5Stream::Dataset>{{"/results", Hdf5Stream::Kind::float64, {count}},
                                                {"/other", Hdf5Stream::Kind::float64, {count}}};
    };
    // For some of these lengths the structure goes on right behind the numbers.
    for (std::size_t length = 0; length < 2048; length += 128) {
        const Facts facts = {{"a", std::string(length, 'b')}};
        {
            PartFile file("whole.h5");
            Hdf5Stream stream(file, facts, datasets(numbers.size()));
            for (const std::size_t set : {0U, 1U}) stream.write(set, bytes);
            stream.finish();
            file.commit(true);
        }
        begin(numbers.size());
        {
            PartFile file("around.h5", "begun");
            Hdf5Stream stream(file, facts, datasets(numbers.size()), Hdf5Stream::FirstIsThere());
            stream.write(1, bytes);
            stream.finish();
            file.commit(true);
        }
        EXPECT_TRUE(get("around.h5") == get("whole.h5")) << length;
        EXPECT_FALSE(fs::exists("begun"));
    }
    // So few lie elsewhere, and nothing is lost.
    constexpr std::size_t few = 1000;
    begin(few);
    const auto before = get("begun");
    {
        PartFile file("around.h5", "begun");
        EXPECT_THROW(Hdf5Stream(file, {}, datasets(few), Hdf5Stream::FirstIsThere()), Hdf5Stream::Elsewhere);
    }
    EXPECT_TRUE(get("begun").starts_with(before));
}

TEST_F(Results, OfNoRecords) {
    for (const std::string path : {"r.h5", "r.csv", "s.h5", "s.csv"}) {
        auto journal = Journal::begin("j", run);
        if (path[0] == 's') add_files(journal);
        EXPECT_EQ(write_results(journal, calculation(), {path}, 0).violation, "");
    }
    const auto image_of_none = get("r.h5"), image_of_some = get("s.h5");
    const auto none = hdf5::File::open(image_of_none), some = hdf5::File::open(image_of_some);
    EXPECT_EQ(none.root().children(), (std::vector<std::string>{"file", "files", "line", "results"}));
    EXPECT_EQ(none.root().read_strings("files").size(), 0u);
    EXPECT_EQ(some.root().read_strings("files").size(), 3u);
    EXPECT_EQ(some.root().read_matrix("results").rows, 0u);
    EXPECT_EQ(some.root().read_matrix("results").columns, 2u);
    EXPECT_EQ(some.root().read_integers("line").size(), 0u);
    EXPECT_EQ(get("s.csv"), "file,line,result_1,result_2\n");
    EXPECT_EQ(files(),
              (std::set<std::string>{"j", "r.csv", "r.csv.run", "r.h5", "s.csv", "s.csv.run", "s.h5"}));
}

// A piece of a summarising calculation: of each line, its number and 1 over it.
Bytes summary(std::int64_t first, std::int64_t end) {
    PieceBuilder builder(0);
    Statistics statistics;
    for (auto line = first; line < end; ++line) {
        const std::array fields = {static_cast<double>(line + 1), 1.0 / static_cast<double>(line + 1)};
        statistics.add(fields);
        builder.add_done(line - first);
    }
    Bytes bytes;
    statistics.append_to(bytes);
    PieceHeader header;
    header.place = {0, first * 10, (end - first) * 10, first, first, end - first, 0};
    return builder.finish(header, bytes);
}

TEST_F(Results, StatisticsOfAllPieces) {
    for (const std::int64_t step : {1, 3, 9}) {
        for (const std::string extension : {".h5", ".csv"}) {
            auto journal = Journal::begin("j", run);
            journal.add_file({"a.txt", 90, 0, Compression::none});
            for (std::int64_t first = 9 - step; first >= 0; first -= step)
                journal.add_piece(summary(first, first + step));
            const auto path = fmt::format("{}{}", step, extension);
            EXPECT_EQ(write_results(journal, calculation(true), {path}, 9).violation, "");
            EXPECT_EQ(get(path), get("1" + extension));
        }
    }
    EXPECT_TRUE(get("1.csv").starts_with("column,count,mean,variance,min,max\n1,9,5,7.5,1,9\n2,9,0.314329"))
        << get("1.csv");
    const auto image = get("1.h5");
    const auto file = hdf5::File::open(image);
    const auto group = file.root().open("statistics");
    EXPECT_EQ(group.children(), (std::vector<std::string>{"count", "max", "mean", "min", "variance"}));
    EXPECT_EQ(group.read_integers("count"), (std::vector<std::int32_t>{9, 9}));
    EXPECT_EQ(files(), (std::set<std::string>{"j", "1.csv", "1.csv.run", "1.h5", "3.csv", "3.csv.run", "3.h5",
                                              "9.csv", "9.csv.run", "9.h5"}));
}

TEST_F(Results, StatisticsOfNothing) {
    auto journal = Journal::begin("j", run);
    EXPECT_EQ(write_results(journal, calculation(true), {"r.csv"}, 0).violation, "");
    EXPECT_EQ(write_results(journal, calculation(true), {"r.h5"}, 0).violation, "");
    EXPECT_EQ(get("r.csv"), "column,count,mean,variance,min,max\n");
    const auto image = get("r.h5");
    const auto file = hdf5::File::open(image);
    EXPECT_EQ(file.root().open("statistics").children().size(), 5u);
}

// Another HDF5 program agrees, and there is nothing in the file that depends on when or where it was made.
TEST_F(Results, ForOtherPrograms) {
    write("r.h5", pieces(1, 7));
    if (std::system("h5dump --version >version 2>&1") != 0) GTEST_SKIP() << "h5dump is not installed";
    ASSERT_EQ(std::system("h5dump -p r.h5 >text 2>&1"), 0) << get("text");
    const auto text = get("text");
    EXPECT_NE(text.find("H5T_IEEE_F64LE"), text.npos) << text;
    EXPECT_NE(text.find("CONTIGUOUS"), text.npos);
    EXPECT_NE(text.find("CSET H5T_CSET_UTF8"), text.npos);
    EXPECT_EQ(text.find("VARIABLE"), text.npos);
    EXPECT_NE(text.find("9.33333"), text.npos);
}

// --- the law of conservation ---

// --- results that are there already ---

TEST_F(Results, AreFoundByARunWithTheSameOptionsAndInput) {
    for (const std::string path : {"r.h5", "r.csv"}) {
        const auto input = [&](std::int64_t bytes, std::int64_t modified) {
            return std::vector<InputFile>{{"a.txt", bytes, modified, Compression::none}};
        };
        const auto target = [&](const std::string& options) { return ResultsTarget{path, false, options}; };
        EXPECT_FALSE(find_finished(target("steps: 1\n"), input(300, 1)));
        const auto write_one = [&](const ResultsTarget& to) {
            auto journal = Journal::begin("j", run);
            journal.add_file(input(300, 1)[0]);
            journal.add_piece(examples::piece(0, 0, 30));
            fs::remove(to.rejected_path());
            write_results(journal, calculation(), to, 30);
        };
        write_one(target("steps: 1\n"));
        const auto found = find_finished(target("steps: 1\n"), input(300, 1));
        ASSERT_TRUE(found);
        EXPECT_EQ(found->done, 21);
        EXPECT_EQ(found->rejected, 4);
        EXPECT_EQ(
            message_of([&] { find_finished(target("steps: 2\n"), input(300, 1)); }),
            path +
                " exists, and is of a different run: steps is 1 there, and 2 here; choose another name, or "
                "replace it with --force");
        EXPECT_TRUE(message_of([&] {
                        find_finished(target("steps: 1\n"), input(301, 1));
                    }).starts_with(path + " exists, and is of other input: 1 file, 300 bytes, "));
        EXPECT_EQ(
            message_of([&] { find_finished(target("steps: 1\n"), input(300, std::int64_t{1} << 62)); }),
            path +
                " exists, and a.txt was modified after it was written; choose another name, or replace it "
                "with --force");
        // Touched, or changed; and by another, which does not know the content.
        const auto content = [](const std::string& hash) { return [hash] { return hash; }; };
        const auto later = input(300, std::int64_t{1} << 62);
        fs::remove(path);
        auto known = target("steps: 1\n");
        known.content = "0123";
        write_one(known);
        EXPECT_TRUE(find_finished(known, later, content("0123")));
        const auto refused = message_of([&] { find_finished(known, later, content("4567")); });
        EXPECT_NE(refused.find("a.txt was modified after it was written"), refused.npos) << refused;
        EXPECT_TRUE(find_finished(known, input(300, 1), [] { return ADD_FAILURE(), std::string(); }));
        fs::remove(path);
        write_one(target("steps: 1\n"));
        EXPECT_NE(message_of([&] { find_finished(known, later, content("")); }), "no UsageError");
        put(path, "somebody else's");
        EXPECT_FALSE(find_finished(target("steps: 1\n"), input(300, 1)));
    }
}

class Violations : public Results {
  protected:
    // The account's violation of these pieces, instead of which nothing is written.
    std::string violation(const std::vector<Bytes>& all, std::int64_t lines = 35) {
        std::string first;
        for (const std::string path : {"r.h5", "r.csv"}) {
            const auto account = write(path, all, lines);
            EXPECT_EQ(files(), std::set<std::string>{});
            if (first.empty()) first = account.violation;
            EXPECT_EQ(account.violation, first);
        }
        return first;
    }
    // Lines 10..19 of the first file differ, the rest is right.
    static std::vector<Bytes> around(std::vector<Bytes> middle) {
        middle.push_back(examples::piece(0, 20, 30));
        middle.push_back(examples::piece(0, 0, 10));
        middle.push_back(examples::piece(2, 0, 5));
        return middle;
    }
};

TEST_F(Violations, NoneIfThePiecesFollowEachOther) {
    EXPECT_EQ(write("r.csv", around({examples::piece(0, 10, 20)})).violation, "");
}

TEST_F(Violations, LostPieces) {
    EXPECT_EQ(violation(around({}), 25), "a.txt: lines 11 to 20 are lost");
    EXPECT_EQ(violation(around({examples::piece(0, 11, 20)})), "a.txt: line 11 is lost");
    EXPECT_EQ(violation(around({examples::piece(0, 10, 19)})), "a.txt: line 20 is lost");
    EXPECT_EQ(violation({examples::piece(0, 0, 30), examples::piece(2, 1, 5)}),
              "b, \"quoted\".txt: line 1 is lost");
    EXPECT_EQ(violation({examples::piece(0, 0, 30), examples::piece(2, 0, 3)}),
              "b, \"quoted\".txt: line 4 and all that follow are lost");
    EXPECT_EQ(violation({examples::piece(0, 0, 29), examples::piece(2, 0, 5)}),
              "a.txt: line 30 and all that follow are lost");
    EXPECT_EQ(violation({examples::piece(2, 0, 5)}), "a.txt: line 1 and all that follow are lost");
    EXPECT_EQ(violation({}), "a.txt: line 1 and all that follow are lost");
    EXPECT_EQ(violation({examples::piece(0, 0, 30), examples::piece(2, 0, 5)}, 36),
              "36 lines were read, but 35 are accounted for");
    EXPECT_EQ(violation({examples::piece(0, 0, 30), examples::piece(2, 0, 5)}, 34),
              "34 lines were read, but 35 are accounted for");
}

TEST_F(Violations, DoubledPieces) {
    EXPECT_EQ(violation(around({examples::piece(0, 10, 20), examples::piece(0, 10, 20)})),
              "a.txt: lines 11 to 20 are there twice");
    EXPECT_EQ(violation(around({examples::piece(0, 10, 20), examples::piece(0, 12, 13)}), 36),
              "a.txt: line 13 is there twice");
    EXPECT_EQ(violation(around({examples::piece(0, 10, 21)})), "a.txt: line 21 is there twice");
    EXPECT_EQ(violation(around({examples::piece(0, 9, 20)})), "a.txt: line 10 is there twice");
    EXPECT_EQ(violation(around({examples::piece(0, 10, 20), examples::piece(2, 0, 5)})),
              "b, \"quoted\".txt: lines 1 to 5 are there twice");
}

TEST_F(Violations, PiecesThatMeetInLinesButNotInBytes) {
    auto shifted = examples::piece(0, 10, 20);
    PieceHeader header;
    std::memcpy(&header, shifted.data(), sizeof header);
    header.place.offset += 1;
    std::memcpy(shifted.data(), &header, sizeof header);
    EXPECT_EQ(violation(around({shifted})),
              "a.txt: line 11 starts at byte 101, though all before it is 100 bytes");
}

TEST_F(Violations, LinesWithinAPiece) {
    const auto broken = [](auto break_it) {
        PieceBuilder builder(2);
        const auto done = [&](std::int64_t line) {
            std::fill_n(builder.room_for_results().begin(), 2, 0.0);
            builder.add_done(line);
        };
        for (std::int64_t line = 0; line < 9; ++line) done(line);
        break_it(builder, done);
        PieceHeader header;
        header.place = {0, 100, 100, 10, 10, 10, 0};
        return builder.finish(header);
    };
    EXPECT_EQ(violation(around({broken([](auto&, auto) {})})), "a.txt: line 20 is lost");
    EXPECT_EQ(violation(around({broken([](auto& builder, auto done) {
                  done(9);
                  builder.add_rejected(4, 0, "twice");
              })})),
              "a.txt: line 15 is there twice");
    EXPECT_EQ(write("r.csv", around({broken([](auto&, auto done) { done(9); })})).violation, "");
}

TEST_F(Violations, PiecesOfFilesThatNobodyOpened) {
    EXPECT_EQ(violation({examples::piece(3, 0, 5)}, 5), "file 3, which was never opened, has results");
}

// --- where they are written ---

TEST_F(Results, NamesThatAreRefused) {
    put("there.h5", "precious");
    put("list.csv.rejected", "precious");
    fs::create_directory("folder.csv");
    EXPECT_EQ(message_of([] { check_target({"r.txt"}); }),
              "cannot write r.txt: the name must end in .h5 or .csv");
    EXPECT_EQ(message_of([] { check_target({"there.h5"}); }),
              "there.h5 exists; choose another name, or replace it with --force");
    EXPECT_EQ(message_of([] { check_target({"list.csv"}); }),
              "list.csv.rejected exists; choose another name, or replace it with --force");
    EXPECT_EQ(message_of([] {
                  check_target({"folder.csv", true});
              }),
              "cannot write folder.csv: it is a folder; name a file in it");
    EXPECT_EQ(message_of([] { check_target({"missing/r.h5"}); }),
              "cannot write missing/r.h5: No such file or directory; create its folder first or choose "
              "another one");
    check_target({"there.h5", true});
    check_target({"list.csv", true});
    put("list.csv.journal", "");  // of an unfinished run, which wrote the list
    check_target({"list.csv"});
    EXPECT_EQ(get("there.h5"), "precious");
}

TEST_F(Results, AFileThatAppearedDuringTheRunIsKept) {
    put("r.h5", "precious");
    EXPECT_EQ(message_of([] { write("r.h5", pieces(1, 7)); }),
              "r.h5 is there, and not by the run that is to write it: move it away");
    EXPECT_EQ(get("r.h5"), "precious");
    EXPECT_EQ(files(), (std::set<std::string>{"r.h5", "r.h5.journal"}));
}

TEST_F(Results, APartFileTakesNoNameThatIsTaken) {
    PartFile part("a");
    part.append("new");
    put("a", "precious");
    EXPECT_EQ(message_of([&] { part.commit(false); }),
              "a exists; choose another name, or replace it with --force");
    EXPECT_EQ(get("a"), "precious");
    part.commit(true);
    EXPECT_EQ(get("a"), "new");
    EXPECT_EQ(files(), std::set<std::string>{"a"});
}

TEST_F(Results, ForceReplacesWhatAnEarlierRunLeft) {
    put("r.csv", "old");
    put("r.csv.rejected", "old");
    write("r.csv", pieces(1, 7), 35, true);
    EXPECT_EQ(get("r.csv"), expected_csv());
    EXPECT_EQ(get("r.csv.rejected"), expected_rejected);
    auto journal = Journal::begin("j", run);
    write_results(journal, calculation(), {"r.csv", true}, 0);
    EXPECT_EQ(files(), (std::set<std::string>{"j", "r.csv", "r.csv.run"}));
}

TEST_F(Results, ALinkIsFollowed) {
    put("target.csv", "old");
    fs::create_symlink("target.csv", "link.csv");
    write("link.csv", pieces(1, 7), 35, true);
    EXPECT_TRUE(fs::is_symlink("link.csv"));
    EXPECT_EQ(get("target.csv"), expected_csv());
}

// HDF5 itself would not survive any limit, not even in memory, that is met between the values and the end.
TEST_F(Results, ALimitOnFileSizesIsMetBeforeHdf5) {
    const std::vector<double> numbers(10007);
    const std::vector<Hdf5Stream::Dataset> datasets({{"/a", Hdf5Stream::Kind::float64, {numbers.size()}},
                                                     {"/b", Hdf5Stream::Kind::float64, {numbers.size()}},
                                                     {"/c", Hdf5Stream::Kind::float64, {numbers.size()}},
                                                     {"/d", Hdf5Stream::Kind::float64, {numbers.size()}}});
    const auto make = [&] {
        PartFile file("limited.h5");
        const Hdf5Stream stream(file, {}, datasets);
        file.commit(true);
    };
    make();
    const auto bytes = fs::file_size("limited.h5");
    for (rlim_t limit = bytes / 2; limit < bytes; limit += 4096) {
        const examples::LimitOnFileSizes limited(limit);
        EXPECT_TRUE(message_of(make).ends_with("raise the limit on file sizes (ulimit -f)")) << limit;
    }
}

TEST_F(Results, AFullDiskIsOneSentenceAndLeavesNothing) {
    for (const std::string path : {"r.h5", "r.csv"}) {
        auto journal = Journal::begin("j", run);
        add_files(journal);
        for (const auto& one : pieces(1, 7)) journal.add_piece(one);
        for (const rlim_t bytes : {0, 1, 100, 300}) {
            const examples::LimitOnFileSizes limit(bytes);
            const auto message = message_of([&] { write_results(journal, calculation(), {path}, 35); });
            EXPECT_TRUE(message.ends_with(": File too large; raise the limit on file sizes (ulimit -f)"))
                << message;
            EXPECT_EQ(files(), std::set<std::string>{"j"});
        }
        EXPECT_EQ(write_results(journal, calculation(), {path}, 35).violation, "");
        fs::remove(path);
        fs::remove(path + ".rejected");
    }
}

TEST_F(Results, ADamagedJournalIsRefused) {
    auto journal = Journal::begin("j", run);
    add_files(journal);
    for (const auto& one : pieces(1, 7)) journal.add_piece(one);
    auto bytes = get("j");
    bytes[static_cast<std::size_t>(journal.pieces()[2].position) + 200] ^= 1;
    std::fstream("j", std::ios::in | std::ios::out | std::ios::binary) << bytes;
    for (const std::string path : {"r.h5", "r.csv"}) {
        const auto message = message_of([&] { write_results(journal, calculation(), {path}, 35); });
        EXPECT_TRUE(message.starts_with("j is damaged at byte ")) << message;
        EXPECT_EQ(files(), std::set<std::string>{"j"});
    }
}

}  // namespace
}  // namespace pacer::fileio
