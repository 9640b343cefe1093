// Segments: their messages, logs and books.
#include "apps/fileio/segments/segment.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "apps/fileio/segments/segment_books.hpp"
#include "apps/fileio/segments/segment_desk.hpp"
#include "apps/fileio/segments/segment_entries.hpp"
#include "apps/fileio/segments/segment_log.hpp"
#include "apps/fileio/segments/survey.hpp"
#include "common/base/status.hpp"
#include "io/records/reader.hpp"
#include "tests/apps/fileio/journal_examples.hpp"

namespace pacer::fileio {
namespace {

namespace fs = std::filesystem;

TEST(Segment, ComesBackFromItsMessage) {
    Segment segment{{"a b.txt", 77, 5, Compression::none},  3, 2, 1, 10, 20, 1,
                    {{{1, 2}, 3, 4, 5, 6}, {{7, 8}, 9, 10}}};
    Bytes message;
    append_segment(message, segment);
    const auto back = read_segment(message);
    EXPECT_EQ(back.file, segment.file);
    EXPECT_EQ(back.number, 3);
    EXPECT_EQ(back.file_number, 2);
    EXPECT_EQ(back.time, 1);
    EXPECT_EQ(back.begin, 10);
    EXPECT_EQ(back.end, 20);
    EXPECT_EQ(back.in_place, 1);
    ASSERT_EQ(back.earlier.size(), 2U);
    EXPECT_EQ(back.earlier[0].suspect_bytes, 6);
    EXPECT_EQ(back.earlier[1].log, (LogName{7, 8}));
}

// A segment of so many lines of two bytes, called 100 and on.
Report report_of(std::int64_t number, std::int64_t file, std::int64_t offset, std::int64_t lines) {
    Report report;
    report.number = number;
    report.all.place.file = file;
    report.all.place.offset = offset;
    report.all.place.first_line = 100;
    report.all.place.bytes = 2 * lines;
    report.all.place.lines = report.all.done = lines;
    report.records = lines;
    return report;
}

TEST(SegmentBooks, KnowLinesOnceAllBeforeAreThere) {
    std::vector<std::pair<std::int64_t, std::int64_t>> settled;  // file and first line
    SegmentBooks books([&](const Report& report) {
        settled.emplace_back(report.all.place.file, report.all.place.first_line);
    });
    books.take(report_of(2, 1, 0, 5), "");
    auto bad = report_of(3, 1, 10, 1);
    bad.outcome = Outcome::bad;
    bad.bad_line = 104;
    books.take(bad, "why");
    books.take(report_of(1, 0, 20, 7), "");
    EXPECT_TRUE(settled.empty());
    EXPECT_EQ(books.stop(), nullptr);
    books.take(report_of(0, 0, 0, 10), "");
    EXPECT_EQ(settled, (std::vector<std::pair<std::int64_t, std::int64_t>>{{0, 0}, {0, 10}, {1, 0}}));
    ASSERT_NE(books.stop(), nullptr);
    EXPECT_EQ(books.stop()->words, "why");
    EXPECT_EQ(books.bad_line(*books.stop()), 5 + 4);
    ASSERT_EQ(books.segments().size(), 3U);
    EXPECT_EQ(books.segments()[1].first_line, 10);
    EXPECT_EQ(books.segments()[2].row, 17);
    EXPECT_EQ(books.all().done, 22);
    EXPECT_EQ(books.violation(), "");
}

TEST(SegmentBooks, NoticeASegmentThatDoesNotBeginWhereTheLastEnds) {
    for (const std::int64_t offset : {18, 22}) {
        SegmentBooks books([](const Report&) {});
        books.take(report_of(0, 0, 0, 10), "");
        books.take(report_of(1, 0, offset, 10), "");
        EXPECT_NE(books.violation().find("line 11 starts at byte"), std::string::npos) << books.violation();
    }
}

TEST(SegmentBooks, CountWhatTwoSessionsDid) {
    SegmentBooks books([](const Report&) {});
    EXPECT_EQ(books.unlike().records, 0);
    for (const std::int64_t number : {2, 1, 0}) {
        auto report = report_of(number, number / 2, number * 20, 10);
        report.twice = 7;
        report.unlike = number < 2 ? 3 : 0;
        report.unlike_offset = number * 20 + 6;
        books.take(report, "");
    }
    EXPECT_EQ(books.twice(), 21);
    EXPECT_EQ(books.unlike().records, 6);
    EXPECT_EQ(books.unlike().file, 0);
    EXPECT_EQ(books.unlike().offset, 6);
}

TEST(SegmentBooks, SeeWhetherResultsAreWhereTheyBelong) {
    for (const std::int64_t row : {5, 6}) {
        SegmentBooks books([](const Report&) {});
        auto first = report_of(0, 0, 0, 5), second = report_of(1, 0, 10, 3);
        second.row = row;
        second.apart = 3;
        books.take(second, "");
        books.take(first, "");
        EXPECT_EQ(books.in_place(), row == 5);
    }
    SegmentBooks none([](const Report&) {});
    none.take(report_of(0, 0, 0, 5), "");
    EXPECT_FALSE(none.in_place());
}

TEST(RowForecast, KnowsARowOnceAllBeforeAreCounted) {
    RowForecast rows;
    for (const bool is_counted : {true, true, false, true, true}) rows.add_segment(is_counted);
    EXPECT_EQ(rows.row_of(0), 0);
    rows.count(1, 20);
    EXPECT_EQ(rows.row_of(2), RowForecast::later);
    rows.count(0, 10);
    EXPECT_EQ(rows.row_of(1), 10);
    EXPECT_EQ(rows.row_of(2), 30);
    EXPECT_EQ(rows.row_of(3), RowForecast::not_soon);  // a compressed file, for one
    rows.settle(2, 5);
    EXPECT_EQ(rows.row_of(3), 35);
    rows.count(3, RowForecast::not_counted);
    EXPECT_EQ(rows.row_of(4), RowForecast::not_soon);
    rows.settle(3, 1);
    rows.settle(0, 10);
    EXPECT_TRUE(rows.holds());
    EXPECT_EQ(rows.row_of(4), 36);
    rows.settle(1, 19);  // one was rejected
    EXPECT_FALSE(rows.holds());
    EXPECT_EQ(rows.row_of(4), RowForecast::not_soon);
}

TEST(RecordLines, AreThoseNeitherBlankNorComments) {
    const std::string_view text = "a b\n# c\n1\n\n \t\r\n  # d\n 2\n%3\n4";
    EXPECT_EQ(count_record_lines(text, 0, "#"), 5);
    EXPECT_EQ(count_record_lines(text, 1, "#"), 4);
    EXPECT_EQ(count_record_lines(text, 3, "#%"), 2);
    EXPECT_EQ(count_record_lines({}, 0, "#"), 0);
}

class SegmentLogTest : public testing::Test {
  protected:
    SegmentLogTest()
        : logs((fs::path(testing::TempDir()) / fmt::format("segment_log_test.{}", ::getpid())).string()) {
        fs::create_directories(logs.folder());
    }
    ~SegmentLogTest() override { fs::remove_all(logs.folder()); }

