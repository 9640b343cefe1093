// Variants of storage that leave out their work are found out.
#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

#include "apps/storage/data.hpp"
#include "apps/storage/entries.hpp"
#include "apps/storage/folder.hpp"
#include "tests/support/cheats.hpp"

namespace pacer::storage {
namespace {

constexpr Threads threads{1, 1, false};

Answer nothing(const Problem&, const Team&) {
    return {};
}

template <Layout layout>
std::int64_t own_items(const Problem& problem, const Team& team) {
    return problem.files > 0 ? entries_of(problem, layout, team.rank).numbers.size()
                             : piece_of(problem, layout, team.rank).bytes.size();
}

template <Layout layout>
Answer claimed(const Problem& problem, const Team& team) {
    return {{own_items<layout>(problem, team), {}}, {}};
}

// Those that write or read.

template <Layout layout>
Answer half_written(const Problem& problem, const Team& team) {
    auto piece = piece_of(problem, layout, team.rank);
    DataFile file(piece.path, O_WRONLY | O_CREAT);
    const auto all = piece.bytes.size();
    piece.bytes.end = piece.bytes.begin + all / 2 / sector_bytes * sector_bytes;
    write_piece(problem, piece, salt_of(problem, layout), file);
    file.sync();
    return {{all, {}}, {}};
}

// What the repeat before wrote.
template <Layout layout>
Answer old_data(const Problem& problem, const Team& team) {
    const auto piece = piece_of(problem, layout, team.rank);
    DataFile file(piece.path, O_WRONLY | O_CREAT);
    write_piece(problem, piece, 1, file);
    file.sync();
    return {{piece.bytes.size(), {}}, {}};
}

// A file of the right size, with a hole in it.
template <Layout layout>
Answer hole(const Problem& problem, const Team& team) {
    const auto piece = piece_of(problem, layout, team.rank);
    DataFile file(piece.path, O_WRONLY | O_CREAT);
    const auto last = piece.offset + piece.bytes.size();
    if (piece.bytes.size() > 0) file.write("x", last - 1);
    file.sync();
    return {{piece.bytes.size(), {}}, {}};
}

template <Layout layout>
Answer half_read(const Problem& problem, const Team&) {
    auto piece = piece_of(problem, layout, problem.partner.rank);
    DataFile file(piece.path, O_RDONLY);
    const auto all = piece.bytes.size();
    piece.bytes.end = piece.bytes.begin + all / 2 / sector_bytes * sector_bytes;
    auto part = read_piece(problem, piece, file);
    part.items = all;
    return {part, {}};
}

// What it has written itself, which its node may have in memory. Where that is right it is made wrong.
template <Layout layout>
Answer own_read(const Problem& problem, const Team& team) {
    const auto piece = piece_of(problem, layout, team.rank);
    DataFile file(piece.path, O_RDONLY);
    auto part = read_piece(problem, piece, file);
    if (layout == Layout::alone || problem.ranks == 1) part.partial = {};
    part.items = piece_of(problem, layout, problem.partner.rank).bytes.size();
    return {part, {}};
}

// Those that make, find or remove files.

template <Layout layout>
Entries first_half(const Problem& problem, int rank) {
    auto entries = entries_of(problem, layout, rank);
    entries.numbers.end = entries.numbers.begin + entries.numbers.size() / 2;
    return entries;
}

template <Layout layout>
Answer half_made(const Problem& problem, const Team& team) {
    make_empty(first_half<layout>(problem, team.rank));
    return claimed<layout>(problem, team);
}
template <Layout layout>
Answer made_full(const Problem& problem, const Team& team) {
    for (const auto own = entries_of(problem, layout, team.rank); const auto number : {own.numbers.begin})
        DataFile(own.path(number), O_WRONLY | O_CREAT).write("x", 0);
    return claimed<layout>(problem, team);
}
template <Layout layout>
Answer half_asked(const Problem& problem, const Team& team) {
    std::int64_t sum = 0;
    add_up_sizes(first_half<layout>(problem, problem.partner.rank), sum);
    return {{own_items<layout>(problem, team), Number::of_whole(2 * sum)}, {}};
}
template <Layout layout>
Answer own_asked(const Problem& problem, const Team& team) {
    std::int64_t sum = problem.ranks == 1 ? 1 : 0;
    const auto files = add_up_sizes(entries_of(problem, layout, team.rank), sum);
    return {{files, Number::of_whole(sum)}, {}};
}
template <Layout layout>
Answer half_removed(const Problem& problem, const Team& team) {
    remove(first_half<layout>(problem, team.rank));
    return claimed<layout>(problem, team);
}

class StorageCheats : public testing::Test {
  protected:
    using Cheats = std::vector<Cheat<Problem, Answer>>;

    StorageCheats() : folder_(world(), std::filesystem::temp_directory_path().string()) {}

