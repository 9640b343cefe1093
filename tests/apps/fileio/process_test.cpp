#include "apps/fileio/flow/process.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "apps/fileio/input.hpp"
#include "io/records/records.hpp"

namespace pacer::fileio {
namespace {

// Rows of three numbers, and among them some runs of what is unlike them.
std::string text_of(std::uint64_t seed, const char* line_end) {
    constexpr std::string_view others[] = {"",
                                           "# comment",
                                           "1 2",
                                           "1 2 3 4",
                                           "4,5,6",
                                           "12,5,7",
                                           "1,2 3",
                                           "1\t2\t3",
                                           "1\t2 3",
                                           "1;2;3",
                                           "word 2 3",
                                           "1 2 3 # why",
                                           "1 2 3 ",
                                           "\t1 2 3",
                                           "12345678901234567891 2 3",
                                           "1 2 -9999",
                                           "9.96921e+36 2 3",
                                           "1e400 2 3",
                                           "nan 2 3",
                                           "\xef\xbb\xbf"
                                           "1 2 3",
                                           "1 2\r3",
                                           "1.0D+00 2*3"};
    std::mt19937_64 random(seed);
    std::string text;
    for (int run = 0; run < 20; ++run) {
        for (auto rows = random() % 500; rows > 0; --rows)
            append_row(text, static_cast<std::int64_t>(random() % 1000), seed);
        const auto other = others[random() % std::size(others)];
        for (auto lines = random() % 4; lines > 0; --lines) text.append(other).append(line_end);
    }
    return text;
}

std::int64_t looks_until_stop = 0;

// All pieces that come of it, as bytes, but for the time they took.
std::string pieces_of(const std::string& text, const Calculation& calculation, const RecordFormat& format,
                      OnError on_error, const FirstRecord& first, std::int64_t header_lines) {
    Job job;
    job.calculation = &calculation;
    job.on_error = on_error;
    job.format = format;
    job.stop = [] { return looks_until_stop-- == 0; };
    Processor processor(job, 0);
    BlockPlace place;
    place.bytes = std::ssize(text);
    place.lines = count_lines(text);
    place.header_lines = header_lines;
    place.first_record = first;
    // It is stopped while rows are taken together, and nothing of that is left for what is next.
    looks_until_stop = 3;
    processor.process({place, "a.txt", text}, [](const Bytes&) {});
    looks_until_stop = -1;
    std::string pieces;
    for (int time = 0; time < 2; ++time) {
        processor.process({place, "a.txt", text}, [&](Bytes piece) {
            reinterpret_cast<PieceHeader*>(piece.data())->seconds = 0;
            pieces.append(piece.begin(), piece.end());
        });
    }
    return pieces;
}

void expect_same_pieces(const std::string& text, const std::string& what) {
    const auto together = make_calculation("sum");
    ASSERT_TRUE(together.calculate_rows);
    auto one_by_one = together;
    one_by_one.calculate_rows = {};
    RecordFormat ragged, columns, decimal_comma, missing, two_lines, by_blanks;
    ragged.ragged = true;
    columns.columns = Columns("--columns", "1,3");
    decimal_comma.decimal_comma = true;
    missing.missing = MissingWords("-9999");
    two_lines.lines_per_record = 2;
    by_blanks.separator = Separator::blank;
    const RecordFormat formats[] = {{}, ragged, columns, decimal_comma, missing, two_lines, by_blanks};
    for (std::size_t i = 0; i < std::size(formats); ++i) {
        for (const auto& first : {FirstRecord{}, {0, 3, 0, 0}, {0, 3, 0, 1}, {0, 4, 0, 0}}) {
            for (const auto on_error : {OnError::skip, OnError::stop}) {
                const auto pieces = [&](const Calculation& calculation) {
                    return pieces_of(text, calculation, formats[i], on_error, first, i == 0 ? 1 : 0);
                };
                ASSERT_TRUE(pieces(together) == pieces(one_by_one))
                    << what << ", format " << i << ", " << first.fields << " fields";
            }
        }
    }
}

TEST(Process, RowsTogetherAsOneByOne) {
    for (std::uint64_t seed = 0; seed < 10; ++seed)
        expect_same_pieces(text_of(seed, seed % 2 == 0 ? "\n" : "\r\n"), "seed " + std::to_string(seed));
    std::string rows, commas;
    for (int row = 0; row < 2000; ++row) {
        append_row(rows, row, 7);
        commas += row == 600 ? "12,345,678\n" : "4.5,6,7\n";
        if (row % 331 < 20) expect_same_pieces(rows, std::to_string(row + 1) + " rows");
    }
    expect_same_pieces(commas, "commas");
}

}  // namespace
}  // namespace pacer::fileio
