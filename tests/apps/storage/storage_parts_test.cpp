// What storage is made of, in one process: data, partners, file systems, page caches.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <set>

#include "apps/storage/app.hpp"
#include "apps/storage/data.hpp"

namespace pacer::storage {
namespace {

// Each rank is one other's partner, or its own where it is alone.
void expect_permutation(const std::vector<int>& partner_of) {
    auto sorted = partner_of;
    std::sort(sorted.begin(), sorted.end());
    std::vector<int> ranks(partner_of.size());
    std::iota(ranks.begin(), ranks.end(), 0);
    EXPECT_EQ(sorted, ranks);
}

int on_own_node(const std::vector<int>& node_of) {
    const auto partner_of = partners(node_of);
    expect_permutation(partner_of);
    int count = 0;
    for (std::size_t rank = 0; rank < node_of.size(); ++rank)
        count += node_of[rank] == node_of[static_cast<std::size_t>(partner_of[rank])] ? 1 : 0;
    return count;
}

TEST(Partners, AreOnOtherNodes) {
    for (int nodes = 2; nodes < 6; ++nodes) {
        for (int each = 1; each < 5; ++each) {
            std::vector<int> in_blocks, in_turns;
            for (int rank = 0; rank < nodes * each; ++rank) {
                in_blocks.push_back(rank / each * each);
                in_turns.push_back(rank % nodes);
            }
            EXPECT_EQ(on_own_node(in_blocks), 0) << nodes << " nodes of " << each;
            EXPECT_EQ(on_own_node(in_turns), 0) << nodes << " nodes of " << each << ", in turns";
        }
    }
    EXPECT_EQ(on_own_node({0, 0, 2, 3, 4}), 0);
    EXPECT_EQ(on_own_node({0, 0, 0, 3}), 2);  // there is one rank elsewhere, to read and to be read
}

TEST(Partners, AreOthersOnOneNode) {
    EXPECT_EQ(partners({0}), std::vector<int>{0});
    for (const std::size_t ranks : {2U, 3U, 7U}) {
        const auto partner_of = partners(std::vector<int>(ranks, 0));
        expect_permutation(partner_of);
        for (std::size_t rank = 0; rank < ranks; ++rank) EXPECT_NE(partner_of[rank], static_cast<int>(rank));
    }
}

TEST(Content, IsWhatItsSumSays) {
    constexpr std::int64_t block_sectors = 4;
    Content content(block_sectors * sector_bytes);
    for (const std::int64_t sectors : {1, 3, 4}) {
        for (const std::int64_t first : {0, 4, 2044, 2048, 4000}) {
            const auto* words = content.sectors(first, sectors, 7);
            EXPECT_EQ(sum_of_sectors(words, sectors, first), content.sum({first, first + sectors}, 7));
            EXPECT_NE(content.sum({first, first + sectors}, 7), content.sum({first, first + sectors}, 8));
        }
    }
    EXPECT_EQ(content.sum({0, 10}, 7), content.sum({0, 6}, 7) + content.sum({6, 10}, 7));
    EXPECT_EQ(content.sum({3, 3}, 7), 0U);
}

// Small blocks are not alike either, or a file system that compresses would have little to write.
TEST(Content, RepeatsNothingNearby) {
    Content content(sector_bytes);
    std::set<std::uint64_t> words;
    constexpr std::int64_t sectors = 2048;
    for (std::int64_t sector = 0; sector < sectors; ++sector) {
        const auto* made = content.sectors(sector, 1, std::uint64_t{7} << 32U);
        words.insert(made, made + sector_words);
    }
    EXPECT_EQ(std::ssize(words), sectors * sector_words);
}

TEST(Content, ChangesWithEveryBitAndPlace) {
    constexpr std::int64_t sectors = 2, words = sectors * sector_words;
    Content content(sectors * sector_bytes);
    const auto* made = content.sectors(10, sectors, 7);
    std::vector<std::uint64_t> data(made, made + words);
    const auto sum = [&] { return sum_of_sectors(data.data(), sectors, 10); };
    const auto right = sum();
    for (auto& word : data) {
        for (int bit = 0; bit < 64; ++bit) {
            word ^= std::uint64_t{1} << bit;
            EXPECT_NE(sum(), right);
            word ^= std::uint64_t{1} << bit;
        }
    }
    std::rotate(data.begin(), data.begin() + sector_words, data.end());
    EXPECT_NE(sum(), right) << "sectors that changed places";
    EXPECT_NE(sum_of_sectors(made, sectors, 12), right) << "in another place of the data";
}

TEST(Mounts, AreFoundByPath) {
    constexpr auto text =
        "22 1 0:21 / / rw,relatime - overlay overlay rw,lowerdir=/a\n"
        "30 22 8:1 /x /data rw,noatime shared:4 master:1 - ext4 /dev/sda1 rw,errors=remount-ro\n"
        "31 30 0:40 / /data/a\\040b rw - nfs4 server:/export\\040x rw,vers=4.2\n"
        "32 30 0:41 / /data/twice rw - tmpfs first rw\n"
        "33 32 0:42 / /data/twice ro - tmpfs second rw,size=1k\n"
        "a line of another kind\n";
    EXPECT_EQ(mount_of("/data", text),
              (Mount{"/data", "ext4", "/dev/sda1", "rw,noatime,rw,errors=remount-ro"}));
    EXPECT_EQ(mount_of("/data/deep/er", text).type, "ext4");
    EXPECT_EQ(mount_of("/database", text).type, "overlay");
    EXPECT_EQ(mount_of("/data/a b/c", text),
              (Mount{"/data/a b", "nfs4", "server:/export x", "rw,rw,vers=4.2"}));
    EXPECT_EQ(mount_of("/data/twice", text).source, "second") << "what was mounted last is on top";
    EXPECT_EQ(mount_of("/data", ""), Mount());
    EXPECT_NE(mount_of("/"), Mount()) << "of this process";
}

struct Scratch {
    std::string path = (std::filesystem::temp_directory_path() / "storage-parts-XXXXXX").string();
    Scratch() { EXPECT_NE(::mkdtemp(path.data()), nullptr); }
    ~Scratch() { std::filesystem::remove_all(path); }
};

TEST(PageCache, HasWhatWasJustWritten) {
    const Scratch scratch;
    const auto path = scratch.path + "/file";
    std::ofstream(path) << std::string(100'000, 'x') << std::flush;
    EXPECT_EQ(forget(path, 5, 5).pages, 0);
    const auto page = sysconf(_SC_PAGESIZE);
    EXPECT_EQ(forget(path, 0, 1).pages, 1);
    EXPECT_EQ(forget(path, page - 1, page + 1).pages, 2);
    const auto all = forget(path, 0, 100'000);
    EXPECT_EQ(all.pages, (100'000 + page - 1) / page);
    EXPECT_LE(all.cached, all.pages);
    EXPECT_THROW(forget(scratch.path + "/none", 0, 1), UsageError);
}

// What is on storage is forgotten on a disk; the system may hold a page for a moment.
TEST(PageCache, ForgetsWhatIsOnDisk) {
    const Scratch scratch;
    const auto type = mount_of(std::filesystem::canonical(scratch.path).string()).type;
    if (type != "ext4" && type != "xfs")
        GTEST_SKIP() << "temporary files are not on ext4 or xfs, but on " << type;
    DataFile file(scratch.path + "/file", O_WRONLY | O_CREAT);
    const std::string text(100'000, 'x');
    file.write(text, 0);
    file.sync();
    constexpr int tries = 20;
    auto left = forget(scratch.path + "/file", 0, std::ssize(text));
    for (int i = 0; i < tries && left.cached > 0; ++i)
        left = forget(scratch.path + "/file", 0, std::ssize(text));
    EXPECT_EQ(left.cached, 0);
}

// A file system in memory forgets nothing.
TEST(PageCache, StaysWhereItIsTheStorage) {
    if (mount_of("/dev/shm").type != "tmpfs" || ::access("/dev/shm", W_OK) != 0)
        GTEST_SKIP() << "there is no tmpfs at /dev/shm";
    std::string path = "/dev/shm/storage-parts-XXXXXX";
    const Descriptor file(::mkstemp(path.data()));
    const std::string text(100'000, 'x');
    ASSERT_EQ(::write(file.get(), text.data(), text.size()), std::ssize(text));
    const auto all = forget(path, 0, std::ssize(text));
    ::unlink(path.c_str());
    EXPECT_EQ(all.cached, all.pages);
}

TEST(DataFile, NamesWhatIsRefused) {
    const Scratch scratch;
    const auto message = [](const auto& work) -> std::string {
        try {
            work();
        } catch (const UsageError& error) {
            return error.what();
        }
        return "";
    };
    const auto nowhere = scratch.path + "/none/file";
    EXPECT_EQ(message([&] { DataFile(nowhere, O_RDONLY); }),
              "cannot read " + nowhere + ": No such file or directory");
    EXPECT_EQ(message([&] { DataFile(nowhere, O_WRONLY | O_CREAT); }).find("cannot write " + nowhere), 0U);
    DataFile closed(scratch.path + "/file", O_WRONLY | O_CREAT);
    closed.close();
    EXPECT_NE(message([&] { closed.write("x", 0); }), "");
    EXPECT_NE(message([&] { closed.sync(); }), "");
    const auto failed = attempt([&]() -> Part { throw UsageError("no room"); });
    EXPECT_EQ(failed.failure, "no room");
    EXPECT_EQ(failed.own.items, 0);
}

TEST(Settings, OfNoUseAreRefused) {
    const auto refused = [](auto Settings::*field, auto value) {
        Settings settings;
        settings.*field = value;
        EXPECT_THROW(check(settings), UsageError) << value;
    };
    EXPECT_NO_THROW(check({}));
    for (const std::int64_t bytes : {0, 1, 511, 513}) {
        refused(&Settings::bytes, bytes);
        refused(&Settings::block, bytes);
    }
    refused(&Settings::block, std::int64_t{2} << 30);
    refused(&Settings::files, std::int64_t{0});
    refused(&Settings::folder, std::string());
}

Launch launch_of(std::vector<double> cached, const char* from) {
    Record record;
    record.variant = "read";
    record.parameters = {{"action", "read"}, {"from", from}};
    record.work = {1000, 1000};
    record.observed = {{"cached_percent", std::move(cached)}};
    record.seconds = {1, 1, 1};
    record.round = {0, 1, 2};
    record.verdict.checked = 3;
    Launch launch;
    launch.records = {record};
    return launch;
}

TEST(Reads, FromTheCacheAreInDoubt) {
    EXPECT_TRUE(reads_from_cache(launch_of({0, 0, 100}, "storage")).empty());
    EXPECT_TRUE(reads_from_cache(launch_of({0.5, 0.5, 0.5}, "storage")).empty());
    EXPECT_TRUE(reads_from_cache({}).empty());
    EXPECT_EQ(reads_from_cache(launch_of({100, 80, 0}, "cache")),
              (std::vector<Doubt>{{"read_from_cache", 0, "", 0.8}}));
}

TEST(Reads, FromTheCacheAreNoHeadline) {
    const auto keys = [](const Launch& launch) {
        std::string all;
        for (const auto& headline : headlines_of(launch, App().headlines())) all += headline.key;
        return all;
    };
    EXPECT_EQ(keys(launch_of({0, 0, 0}, "storage")), "storage_read");
    EXPECT_EQ(keys(launch_of({100, 100, 100}, "cache")), "");
}

}  // namespace
}  // namespace pacer::storage
