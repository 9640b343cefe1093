#include "apps/fileio/flow/piece.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "apps/fileio/flow/tally.hpp"

namespace {

using namespace pacer;
using namespace pacer::fileio;

BlockPlace place_of(std::int64_t first_line, std::int64_t lines) {
    BlockPlace place;
    place.first_line = first_line;
    place.first_index = first_line;
    place.lines = lines;
    return place;
}

// Lines 0 and 3 done, 1 skipped, 2 rejected; two results each.
Bytes example(std::int64_t lines = 4, std::string_view statistics = "st") {
    PieceBuilder builder(2);
    for (const double value : {1.5, -0.25}) {
        auto room = builder.room_for_results();
        room[0] = value;
        room[1] = 10 * value;
        builder.add_done(value > 0 ? 0 : 3);
    }
    builder.add_skipped(1);
    builder.room_for_results()[0] = 99;  // of a record that is rejected then
    builder.add_rejected(2, 5, "'x' is not a number");
    PieceHeader header;
    header.place = place_of(100, lines);
    const auto bytes = builder.bytes();
    auto piece = builder.finish(header, statistics);
    EXPECT_EQ(bytes, piece.size() - statistics.size());
    EXPECT_EQ(builder.bytes(), sizeof(PieceHeader));
    return piece;
}

TEST(Piece, ReadsBackWhatWasBuilt) {
    const auto bytes = example();
    const Piece piece(bytes);
    EXPECT_EQ(std::vector<double>(piece.values().begin(), piece.values().end()),
              (std::vector<double>{1.5, 15, -0.25, -2.5}));
    EXPECT_EQ(std::vector<std::uint32_t>(piece.done().begin(), piece.done().end()),
              (std::vector<std::uint32_t>{0, 3}));
    EXPECT_EQ(piece.skipped().size(), 1u);
    ASSERT_EQ(piece.rejected().size(), 1u);
    EXPECT_EQ(describe("a.txt", piece.place(), piece.rejected()[0]), "a.txt:103:5: 'x' is not a number");
    EXPECT_EQ(std::string(piece.statistics().begin(), piece.statistics().end()), "st");
    EXPECT_EQ(piece.violation(), "");
}

TEST(Piece, CarriesIdentifiers) {
    const auto make = [](std::string_view first, std::string_view second) {
        PieceBuilder builder(0, 2);
        builder.add_done(0, std::array{first, std::string_view("x, y")});
        builder.add_done(1, std::array{second, std::string_view()});
        PieceHeader header;
        header.place = place_of(0, 2);
        return builder.finish(header);
    };
    const auto bytes = make("4611686018427387905", "b");
    const Piece piece(bytes);
    EXPECT_EQ(piece.ids(), (std::vector<std::string_view>{"4611686018427387905", "x, y", "b", ""}));
    EXPECT_EQ(piece.header().longest_id, 19);
    PieceBuilder joined(0, 2);
    joined.add(piece, 5);
    PieceHeader header;
    header.place = place_of(0, 7);
    const auto joined_bytes = joined.bytes();
    const auto again = joined.finish(header);
    EXPECT_EQ(joined_bytes, again.size());
    EXPECT_EQ(Piece(again).ids(), piece.ids());
    Tally one, other;
    const auto right = make("a", "b"), swapped = make("b", "a");
    one.add(Piece(right));
    other.add(Piece(swapped));
    EXPECT_NE(static_cast<std::int64_t>(one.checksum % 1000000007),
              static_cast<std::int64_t>(other.checksum % 1000000007));
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_THROW(Piece(std::span(bytes).first(size)), std::invalid_argument) << size;
}

TEST(Piece, BuilderIsEmptyAfterwards) {
    PieceBuilder builder(1);
    builder.room_for_results()[0] = 1;
    builder.add_done(0);
    builder.add_rejected(1, 1, "bad");
    PieceHeader header;
    header.place = place_of(0, 2);
    builder.finish(header);
    header.place = place_of(2, 0);
    const auto bytes = builder.finish(header);
    EXPECT_EQ(Piece(bytes).header().done + Piece(bytes).header().rejected, 0);
    EXPECT_TRUE(Piece(bytes).values().empty());
}

TEST(Piece, EveryLengthThatDoesNotFitIsRefused) {
    const auto bytes = example();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        EXPECT_THROW(Piece({bytes.data(), size}), std::invalid_argument) << size;
    }
    auto longer = bytes;
    longer.resize(bytes.size() + 4);
    EXPECT_THROW(Piece{longer}, std::invalid_argument);
    for (auto field : {&PieceHeader::done, &PieceHeader::results, &PieceHeader::skipped,
                       &PieceHeader::rejected, &PieceHeader::reasons_bytes, &PieceHeader::statistics_bytes}) {
        for (const std::int64_t wrong : {std::int64_t{-1}, std::int64_t{1} << 31, std::int64_t{1} << 62}) {
            auto copy = bytes;
            reinterpret_cast<PieceHeader*>(copy.data())->*field = wrong;
            EXPECT_THROW(Piece{copy}, std::invalid_argument) << wrong;
        }
    }
}

