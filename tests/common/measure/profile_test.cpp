// The scoped profile on real ranks and threads.
#include "common/measure/profile.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <omp.h>

#include <string>

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
    profile::book("looped", 1.0, 2);
    profile::enabled = false;
    const auto text = profile::report(world());
    if (!world().root()) {
        EXPECT_TRUE(text.empty());
        return;
    }
    EXPECT_NE(text.find("looped"), std::string::npos);
    EXPECT_NE(text.find("tests/common/measure/profile_test.cpp:"), std::string::npos) << text;
    EXPECT_EQ(text.find("/tests/profile_test.cpp:"), std::string::npos)
        << "paths are relative to the project: " << text;
    const auto row = text.substr(text.find("in a loop"));
    EXPECT_NE(row.substr(0, row.find('\n')).find(fmt::format(" {} ", 20 * world().size)), std::string::npos)
        << text;
}

TEST(Profile, CountsNothingWhenOff) {
    region_in_a_loop(10);
    profile::book("off", 1.0, 1);
    const auto text = profile::report(world());
    if (!world().root()) return;
    EXPECT_NE(text.find("(no region marked)"), std::string::npos) << text;
}

TEST(Profile, MeasuresItsOwnCost) {
    EXPECT_GT(profile::cost_per_hit_ns(), 0);
    EXPECT_FALSE(profile::enabled);
}

}  // namespace
}  // namespace pacer
