// The farm and fileio's variants, on real ranks.
#include "apps/fileio/fileio.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "apps/fileio/flow/flow.hpp"
#include "apps/fileio/flow/gather.hpp"
#include "common/parallel/farm.hpp"
#include "tests/support/mpi_world.hpp"

namespace {

using namespace pacer;
using namespace pacer::fileio;
using pacer::fileio::Watch;  // the launch has another one

Bytes bytes_of(std::int64_t number) {
    Bytes bytes;
    append(bytes, &number, 1);
    return bytes;
}

std::int64_t number_of(std::span<const char> bytes) {
    std::int64_t number = 0;
    std::memcpy(&number, bytes.data(), sizeof number);
    return number;
}

// Each number n comes back as n results n, n + 1, ...: 2 n - 1 at most.
void serve_numbers() {
    serve(world(), [](std::span<const char> message, const std::function<void(Bytes)>& result) {
        const auto number = number_of(message);
        for (std::int64_t i = 0; i < number % 4; ++i) result(bytes_of(number * 10 + i));
    });
}

TEST(Farm, HandsOutEverythingOnceAndTakesAllResults) {
    if (world().size == 1) GTEST_SKIP() << "a farm needs a worker";
    for (const std::int64_t messages : {0, 1, 2, 3, 100}) {
        if (!world().root()) {
            serve_numbers();
            continue;
        }
        std::int64_t made = 0;
        std::vector<std::vector<std::int64_t>> results(static_cast<std::size_t>(messages));
        Master master;
        master.next = [&](Bytes& message) {
            if (made == messages) return false;
            message = bytes_of(made++);
            return true;
        };
        master.take = [&](std::span<const char> result) {
            const auto number = number_of(result);
            results.at(static_cast<std::size_t>(number / 10)).push_back(number % 10);
        };
        EXPECT_FALSE(hand_out(world(), master));
        for (std::int64_t i = 0; i < messages; ++i) {
            std::vector<std::int64_t> expected;
            for (std::int64_t k = 0; k < i % 4; ++k) expected.push_back(k);
            EXPECT_EQ(results[static_cast<std::size_t>(i)], expected) << i;
        }
    }
}

TEST(Farm, WantsAWorker) {
    if (world().size > 1) return;
    Master master;
    master.next = [](Bytes&) { return true; };
    EXPECT_THROW(hand_out(world(), master), std::invalid_argument);
}

TEST(Farm, LargeMessagesAndResultsArriveWhole) {
    if (world().size == 1) GTEST_SKIP() << "a farm needs a worker";
    constexpr std::size_t size = 3'000'001;
    if (!world().root()) {
        return serve(world(), [](std::span<const char> message, const std::function<void(Bytes)>& result) {
            for (int copy = 0; copy < 3; ++copy) result(Bytes(message.begin(), message.end()));
        });
    }
    char made = 0;
    int taken = 0;
    Master master;
    master.next = [&](Bytes& message) {
        if (made == 9) return false;
        message.assign(size, made++);
        return true;
    };
    master.take = [&](std::span<const char> result) {
        ++taken;
        ASSERT_EQ(result.size(), size);
        EXPECT_EQ(std::count(result.begin(), result.end(), result[0]), static_cast<std::ptrdiff_t>(size));
    };
    hand_out(world(), master);
    EXPECT_EQ(taken, 27);
}

// Small ones overtake large ones on their way, of other workers only.
TEST(Farm, ResultsOfAMessageArriveInOrder) {
    if (world().size == 1) GTEST_SKIP() << "a farm needs a worker";
    constexpr std::int64_t messages = 40, results = 6;
    const auto size_of = [](std::int64_t number) { return std::size_t{8} + (number % 2 == 0 ? 300'000 : 0); };
    if (!world().root()) {
        return serve(world(), [&](std::span<const char> message, const std::function<void(Bytes)>& result) {
            for (std::int64_t i = 0; i < results; ++i) {
                auto bytes = bytes_of(number_of(message) * results + i);
                bytes.resize(size_of(i));
                result(std::move(bytes));
            }
        });
    }
    std::int64_t made = 0;
    std::vector<std::int64_t> next(messages, 0);
    Master master;
    master.next = [&](Bytes& message) {
        message = bytes_of(made);
        return made++ < messages;
    };
    master.take = [&](std::span<const char> result) {
        const auto number = number_of(result), message = number / results, i = number % results;
        EXPECT_EQ(next.at(static_cast<std::size_t>(message))++, i) << "message " << message;
        EXPECT_EQ(result.size(), size_of(i));
    };
    hand_out(world(), master);
    EXPECT_EQ(std::count(next.begin(), next.end(), results), messages);
}

TEST(Farm, ThrowsWhatTheMasterThrewWhenTheWorkersAreDone) {
    if (world().size == 1) GTEST_SKIP() << "a farm needs a worker";
    for (const bool while_taking : {false, true}) {
        if (!world().root()) {
            serve_numbers();
            continue;
        }
        std::int64_t made = 0;
        Master master;
        master.next = [&](Bytes& message) {
            if (!while_taking && made == 5) throw UsageError("the disk is gone");
            message = bytes_of(++made);
            return made < 1000;
        };
        master.take = [&](std::span<const char>) {
            if (while_taking) throw UsageError("the disk is full");
        };
        EXPECT_THROW(hand_out(world(), master), UsageError);
        EXPECT_LT(made, 1000);
    }
}

// The pieces of a rank, whose lines are counted from `before` on: small ones and large ones.
std::vector<Bytes> pieces_of_rank(int rank, std::int64_t pieces, std::int64_t before) {
    std::vector<Bytes> made;
    for (std::int64_t number = 0; number < pieces; ++number) {
        PieceBuilder builder(1);
        PieceHeader header;
        header.place.lines = number % 5 == 0 ? 20'000 : 1;
        header.place.first_index = before;
        for (std::int64_t line = 0; line < header.place.lines; ++line) {
            builder.room_for_results()[0] = static_cast<double>(rank * 1'000'000 + number * 100 + line);
            builder.add_done(line);
        }
        before += header.place.lines;
        made.push_back(builder.finish(header));
    }
    return made;
}

// Some ranks make more than they may keep, others none, while rank 0 makes none, few or as many.
TEST(Gathering, BringsAllPiecesToRank0InAnyNumberOfRounds) {
    const auto ranks = static_cast<std::size_t>(world().size);
    const std::vector<std::int64_t> none(ranks, 0);
    const auto lines_of = [](const std::vector<Bytes>& pieces) {
        std::int64_t lines = 0;
        for (const auto& piece : pieces) lines += Piece(piece).place().lines;
        return lines;
    };
    for (const std::int64_t of_root : {0, 2, 150}) {
        const auto pieces_of = [&](int rank) { return rank == 0 ? of_root : rank % 3 == 2 ? 0 : 150; };
        Gathering gathering(world(), ranks,
                            [](int rank, const BlockPlace&) { return static_cast<std::size_t>(rank); });
        const auto mine = pieces_of_rank(world().rank, pieces_of(world().rank), 0);
        for (const auto& piece : mine) gathering.add(piece);
        gathering.wait();
        if (of_root == 0) MPI_Barrier(world().comm);  // otherwise some are a round ahead
        auto lines = none;
        lines[static_cast<std::size_t>(world().rank)] = lines_of(mine);
        const auto answer = gathering.end(lines, none);
        EXPECT_EQ(answer.own.items, lines_of(mine));
        if (!world().root()) continue;
        Tally all;
        for (int rank = 0; rank < world().size; ++rank) {
            const auto pieces = pieces_of_rank(rank, pieces_of(rank), all.lines_read);
            for (const auto& piece : pieces) all.add(Piece(piece));
            all.lines_read += lines_of(pieces);
        }
        EXPECT_TRUE(answer.all.balances()) << answer.all.violation;
        EXPECT_EQ(answer.all.lines_read, all.lines_read);
        EXPECT_TRUE(answer.all.checksum == all.checksum);
    }
}

// A folder of input, made by rank 0 and removed by it. Collective.
class Folder {
  public:
    Folder() {
        path_ = text_of_rank(
            world(), 0,
            (std::filesystem::temp_directory_path() / ("fileio_test-" + std::to_string(getpid()))).string());
        if (world().root()) std::filesystem::create_directories(path_);
    }
    ~Folder() {
        MPI_Barrier(world().comm);
        if (world().root()) std::filesystem::remove_all(path_);
    }
    std::string write(const std::string& name, const std::string& text) const {
        const auto file = path_ + "/" + name;
        if (world().root()) std::ofstream(file, std::ios::binary) << text;
        MPI_Barrier(world().comm);
        return file;
    }

  private:
    std::string path_;
};

std::string rows(std::int64_t count) {
    std::string text;
    for (std::int64_t row = 0; row < count; ++row) append_row(text, row, 7);
    return text;
}

constexpr auto oddities =
    "x y z\n# comment\n\n 1 2 3\r\n4,5,6\n\t7 8   9 # why\nbad line\n1.0D+00 2 3\n1 2\n\n\n  10 11 12";

int threads_of(Uses uses) {
    return uses_threads(uses) ? 2 : 1;
}

// Runs a variant and has it judged as the app does: what was wrong, empty on the ranks that do not know.
struct Run {
    bool judged = false;  // on this rank
    Check check;
    Answer answer;
    std::int64_t items = 0;  // of all ranks together
};

Run run(const Problem& problem, const Variant<Problem, Answer>& variant) {
    Run run;
    Team team = uses_ranks(variant.uses) ? world() : team_of_one(1);
    team.threads = threads_of(variant.uses);
    if (!uses_ranks(variant.uses) && !world().root()) return run;
    run.answer = variant.run(problem, team);
    MPI_Reduce(&run.answer.own.items, &run.items, 1, MPI_INT64_T, MPI_SUM, 0, team.comm);
    run.check = judge(problem, run.answer, team).check;
    run.judged = world().root();
    return run;
}

// Runs every variant and compares it with the plain serial loop.
void expect_all_right(const Settings& settings, const std::string& what) {
    Watch watch(world(), "fileio_test", 2, 0);
    const auto problem = make_problem(world(), settings, watch);
    for (const auto& variant : group.variants) {
        Record record;
        describe(*problem, variant, record);
        if (!record.not_run.empty()) continue;
        const auto [judged, result, answer, items] = run(*problem, variant);
        if (!judged) continue;
        EXPECT_TRUE(result.passed()) << variant.name << ", " << what << ": " << to_string(result.got)
                                     << " not " << to_string(result.want) << " " << answer.all.violation;
        EXPECT_TRUE(answer.all.balances()) << variant.name << ", " << what;
        EXPECT_EQ(items, problem->expected.records()) << variant.name << ", " << what;
    }
}

TEST(Variants, AgreeWithTheSerialLoopForAnyBlockSize) {
    const Folder folder;
    Settings settings;
    settings.inputs = {folder.write("a.txt", "x y z\n" + rows(101)), folder.write("empty.txt", ""),
                       folder.write("b.txt", oddities), folder.write("c.txt", "x y z\n" + rows(1)),
                       folder.write("d.txt", "\n\n#\n")};
    settings.on_error = OnError::skip;
    settings.skip_header = 1;
    for (const auto* calculation : {"sum", "lorenz:5", "stats"}) {
        for (const std::int64_t block : {0, 1, 7, 67, 68, 1000, 100000}) {
            settings.calculation = calculation;
            settings.block_bytes = block;
            expect_all_right(settings, std::string(calculation) + " in blocks of " + std::to_string(block));
        }
    }
}

// Files of fewer bytes than segments would have, and of more; and one that can only be read from its start.
TEST(Variants, ManyFilesOfAllKinds) {
    const Folder folder;
    Settings settings;
    settings.on_error = OnError::skip;
    for (int file = 0; file < 40; ++file) {
        std::string text = rows(file % 7);
        if (file % 3 == 0) text = "1 2 3\r\n4 5 6\r\n\r\n7 8 9";
        if (file % 10 == 0) text += "\n" + std::string(3000, ' ') + "1 2 3\n# " + std::string(5000, 'c');
        settings.inputs.push_back(folder.write(std::to_string(file) + ".txt", text));
    }
    const auto packed = folder.write("packed.txt", oddities + ("\n" + rows(100)));
    int status = 0;
    if (world().root()) status = std::system(("gzip " + packed).c_str());
    ASSERT_EQ(status, 0);
    MPI_Barrier(world().comm);
    settings.calculation = "sum";
    expect_all_right(settings, "many files");
    settings.inputs.insert(settings.inputs.begin() + 20, packed + ".gz");
    expect_all_right(settings, "many files, one compressed");
    settings.inputs = {packed + ".gz"};
    expect_all_right(settings, "one compressed file");
}

// A head that is longer than many segments; behind it no line is taken for one that names the columns.
TEST(Variants, BadWordsBehindALongHead) {
    const Folder folder;
    std::string text = "x y z\n";
    for (int line = 0; line < 100; ++line) text += "# comment " + std::to_string(line) + "\n";
    for (int line = 0; line < 100; ++line) text += line % 3 == 0 ? "word 1 2\n" : "1 2 3\n";
    Settings settings;
    settings.inputs = {folder.write("a.txt", text), folder.write("b.txt", rows(20) + text + "1 2\n")};
    settings.on_error = OnError::skip;
    settings.calculation = "sum";
    for (const std::int64_t header : {0, 1, 60, 150}) {
        settings.skip_header = header;
        expect_all_right(settings, "a header of " + std::to_string(header));
    }
}

TEST(Variants, CountsWhatIsDoneRejectedAndSkipped) {
    const Folder folder;
    Settings settings;
    settings.inputs = {folder.write("a.txt", oddities)};
    settings.on_error = OnError::skip;
    settings.skip_header = 1;
    settings.calculation = "lorenz:1";
    Watch watch(world(), "fileio_test", 2, 0);
    const auto problem = make_problem(world(), settings, watch);
    if (!world().root()) return;
    EXPECT_EQ(problem->expected.lines_read, 12);
    EXPECT_EQ(problem->expected.done, 5);
    EXPECT_EQ(problem->expected.rejected, 2);  // words; too few fields
    EXPECT_EQ(problem->expected.skipped, 5);
}

// What of the input may be read: (done, rejected) on rank 0. Collective.
std::pair<std::int64_t, std::int64_t> expect_all_right_in_any_blocks(Settings settings,
                                                                     const std::string& what) {
    settings.on_error = OnError::skip;
    for (const std::int64_t block : {0, 20}) {
        settings.block_bytes = block;
        expect_all_right(settings, what + " in blocks of " + std::to_string(block));
    }
    Watch watch(world(), "fileio_test", 2, 0);
    const auto problem = make_problem(world(), settings, watch);
    return {problem->expected.done, problem->expected.rejected};
}

using Counts = std::pair<std::int64_t, std::int64_t>;

// However far from the file's first record, whoever has read that.
TEST(Variants, RaggedRecordsAreRejectedByEachFilesFirst) {
    const Folder folder;
    const auto ragged = [&](std::int64_t before) {
        return "# none\nno record\n" + rows(before) + "1 2\n" + rows(2) + "1 2 3 4\n" + rows(20);
    };
    Settings settings;
    settings.inputs = {folder.write("a.txt", ragged(1)), folder.write("b.txt", "7\n8\n9 10\n11"),
                       folder.write("c.txt", ragged(100))};
    settings.calculation = "sum";
    EXPECT_EQ(expect_all_right_in_any_blocks(settings, "ragged"), (Counts{23 + 3 + 122, 3 + 1 + 3}));
    settings.format.ragged = true;
    EXPECT_EQ(expect_all_right_in_any_blocks(settings, "ragged, and allowed"), (Counts{25 + 4 + 124, 2}));
    settings.format.ragged = false;
    settings.on_error = OnError::stop;
    settings.inputs.erase(settings.inputs.begin());
    Watch watch(world(), "fileio_test", 2, 0);
    try {
        make_problem(world(), settings, watch);
        FAIL() << "accepted";
    } catch (const UsageError& error) {
        EXPECT_NE(std::string(error.what()).find("b.txt:3:1: 2 fields, but line 1 has 1; see --ragged"),
                  std::string::npos)
            << error.what();
    }
}

TEST(Variants, RecordsOfSeveralLines) {
    const Folder folder;
    std::string text = "n\n";
    for (int record = 0; record < 50; ++record) text += "1 2 3\n4 5 6\n" + std::to_string(record) + " 8\n";
    Settings settings;
    settings.inputs = {folder.write("a.txt", text), folder.write("b.txt", text + "\n")};
    settings.calculation = "stats";
    settings.skip_header = 1;
    settings.format.lines_per_record = 3;
    EXPECT_EQ(expect_all_right_in_any_blocks(settings, "three lines"), (Counts{100, 0}));
    // A word that is no number leaves the record a record, be it the first one; so do comments before that.
    settings.inputs = {folder.write("c.txt", text + "1 2 3\n4 x 6\n7 8\n1 2 3\n4 5 6\n7 1e999"),
                       folder.write("d.txt", "n\n# x\n\n1 2 3\n4 5 6\n7 x\n" + text.substr(2) + "\n\n")};
    EXPECT_EQ(expect_all_right_in_any_blocks(settings, "three lines, some bad"), (Counts{100, 3}));
}

// Nobody knows which lines belong together, once one is missing or too many.
TEST(Variants, RecordsOfSeveralLinesThatAreOutOfStepEndTheRun) {
    const Folder folder;
    const auto refusal = [&](const std::string& text, bool ragged = false) -> std::string {
        Settings settings;
        settings.inputs = {folder.write("a.txt", text)};
        settings.calculation = "sum";
        settings.on_error = OnError::skip;
        settings.format.lines_per_record = 2;
        settings.format.ragged = ragged;
        Watch watch(world(), "fileio_test", 2, 0);
        try {
            make_problem(world(), settings, watch);
        } catch (const UsageError& error) {
            return error.what();
        }
        return "";
    };
    const auto expect_says = [&](const std::string& text, const std::string& part, bool ragged = false) {
        const auto said = refusal(text, ragged);
        if (world().root()) {
            EXPECT_NE(said.find("a.txt:" + part), std::string::npos) << text << ": " << said;
            EXPECT_NE(said.find("; it is no longer known where records begin"), std::string::npos) << said;
            EXPECT_EQ(said.find("--on-error"), std::string::npos) << said;
        }
    };
    expect_says("1 2 3\n4\n5 6 7\n8 9 10\n11\n12 13 14\n15\n",
                "3:1: the record's lines have 3, 3 fields, unlike");
    expect_says("1 2 3\n4\n5\n6 7 8\n",
                "3:1: the record's lines have 1, 3 fields, unlike those of the record at line 1");
    expect_says("1 2 3\n4\n5 x\n6 7\n", "3:1: the record's lines have 2, 2 fields");
    expect_says("x y z\n4\n5\n6 7 8\n", "3:1: the record's lines have 1, 3 fields");
    expect_says("1 2 3\n4\n5,,6\n7\n", "3:3: field 2 is empty; see --missing");
    expect_says("1\n2\n\n3\n4\n5\n", "3:1: a blank line or comment within a record of 2 lines");
    expect_says("1\n2\n3\n# x\n4\n5\n", "4:1: a blank line or comment within a record of 2 lines", true);
    expect_says("1\n2\n3\n", "3:1: the file ends after 1 of the record's 2 lines", true);
    for (const std::string text : {"# c\n1 2\n3 4\n5 6\n7 8\n", "\n\n\n1\n2\n\n\n3\nx\n4\n5\n\n", "#\n"})
        EXPECT_EQ(refusal(text), "");
    EXPECT_EQ(refusal("1\n2 3\n4 5 6\nx\n", true), "");
}

TEST(Variants, ChosenColumns) {
    const Folder folder;
    Settings settings;
    settings.inputs = {folder.write("a.txt", "9007199254740993,1,2,3\n9007199254740993,4,5,6\n")};
    settings.calculation = "lorenz:5";
    settings.format.columns = Columns("--columns", "2,3,4");
    EXPECT_EQ(expect_all_right_in_any_blocks(settings, "columns"), (Counts{2, 0}));
    settings.format.columns = Columns("--columns", "2-3,5");
    EXPECT_EQ(expect_all_right_in_any_blocks(settings, "columns that are not there"), (Counts{0, 2}));
}

TEST(Variants, NamesIdentifiersAndMissingValues) {
    const Folder folder;
    Settings settings;
    settings.inputs = {
        folder.write("a.csv",
                     "# made by\nname,x,\"y, z\",flag\na,1,2,u\n\"b, c\",NA,3,v\n\nd,4,,w\ne,x,5,w\n"),
        folder.write("b.csv", ""), folder.write("c.csv", "# by\nname,x,\"y, z\",flag\nf,6,7,u")};
    settings.skip_header = 1;
    auto& format = settings.format;
    format.header = true;
    format.id = Columns("--id", "name");
    format.columns = Columns("--columns", "\"y, z\",x");
    format.missing = MissingWords("NA,empty");
    for (const std::string calculation : {"sum", "stats"}) {
        settings.calculation = calculation;
        EXPECT_EQ(expect_all_right_in_any_blocks(settings, calculation), (Counts{4, 1}));
    }
    settings.calculation = "lorenz:1";
    format.columns = Columns("--columns", "2,3,2");
    EXPECT_EQ(expect_all_right_in_any_blocks(settings, "a value is missing"), (Counts{2, 3}));
}

TEST(Variants, FixedWidthsAndTrailingSeparators) {
    const Folder folder;
    Settings settings;
    settings.calculation = "sum";
    settings.format.widths_written = "2,3";
    settings.format.widths = parse_widths("2,3");
    settings.inputs = {folder.write("a.txt", " 1  2\n-1-20\n 3\n123456\n\n 7  8")};
    EXPECT_EQ(expect_all_right_in_any_blocks(settings, "widths"), (Counts{3, 2}));
    settings.format = {};
    settings.format.trailing_separator = true;
    settings.format.comment = "%";
    settings.format.fields = 2;
    settings.inputs = {folder.write("b.txt", "% x\n1\n1,2,\n3,4, % y\n5,,\n1,2,3\n")};
    EXPECT_EQ(expect_all_right_in_any_blocks(settings, "trailing separators"), (Counts{2, 3}));
}

// A comment or a header would hide all that follows.
TEST(Variants, AFileWhoseLinesEndInCrIsNoEmptyOne) {
    const Folder folder;
    Settings settings;
    settings.calculation = "sum";
    for (const std::int64_t header : {0, 1}) {
        settings.skip_header = header;
        for (const std::string text : {"1 2\r3 4\r", "# x\r1 2\r3 4\r", "x\r1 2\r3 4", "x y\r1 2\n3 4\n"}) {
            settings.inputs = {folder.write("a.txt", text)};
            const auto rest = text.ends_with('\n') ? 1 : 0;
            EXPECT_EQ(expect_all_right_in_any_blocks(settings, text), (Counts{rest, 1}));
        }
    }
}

TEST(Variants, UnevenWorkIsTheSameWhoeverDoesIt) {
    Settings settings;
    settings.elements = 103;
    settings.calculation = "lorenz:20";
    for (const auto workload : {Workload::linear, Workload::heavy}) {
        settings.workload = workload;
        expect_all_right(settings, workload == Workload::linear ? "linear" : "heavy");
    }
}

TEST(Variants, NoInputAtAll) {
    Settings settings;
    settings.elements = 0;
    settings.calculation = "sum";
    expect_all_right(settings, "no rows");
}

TEST(Variants, FewerRecordsThanRanks) {
    Settings settings;
    settings.elements = 2;
    settings.calculation = "sum";
    expect_all_right(settings, "two rows");
}

TEST(Variants, SmallMemoryMakesManyRounds) {
    Settings settings;
    settings.elements = 1000;
    settings.calculation = "sum";
    settings.memory_bytes = 10000;
    expect_all_right(settings, "10 kB");
}

TEST(Problem, BadRecordsEndItUnlessTheyAreToBeSkipped) {
    const Folder folder;
    Settings settings;
    settings.inputs = {folder.write("a.txt", oddities)};
    settings.calculation = "sum";
    Watch watch(world(), "fileio_test", 2, 0);
    try {
        make_problem(world(), settings, watch);
        FAIL() << "accepted";
    } catch (const UsageError& error) {
        EXPECT_NE(std::string(error.what()).find("a.txt:1:1: 'x' is not a number"), std::string::npos)
            << error.what();
    }
}

// What tells launches apart that are not the same test.
TEST(Problem, HowLinesAreReadIsAParameter) {
    const Folder folder;
    Settings settings;
    settings.inputs = {folder.write("a.txt", "x\n1,5\t2\n3\t4\n")};
    settings.calculation = "sum";
    settings.skip_header = 1;
    Watch watch(world(), "fileio_test", 2, 0);
    const auto names = [&] {
        std::string text;
        for (const auto& [name, value] : parameters(*make_problem(world(), settings, watch)))
            text += name + (name == "columns" ? "=" + std::get<std::string>(value) : "") + " ";
        return text;
    };
    settings.format.separator = Separator::tab;
    settings.format.decimal_comma = settings.format.ragged = true;
    settings.format.lines_per_record = 2;
    settings.format.columns = Columns("--columns", "4,1");
    const std::string always = "records bytes calculation workload skip_header ";
    EXPECT_EQ(names(), always + "separator decimal_comma columns=4,1 ragged lines_per_record ");
    settings.format = {};
    settings.inputs = {folder.write("b.txt", "x\n1 2\n3 4\n")};
    EXPECT_EQ(names(), always);
}

TEST(Problem, RefusesUnevenWorkOfACalculationWithoutCost) {
    Settings settings;
    settings.calculation = "sum";
    settings.workload = Workload::linear;
    Watch watch(world(), "fileio_test", 2, 0);
    EXPECT_THROW(make_problem(world(), settings, watch), UsageError);
}

// Batches are judged when all of their executions are done.
TEST(Judge, CountsTheEffortOfEveryExecutionOfABatch) {
    if (!world().root()) return;
    Settings settings;
    settings.elements = 20;
    settings.calculation = "sum";
    const auto team = team_of_one(1);
    Watch watch(team, "fileio_test", 2, 0);
    const auto problem = make_problem(team, settings, watch);
    std::vector<Answer> answers;
    for (int execution = 0; execution < 3; ++execution) answers.push_back(serial(*problem, team));
    answers.push_back(answers.front());  // of no execution
    for (std::size_t i = 0; i < answers.size(); ++i)
        EXPECT_EQ(judge(*problem, answers[i], team).check.passed(), i < 3) << i;
}

TEST(Judge, NoticesWhatIsLostDoubledOrChanged) {
    if (!world().root()) return;
    Settings settings;
    settings.elements = 3;
    settings.calculation = "sum";
    const auto team = team_of_one(1);
    Watch watch(team, "fileio_test", 2, 0);
    const auto problem = make_problem(team, settings, watch);
    const auto passes = [&](const std::function<void(Answer&)>& change) {
        auto answer = serial(*problem, team);
        change(answer);
        return judge(*problem, answer, team).check.passed();
    };
    EXPECT_TRUE(passes([](Answer&) {}));
    EXPECT_FALSE(passes([](Answer& wrong) { wrong.all.lines_read = 2; }));
    EXPECT_FALSE(passes([](Answer& wrong) { wrong.all.done = 4; }));
    EXPECT_FALSE(passes([](Answer& wrong) { ++wrong.all.checksum; }));
    EXPECT_FALSE(passes([](Answer& wrong) { wrong.all.violation = "line 1 is lost"; }));
    EXPECT_FALSE(passes([](Answer& wrong) { wrong.all.statistics.add(std::array<double, 1>{1}); }));
}

TEST(Weights, AreOneOnAverage) {
    constexpr std::int64_t n = 100000;
    for (const auto workload : {Workload::even, Workload::linear, Workload::heavy}) {
        const Weights weights{workload, n, 3};
        double sum = 0, heaviest = 0;
        for (std::int64_t i = 0; i < n; ++i) {
            sum += weights.of(i);
            heaviest = std::max(heaviest, weights.of(i));
            ASSERT_GT(weights.of(i), 0);
        }
        EXPECT_NEAR(sum / n, 1, 0.02);
        if (workload == Workload::heavy) {
            EXPECT_GT(heaviest, 15);
        }
    }
}

TEST(Divide, KeepsRecordsOfSeveralLinesTogether) {
    std::string text = "h\nh\n";
    for (int line = 0; line < 20; ++line)
        text += std::string(static_cast<std::size_t>(line * 7 % 11), 'x') + "\n";
    Handout block;
    block.text = text;
    block.place.bytes = std::ssize(text);
    block.place.lines = 22;
    block.place.header_lines = 2;
    for (std::int64_t each = 1; each < 8; ++each) {
        for (std::int64_t parts = 1; parts < 40; ++parts) {
            std::int64_t lines = 0, bytes = 0;
            for (const auto& part : divide(block, parts, each)) {
                EXPECT_EQ(part.place.lines, count_lines(part.text));
                lines += part.place.lines;
                bytes += part.place.bytes;
                EXPECT_TRUE(lines <= 2 || (lines - 2) % each == 0 || lines == 22) << each << " " << parts;
            }
            EXPECT_EQ(bytes, std::ssize(text));
        }
    }
}

TEST(Divide, KeepsEveryLineAndNumbersThem) {
    const std::string text = "h1\nh2\n3\n\n5555555555555555\n6\n7";
    Handout block;
    block.text = text;
    block.place.bytes = std::ssize(text);
    block.place.offset = 1000;
    block.place.first_line = 50;
    block.place.first_index = 80;
    block.place.lines = 7;
    block.place.header_lines = 2;
    for (std::int64_t parts = 1; parts < 40; ++parts) {
        std::string whole;
        std::int64_t lines = 0, header = 0;
        for (const auto& part : divide(block, parts)) {
            EXPECT_EQ(part.place.offset, 1000 + std::ssize(whole));
            EXPECT_EQ(part.place.first_line, 50 + lines);
            EXPECT_EQ(part.place.first_index, 80 + lines);
            EXPECT_EQ(part.place.bytes, std::ssize(part.text));
            EXPECT_EQ(part.place.lines, count_lines(part.text));
            EXPECT_GT(part.place.lines, 0);
            whole.append(part.text.begin(), part.text.end());
            lines += part.place.lines;
            header += part.place.header_lines;
        }
        EXPECT_EQ(whole, text) << parts;
        EXPECT_EQ(lines, 7);
        EXPECT_EQ(header, 2);
    }
}

}  // namespace