std::string violation(const std::vector<std::int64_t>& done, const std::vector<std::int64_t>& skipped,
                      const std::vector<std::int64_t>& rejected, std::int64_t lines) {
    PieceBuilder builder(0);
    for (const auto line : done) builder.add_done(line);
    for (const auto line : skipped) builder.add_skipped(line);
    for (const auto line : rejected) builder.add_rejected(line, 1, "");
    PieceHeader header;
    header.place = place_of(10, lines);
    const auto bytes = builder.finish(header);
    return Piece(bytes).violation();
}

TEST(Piece, NamesTheLineThatIsLostOrDoubled) {
    EXPECT_EQ(violation({0, 2}, {1}, {3}, 4), "");
    EXPECT_EQ(violation({}, {}, {}, 0), "");
    EXPECT_EQ(violation({0, 2}, {}, {3}, 4), "line 12 is lost");
    EXPECT_EQ(violation({0, 1, 2}, {}, {}, 4), "line 14 is lost");
    EXPECT_EQ(violation({0, 1, 1, 2}, {}, {}, 3), "line 12 is there twice");
    EXPECT_EQ(violation({0, 1}, {1}, {}, 2), "line 12 is there twice");
    EXPECT_EQ(violation({0, 1}, {}, {0}, 2), "line 11 is there twice");
    EXPECT_EQ(violation({0, 1, 5}, {}, {}, 2), "line 16 is there twice or does not belong there");
    EXPECT_EQ(violation({1, 0}, {}, {}, 2), "line 11 is lost");  // out of order
}

TEST(Tally, AddsUpInAnyOrderAndNoticesEveryChange) {
    const auto piece_of = [](std::int64_t first, double value) {
        PieceBuilder builder(1);
        builder.room_for_results()[0] = value;
        builder.add_done(0);
        PieceHeader header;
        header.place = place_of(first, 1);
        return builder.finish(header);
    };
    const auto tally_of = [](const std::vector<Bytes>& pieces) {
        Tally tally;
        for (const auto& piece : pieces) tally.add(Piece(piece));
        return tally;
    };
    const auto a = piece_of(0, 1), b = piece_of(1, 2), c = piece_of(2, 0);
    const auto whole = tally_of({a, b, c});
    EXPECT_EQ(whole.checksum, tally_of({c, a, b}).checksum);
    EXPECT_EQ(whole.done, 3);
    EXPECT_NE(whole.checksum, tally_of({a, b}).checksum);
    EXPECT_NE(whole.checksum, tally_of({a, b, c, c}).checksum);
    EXPECT_NE(whole.checksum, tally_of({piece_of(1, 1), piece_of(0, 2), c}).checksum);  // displaced
    EXPECT_NE(whole.checksum, tally_of({a, b, piece_of(2, -0.0)}).checksum);            // the last bit
    EXPECT_EQ(whole.violation, "");
    EXPECT_NE(tally_of({a, example(5, "")}).violation, "");
}

TEST(Tally, OfPartsThatMoveBack) {
    constexpr std::int64_t far = 1'000'000'000'000;
    auto first = example(4, ""), second = first, third = first;
    const auto move = [](Bytes& piece, std::int64_t lines) {
        reinterpret_cast<PieceHeader*>(piece.data())->place.first_index += lines;
    };
    move(third, 4);
    TallyOfParts parts(3);
    parts.add(Piece(second), 1);
    parts.add(Piece(first), 0);
    parts.add(Piece(third), 1);
    move(second, far);
    move(third, far);
    Tally there, rest;
    there.add(Piece(first));
    rest.add(Piece(second));
    rest.add(Piece(third));
    there.add(rest);
    EXPECT_EQ(parts.moved_back({0, far, 7}).checksum, there.checksum);
    EXPECT_EQ(parts.moved_back({0, far, 7}).done, 6);
    EXPECT_EQ(there.done, 6);
    EXPECT_NE(parts.moved_back({0, far + 1, 7}).checksum, there.checksum);
    EXPECT_NE(parts.moved_back({1, far, 7}).checksum, there.checksum);
}

}  // namespace
