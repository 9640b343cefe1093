// The scoped profile on real ranks and threads.
#include "common/measure/profile.hpp"

#include <gtest/gtest.h>
#include <omp.h>

#include <map>
#include <string>

#include "common/measure/record.hpp"
#include "tests/support/mpi_world.hpp"

namespace pacer {
namespace {

void region_in_a_loop(int hits) {
    for (int i = 0; i < hits; ++i) {
        PACER_REGION("in a loop");
    }
}

TEST(Profile, CountsHitsOfAllRanksAndThreads) {
    profile::enabled = true;
#pragma omp parallel num_threads(2)
    region_in_a_loop(10);
    profile::book(1, 7, 1.5, 2);
    profile::enabled = false;
    for (const bool by_rank : {true, false}) {
        std::vector<Record> cases(3);
        profile::move_to(cases, world(), by_rank);
        EXPECT_TRUE(cases[0].profile.empty() && cases[2].profile.empty());
        const auto& rows = cases[1].profile;
        if (!world().root() || !by_rank) {
            EXPECT_TRUE(rows.empty());  // on rank 0, and once
            continue;
        }
        ASSERT_EQ(rows.size(), 2 * static_cast<std::size_t>(world().size));
        for (int rank = 0; rank < world().size; ++rank) {
            const auto *const all = &rows[2 * static_cast<std::size_t>(rank)], *const loop = all + 1;
            EXPECT_EQ(*all, (RegionTime{rank, "", "", 7, 3}));
            EXPECT_EQ(loop->rank, rank);
            EXPECT_EQ(loop->hits, 20);
            EXPECT_GT(loop->seconds, 0);
            EXPECT_TRUE(loop->region.starts_with("in a loop (")) << loop->region;
            EXPECT_NE(loop->region.find("tests/common/measure/profile_test.cpp:"), std::string::npos);
            EXPECT_EQ(loop->region.find("(/"), std::string::npos)
                << "paths are relative to the project: " << loop->region;
        }
    }
}

void recursive(int depth) {
    PACER_REGION("recursive");
    if (depth > 0) recursive(depth - 1);
}

TEST(Profile, TellsWhatIsOpenAround) {
    profile::enabled = true;
    recursive(2);
    {
        PACER_REGION("around");
        recursive(0);
    }
    profile::book(0, 1, 1, 1);
    profile::enabled = false;
    std::vector<Record> cases(1);
    profile::move_to(cases, world(), false);
    if (!world().root()) return;
    std::map<std::string, std::int64_t> hits;
    for (const auto& row : cases[0].profile) {
        EXPECT_EQ(row.rank, -1);
        const auto name = [](const std::string& region) { return region.substr(0, region.find(' ')); };
        hits[name(row.region) + "<" + name(row.parent)] = row.hits / world().size;
    }
    EXPECT_EQ(hits, (std::map<std::string, std::int64_t>{{"<", 1},
                                                         {"around<", 1},
                                                         {"recursive<", 1},
                                                         {"recursive<around", 1},
                                                         {"recursive<recursive", 2}}));
}

TEST(Profile, CountsNothingWhenOff) {
    region_in_a_loop(10);
    profile::book(0, 1, 1, 1);
    std::vector<Record> cases(1);
    profile::move_to(cases, world(), true);
    EXPECT_EQ(cases[0].profile.size(), world().root() ? static_cast<std::size_t>(world().size) : 0u);
}

TEST(Profile, MeasuresItsOwnCost) {
    EXPECT_GT(profile::cost_per_hit_ns(), 0);
    EXPECT_FALSE(profile::enabled);
}

}  // namespace
}  // namespace pacer
