// Launches of different builds of one program are kept apart.
#include "apps/timings/builds.hpp"

#include <gtest/gtest.h>

#include "apps/timings/compare/cases.hpp"
#include "tests/support/launch_examples.hpp"

namespace pacer::timings {
namespace {

using examples::launch_of, examples::timed;
using Lines = std::vector<std::string>;

Launch built(const std::string& id, const std::string& commit, const std::string& tree = "clean",
             const std::string& hash = "", const std::string& app = "reduce") {
    auto launch = launch_of(id, {timed("serial", 1, app)});
    launch.environment = {
        {"program", app}, {"version", std::string("0.3.0")}, {"commit", commit}, {"tree", tree}};
    if (!hash.empty()) launch.environment.emplace_back("program_hash", hash);
    return launch;
}

TEST(Builds, OfOneKindStayAsTheyAre) {
    std::vector<Launch> launches = {built("a", "aaaa"), built("b", "aaaa"),
                                    built("c", "bbbb", "clean", "", "memory")};
    EXPECT_TRUE(separate_builds(launches).empty());
    EXPECT_EQ(cases_of(launches).size(), 2U);
    EXPECT_EQ(fact(launches[0].records[0].parameters, "build"), "");
}

TEST(Builds, OfTwoCommitsAreTwoCases) {
    std::vector<Launch> launches = {built("a", "aaaaaaaaaaaaaaaa"), built("b", "bbbbbbbbbbbbbbbb"),
                                    built("c", "aaaaaaaaaaaaaaaa"),
                                    built("d", "cccc", "clean", "", "memory")};
    EXPECT_EQ(separate_builds(launches), (Lines{"reduce: aaaaaaaaaa, bbbbbbbbbb"}));
    const auto cases = cases_of(launches);
    ASSERT_EQ(cases.size(), 3U);
    EXPECT_EQ(cases[0].launches.size(), 2U);
    EXPECT_EQ(fact(cases[0].key.parameters, "build"), "aaaaaaaaaa");
    EXPECT_EQ(fact(cases[1].key.parameters, "build"), "bbbbbbbbbb");
    EXPECT_EQ(fact(cases[2].key.parameters, "build"), "");
}

TEST(Builds, OfOneCommitDifferByTreeAndExecutable) {
    std::vector<Launch> launches = {built("a", "aaaa"), built("b", "aaaa", "modified", "1111111111"),
                                    built("c", "aaaa", "modified", "2222222222")};
    EXPECT_EQ(separate_builds(launches),
              (Lines{"reduce: aaaa, aaaa modified 11111111, aaaa modified 22222222"}));
    EXPECT_EQ(cases_of(launches).size(), 3U);
}

}  // namespace
}  // namespace pacer::timings