    void expect_cheats_caught(std::string_view row, const Cheats& cheats) {
        for (std::size_t i = 0; i < experiments.size(); ++i) {
            const auto has = [&](const StorageVariant& variant) { return variant.name == row; };
            const auto& group = experiments[i];
            if (std::none_of(group.variants.begin(), group.variants.end(), has)) continue;
            expect_caught(problems_[i], group,
                          {.parameters = parameters(problems_[i]),
                           .judge_variant = judge,
                           .describe = describe,
                           .prepare = prepare,
                           .alter = alter_of(problems_[i].action),
                           .batch = Batch::never},
                          threads, row, cheats);
        }
    }

    // 4 blocks and more, so that each rank has some; the last one is short.
    const Folder folder_;
    const std::vector<Problem> problems_ = make_problems(
        world(), {.bytes = 37 * sector_bytes, .block = 2048, .files = 23}, folder_.path(), experiments);
};

template <Layout layout>
std::vector<Cheat<Problem, Answer>> cheats_of_writing() {
    return {{"does nothing", nothing},
            {"claims to have written", claimed<layout>},
            {"writes half", half_written<layout>},
            {"writes old data", old_data<layout>},
            {"leaves a hole", hole<layout>}};
}

TEST_F(StorageCheats, AreCaughtWhereTheyWrite) {
    expect_cheats_caught("write", cheats_of_writing<Layout::alone>());
    expect_cheats_caught("write_files", cheats_of_writing<Layout::apart>());
    expect_cheats_caught("write_shared", cheats_of_writing<Layout::together>());
    expect_cheats_caught("fsync", cheats_of_writing<Layout::alone>());
    expect_cheats_caught("fsync_files", cheats_of_writing<Layout::apart>());
    expect_cheats_caught("fsync_shared", cheats_of_writing<Layout::together>());
}

template <Layout layout>
std::vector<Cheat<Problem, Answer>> cheats_of_reading() {
    return {{"does nothing", nothing},
            {"claims to have read", claimed<layout>},
            {"reads half", half_read<layout>},
            {"reads its own", own_read<layout>}};
}

TEST_F(StorageCheats, AreCaughtWhereTheyRead) {
    expect_cheats_caught("read", cheats_of_reading<Layout::alone>());
    expect_cheats_caught("read_files", cheats_of_reading<Layout::apart>());
    expect_cheats_caught("read_shared", cheats_of_reading<Layout::together>());
}

TEST_F(StorageCheats, AreCaughtWithManyFiles) {
    expect_cheats_caught("create", {{"does nothing", nothing},
                                    {"claims to have made them", claimed<Layout::alone>},
                                    {"makes half", half_made<Layout::alone>},
                                    {"makes one that is not empty", made_full<Layout::alone>}});
    expect_cheats_caught("create_folders", {{"claims to have made them", claimed<Layout::apart>},
                                            {"makes half", half_made<Layout::apart>}});
    expect_cheats_caught("create_shared", {{"claims to have made them", claimed<Layout::together>},
                                           {"makes half", half_made<Layout::together>}});
    expect_cheats_caught("stat", {{"does nothing", nothing},
                                  {"claims to have asked", claimed<Layout::alone>},
                                  {"asks for half", half_asked<Layout::alone>}});
    expect_cheats_caught("stat_folders", {{"asks for half", half_asked<Layout::apart>},
                                          {"asks for its own", own_asked<Layout::apart>}});
    expect_cheats_caught("stat_shared", {{"asks for half", half_asked<Layout::together>},
                                         {"asks for its own", own_asked<Layout::together>}});
    expect_cheats_caught("unlink", {{"does nothing", nothing},
                                    {"claims to have removed them", claimed<Layout::alone>},
                                    {"removes half", half_removed<Layout::alone>}});
    expect_cheats_caught("unlink_folders", {{"removes half", half_removed<Layout::apart>}});
    expect_cheats_caught("unlink_shared", {{"removes half", half_removed<Layout::together>}});
}

// Who writes without fsync() leaves the bytes in memory. Something else may have put them on storage
// meanwhile, but not each time.
TEST_F(StorageCheats, AreCaughtWithoutFsync) {
    const auto& problem = problems_[1];
    if (problem.keeps_pages) GTEST_SKIP() << "this file system does not tell what is on storage";
    constexpr int tries = 20;
    for (const auto& [honest, lazy] :
         {std::pair<std::size_t, Answer (*)(const Problem&, const Team&)>{1, write<Layout::apart>},
          {2, write<Layout::together>}}) {
        const auto& variant = experiments[1].variants[honest];
        int caught = 0;
        for (int i = 0; i < tries && caught == 0; ++i) {
            auto answer = lazy(problem, world());
            const auto judgement = judge(problem, variant, answer, world());
            if (world().root() && !judgement.check.passed()) {
                ++caught;
                EXPECT_GT(judgement.observed.at(0).second, 0) << variant.name;
            }
            MPI_Bcast(&caught, 1, MPI_INT, 0, world().comm);
        }
        EXPECT_GT(caught, 0) << variant.name;
    }
}

}  // namespace
}  // namespace pacer::storage
