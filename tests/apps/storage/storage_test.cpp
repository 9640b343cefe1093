// Every variant of storage on real ranks, with sizes that do not divide; what it leaves; and that its checks
// can fail.
#include "apps/storage/storage.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "apps/storage/data.hpp"
#include "apps/storage/entries.hpp"
#include "apps/storage/folder.hpp"
#include "tests/support/mpi_world.hpp"

namespace pacer::storage {
namespace {

namespace fs = std::filesystem;

const std::string& temporary() {
    static const auto path = fs::canonical(fs::temp_directory_path()).string();
    return path;
}

std::int64_t files_in(const std::string& folder) {
    std::int64_t count = 0;
    for ([[maybe_unused]] const auto& entry : fs::recursive_directory_iterator(folder)) ++count;
    return count;
}

Team team_for(const StorageVariant& variant) {
    return uses_ranks(variant.uses) ? world() : team_of_one(1);
}

// A repeat as the timed loop makes it; the judgement is valid on rank 0, none elsewhere if it works alone.
std::optional<Judgement> repeat(const Problem& problem, const StorageVariant& variant) {
    const auto team = team_for(variant);
    if (!uses_ranks(variant.uses) && !world().root()) return {};
    prepare(problem, variant, team);
    MPI_Barrier(team.comm);
    auto answer = variant.run(problem, team);
    EXPECT_EQ(answer.failure, "");
    return judge(problem, variant, answer, team);
}

void expect_all_right(const Settings& settings) {
    const Folder folder(world(), temporary());
    const auto problems = make_problems(world(), settings, folder.path(), experiments);
    const auto kept = files_in(folder.path());
    MPI_Barrier(world().comm);
    for (std::size_t i = 0; i < problems.size(); ++i) {
        for (const auto& variant : experiments[i].variants) {
            for (int times = 0; times < 2; ++times) {
                const auto judgement = repeat(problems[i], variant);
                std::int64_t items = judgement ? judgement->own->items : 0;
                MPI_Allreduce(MPI_IN_PLACE, &items, 1, MPI_INT64_T, MPI_SUM, world().comm);
                EXPECT_EQ(items, i < 3 ? settings.bytes : settings.files) << variant.name;
                if (world().root()) {
                    EXPECT_TRUE(judgement->check.passed())
                        << variant.name << ", " << settings.bytes << " bytes, " << settings.files
                        << " files: got " << to_string(judgement->check.got) << ", want "
                        << to_string(judgement->check.want);
                    EXPECT_EQ(files_in(folder.path()), kept) << variant.name << " leaves files";
                }
                MPI_Barrier(world().comm);
            }
        }
    }
}

TEST(Storage, IsRightForEverySize) {
    Settings settings;
    settings.block = 1024;
    for (const auto& [sectors, files] :
         {std::pair<std::int64_t, std::int64_t>{1, 1}, {2, 2}, {3, 3}, {7, 5}, {64, 40}}) {
        settings.bytes = sectors * sector_bytes;
        settings.files = files;
        expect_all_right(settings);
    }
}

TEST(Storage, LeavesNothing) {
    std::string path;
    {
        const Folder folder(world(), temporary());
        path = folder.path();
        EXPECT_EQ(path.find(temporary() + "/pacer-storage-"), 0U);
        make_problems(world(), {.bytes = 4096, .block = 512}, path, experiments);
        EXPECT_TRUE(fs::exists(path));
        MPI_Barrier(world().comm);
    }
    MPI_Barrier(world().comm);
    EXPECT_FALSE(fs::exists(path));
    EXPECT_THROW(Folder(world(), temporary() + "/no/such"), UsageError);
}

// The parts of all ranks make up the whole, each once, in every layout.
TEST(Storage, SharesCoverTheData) {
    Problem problem;
    problem.ranks = world().size;
    problem.block = 1024;
    problem.files = 11;
    for (const std::int64_t bytes : {512, 1024, 1536, 10'240}) {
        problem.bytes = bytes;
        for (const auto layout : {Layout::apart, Layout::together}) {
            std::int64_t next = 0, entry = 0;
            for (int rank = 0; rank < problem.ranks; ++rank) {
                const auto piece = piece_of(problem, layout, rank);
                EXPECT_EQ(piece.bytes.begin, std::min(next, bytes));
                EXPECT_EQ(piece.offset, layout == Layout::apart ? 0 : piece.bytes.begin);
                next = piece.bytes.end;
                EXPECT_EQ(entries_of(problem, layout, rank).numbers.begin, entry);
                entry = entries_of(problem, layout, rank).numbers.end;
            }
            EXPECT_EQ(next, bytes);
            EXPECT_EQ(entry, problem.files);
        }
        EXPECT_EQ(piece_of(problem, Layout::alone, 0).bytes, (Range{0, bytes}));
    }
}

// A byte that a file system lost, or gave back wrong, in whoever's part it is.
TEST(Storage, SeesAWrongByte) {
    const Folder folder(world(), temporary());
    Groups reading = experiments;
    std::erase_if(reading, [](const auto& group) { return group.problem != "read"; });
    const Settings settings{.bytes = 16 * sector_bytes, .block = 1024};
    for (int victim = 0; victim < world().size; ++victim) {
        const auto problems = make_problems(world(), settings, folder.path(), reading);
        const auto piece = piece_of(problems[0], Layout::together, victim);
        MPI_Barrier(world().comm);
        if (world().rank == victim) {
            for (const auto layout : {Layout::apart, Layout::together}) {
                const auto its = piece_of(problems[0], layout, victim);
                DataFile file(its.path, O_RDWR);
                char byte = 0;
                const auto last = its.offset + its.bytes.size() - 1;
                file.read(&byte, 1, last);
                byte = static_cast<char>(~byte);
                file.write({&byte, 1}, last);
                file.sync();
            }
        }
        MPI_Barrier(world().comm);
        ASSERT_GT(piece.bytes.size(), 0);
        for (const auto& variant : reading[0].variants) {
            const auto judgement = repeat(problems[0], variant);
            if (world().root()) {
                EXPECT_FALSE(judgement->check.passed()) << variant.name << ", rank " << victim;
            }
            MPI_Barrier(world().comm);
        }
    }
}

// What a rank alone is refused ends the launch on all.
TEST(Storage, AFailureIsEverybodys) {
    const Folder folder(world(), temporary());
    const auto problems = make_problems(world(), {.bytes = 4096, .block = 512}, folder.path(), experiments);
    const auto& variant = experiments[0].variants[1];
    Answer answer;
    if (world().rank == world().size - 1) answer.failure = "the disk is on fire";
    EXPECT_THROW(judge(problems[0], variant, answer, world()), UsageError);
    MPI_Barrier(world().comm);
    if (!world().root()) return;
    answer.failure = "the disk is on fire";
    const auto alone = [&] { judge(problems[0], experiments[0].variants[0], answer, team_of_one(1)); };
    if (world().size == 1) {
        EXPECT_THROW(alone(), UsageError);
    } else {  // the others sleep, and would not hear of it
        try {
            alone();
            ADD_FAILURE();
        } catch (const UsageError&) {
            ADD_FAILURE() << "of rank 0 alone";
        } catch (const std::runtime_error& error) {
            EXPECT_EQ(std::string(error.what()), "the disk is on fire");
        }
    }
}

TEST(Storage, TellsWhatItIsAbout) {
    const Folder folder(world(), temporary());
    const auto problems =
        make_problems(world(), {.bytes = 4096, .block = 512, .files = 9}, folder.path(), experiments);
    for (std::size_t i = 0; i < problems.size(); ++i) {
        Record record;
        describe(problems[i], experiments[i].variants[0], record);
        EXPECT_EQ(record.work.items, i < 3 ? 4096 : 9) << experiments[i].problem;
        EXPECT_EQ(record.work.bytes, i < 3 ? 4096 : 0) << experiments[i].problem;
        EXPECT_EQ(record.limit.seconds, 0);
        const auto facts = parameters(problems[i]);
        EXPECT_EQ(to_string(facts.at(0).second), experiments[i].problem);
        EXPECT_EQ(facts.back().first, i == 2 ? "from" : i < 2 ? "block" : "files");
    }
}

}  // namespace
}  // namespace pacer::storage