    static Bytes piece_at(std::int64_t offset, std::int64_t bytes, std::int64_t lines) {
        PieceBuilder builder(1);
        for (std::int64_t line = 0; line < lines; ++line) {
            builder.room_for_results()[0] = 1;
            builder.add_done(line);
        }
        PieceHeader header;
        header.place.offset = offset;
        header.place.bytes = bytes;
        header.place.lines = lines;
        return builder.finish(header);
    }
    static Segment segment(std::int64_t begin, std::int64_t end) {
        return {{"a.txt", 100, 0, Compression::none}, 0, 0, 0, begin, end, {}};
    }
    Survey look(const LogName& name) {
        Survey survey, back;
        survey_log(logs, name, survey, nullptr);
        read_survey(written(survey), back);
        EXPECT_EQ(back.records(), survey.records());
        return back;
    }

    SegmentLogs logs;
};

TEST_F(SegmentLogTest, TellWhatIsDoneAndWhatWasBegunAndNotFinished) {
    const LogName name{2, 17};
    {
        OwnSegmentLog log(logs, name);
        log.add_segment(segment(0, 50));
        log.add_begun(0, 20);
        log.add_piece(piece_at(0, 20, 10));
        log.add_segment(segment(50, 100));
        log.add_begun(50, 20);
        log.add_piece(piece_at(50, 6, 3));
    }
    EXPECT_EQ(logs.names(), std::vector<LogName>{name});
    EXPECT_TRUE(logs.have_results());
    auto survey = look(name);
    EXPECT_EQ(survey.done, 13);
    ASSERT_EQ(survey.traces.size(), 2U);
    EXPECT_EQ(survey.traces[1].begin, 50);
    EXPECT_EQ(survey.traces[0].stretch.suspect_bytes, 0);
    EXPECT_EQ(survey.traces[1].stretch.suspect_offset, 56);
    EXPECT_EQ(survey.traces[1].stretch.suspect_bytes, 14);
    // A later session keeps one piece and drops another.
    const LogName later{3, 0};
    std::vector<PlacedPiece> pieces;
    for (const auto& trace : survey.traces)
        logs.for_each_piece(trace.stretch, [&](const PlacedPiece& piece, auto) { pieces.push_back(piece); });
    ASSERT_EQ(pieces.size(), 2U);
    {
        OwnSegmentLog log(logs, later);
        log.add_segment(segment(0, 50));
        log.add_kept(pieces[0]);
        log.add_dropped(pieces[1]);
        log.add_ended();
    }
    survey = look(later);
    EXPECT_EQ(survey.done, -3);
    std::vector<std::int64_t> kept, dropped;
    logs.for_each_piece(
        survey.traces.at(0).stretch,
        [&](const PlacedPiece& piece, std::span<const char> there) {
            EXPECT_TRUE(there.empty());
            EXPECT_EQ(Piece(logs.read(piece)).header().done, 10);
            kept.push_back(piece.position);
        },
        [&](const PlacedPiece& piece) { dropped.push_back(piece.position); });
    EXPECT_EQ(kept, std::vector<std::int64_t>{pieces[0].position});
    EXPECT_EQ(dropped, std::vector<std::int64_t>{pieces[1].position});
}

// Their numbers come back with what the log has, or are left where they are.
TEST_F(SegmentLogTest, PiecesWhoseNumbersAreApart) {
    PieceBuilder builder(2, 1);
    for (const std::int64_t line : {0, 2}) {
        builder.room_for_results()[0] = 0.5 + static_cast<double>(line);
        builder.room_for_results()[1] = -1;
        const std::string_view id = line == 0 ? "one" : "";
        builder.add_done(line, {&id, 1});
    }
    builder.add_rejected(1, 3, "why");
    PieceHeader header;
    header.place.bytes = 20;
    header.place.lines = 3;
    header.text_hash = 7;
    const std::vector<Bytes> pieces = {builder.finish(header), piece_at(20, 20, 10)};
    const LogName name{1, 1};
    {
        OwnSegmentLog log(logs, name);
        log.add_segment(segment(0, 50));
        log.add_piece_apart(pieces[0], 1000);
        log.add_piece_apart(pieces[1], 5);
    }
    EXPECT_TRUE(logs.have_results());
    EXPECT_LT(fs::file_size(logs.path_of(name)), 1000U);
    const auto survey = look(name);
    EXPECT_EQ(survey.done, 12);
    EXPECT_EQ(survey.rejected, 1);
    std::size_t number = 0;
    logs.for_each_piece(survey.traces.at(0).stretch, [&](const PlacedPiece& placed, auto stored) {
        EXPECT_EQ(placed.row, number == 0 ? 1000 : 5);
        EXPECT_EQ(logs.read(placed), pieces.at(number));
        EXPECT_EQ(logs.whole(placed, stored), pieces[number]);
        const auto rest = logs.read_without_numbers(placed);
        EXPECT_EQ(piece_without_numbers(stored), rest);
        EXPECT_TRUE(Piece(rest).values().empty());
        const Piece whole(pieces[number]), without(rest);
        EXPECT_TRUE(std::equal(whole.done().begin(), whole.done().end(), without.done().begin(),
                               without.done().end()));
        EXPECT_EQ(without.ids(), whole.ids());
        EXPECT_EQ(without.violation(), "");
        ++number;
    });
    EXPECT_EQ(number, 2U);
}

// As after a power cut: what was not flushed is missing, and what was flushed must be there.
TEST_F(SegmentLogTest, NumbersThatAreNotThere) {
    for (const bool flushed : {false, true}) {
        for (const std::string damage : {"cut", "changed", "missing"}) {
            const LogName name{flushed ? 2 : 1, 1};
            {
                OwnSegmentLog log(logs, name);
                log.add_segment(segment(0, 50));
                log.add_piece_apart(piece_at(0, 20, 10), 0);
                log.add_piece_apart(piece_at(20, 20, 10), 10);
                if (flushed) log.add_ended();
            }
            const auto path = logs.path_of_results(name.session);
            const auto end = fs::file_size(path);
            if (damage == "cut") fs::resize_file(path, end - 1);
            if (damage == "missing") fs::remove(path);
            if (damage == "changed") {
                std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
                file.seekp(static_cast<std::streamoff>(end) - 3);
                file.put('x');
            }
            Survey survey;
            if (flushed) {
                EXPECT_EQ(examples::message_of([&] { survey_log(logs, name, survey, nullptr); }),
                          path +
                              " is missing or damaged, and not by an interrupted run: start over with "
                              "--force, without --resume");
            } else {
                survey_log(logs, name, survey, nullptr);
                EXPECT_EQ(survey.done, damage == "missing" ? 0 : 10) << damage;
            }
            fs::remove(path);
            fs::remove(logs.path_of(name));
        }
    }
}

TEST_F(SegmentLogTest, AnEndInGoodOrderBlamesNothing) {
    {
        OwnSegmentLog log(logs, {1, 0});
        log.add_segment(segment(0, 50));
        log.add_begun(0, 20);
        log.add_ended();
    }
    const auto survey = look({1, 0});
    ASSERT_EQ(survey.traces.size(), 1U);
    EXPECT_EQ(survey.traces[0].stretch.suspect_bytes, 0);
}

// Whoever removed the journal of another run may have left its logs.
TEST_F(SegmentLogTest, OfAnotherRunAreRefused) {
    logs.set_run(1);
    {
        OwnSegmentLog log(logs, {1, 0});
        log.add_segment(segment(0, 50));
        log.add_piece(piece_at(0, 20, 10));
    }
    EXPECT_EQ(look({1, 0}).done, 10);
    logs.set_run(2);
    Survey survey;
    EXPECT_THROW(survey_log(logs, {1, 0}, survey, nullptr), UsageError);
}

// Cut anywhere, a log says what is whole before.
TEST_F(SegmentLogTest, CutAnywhere) {
    std::vector<std::int64_t> ends;
    {
        OwnSegmentLog log(logs, {1, 0});
        log.add_segment(segment(0, 50));
        for (std::int64_t i = 0; i < 3; ++i) {
            log.add_piece(piece_at(i * 10, 10, 5));
            ends.push_back(log.end());
        }
    }
    const auto path = logs.path_of({1, 0});
    const auto whole = static_cast<std::int64_t>(fs::file_size(path));
    fs::copy_file(path, path + ".whole");
    for (std::int64_t bytes = whole; bytes >= 0; bytes -= 7) {
        fs::copy_file(path + ".whole", path, fs::copy_options::overwrite_existing);
        fs::resize_file(path, static_cast<std::uintmax_t>(bytes));
        const auto expected = std::count_if(ends.begin(), ends.end(), [&](auto end) { return end <= bytes; });
        EXPECT_EQ(look({1, 0}).done, 5 * expected) << bytes;
    }
}

// A line that is lost between the reports and the writing names its file, and there are no results.
TEST_F(SegmentLogTest, WhatIsLostWhenItIsWrittenIsSaid) {
    const auto folder = fs::path(logs.folder());
    const auto input = (folder / "in.txt").string();
    std::ofstream(input) << "1\n2\n3\n";
    Settings settings;
    settings.inputs = {input};
    settings.calculation = "sum";
    Delivery delivery;
    delivery.target.path = (folder / "r.h5").string();
    delivery.segments = true;
    const auto calculation = make_calculation(settings.calculation);
    SegmentLogs of_run(delivery.target.segments_path());
    SegmentDesk desk(settings, delivery, calculation, of_run);
    auto status = ExitStatus::right;
    ASSERT_TRUE(desk.open(status));
    of_run.set_run(desk.run());
    desk.begin({}, 1, 1, 1);
    Bytes message;
    ASSERT_TRUE(desk.next(message));
    const auto segment = read_segment(message);
    PieceBuilder builder(1);
    for (const std::int64_t line : {0, 0, 2}) {
        builder.room_for_results()[0] = 1;
        builder.add_done(line);
    }
    PieceHeader header;
    header.place.bytes = 6;
    header.place.lines = 3;
    const auto piece = builder.finish(header);
    Report report;
    {
        OwnSegmentLog log(of_run, {1, 1});
        report.where = {{1, 1}, log.end(), log.end()};
        log.add_segment(segment);
        log.add_piece(piece);
        report.where.to = log.end();
    }
    add(report.all, Piece(piece).header());
    desk.take(written(report, ""));
    ASSERT_TRUE(desk.close(status));
    SegmentWriter writer(of_run, desk.lay_out(), "rank 1 on here");
    message.clear();
    ASSERT_TRUE(desk.next_to_write(message));
    desk.take_written(writer.work_on(message));
    DoneSegment beyond;  // the end of its log, as if that had been cut
    beyond.where = report.where;
    beyond.where.to += 8;
    Bytes damaged;
    append(damaged, &beyond, 1);
    const auto failed = read_written(writer.work_on(damaged));
    EXPECT_TRUE(failed.failed);
    EXPECT_TRUE(failed.words.starts_with("rank 1 on here: " + of_run.path_of({1, 1}) + " is damaged"))
        << failed.words;
    testing::internal::CaptureStderr();
    status = desk.finish({});
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              fmt::format("fileio: {}: line 1 is there twice; no results are written, and {} is kept for "
                          "finding the error\n",
                          input, of_run.folder()));
    EXPECT_EQ(status, ExitStatus::wrong);
    EXPECT_FALSE(fs::exists(delivery.target.path));
}

}  // namespace
}  // namespace pacer::fileio
