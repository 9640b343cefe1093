// What is said of ranks that were not started alike.
#include "common/launch/agreement.hpp"

#include <gtest/gtest.h>

namespace pacer {
namespace {

const Start one = {"reduce 0.1.0", "", {{"--seed", "1"}, {"--quiet", "true"}}};

std::string told(const std::vector<Start>& ranks) {
    return disagreement(ranks);
}

TEST(Agreement, IsSilentAboutRanksThatAreAlike) {
    EXPECT_EQ(told({one, one, one}), "");
}

TEST(Agreement, NamesTheOptionItsValuesAndTheRanks) {
    auto other = one, third = one;
    other.options[0].second = "2";
    third.options.pop_back();
    EXPECT_EQ(
        told({one, other, one, other, other}),
        "the ranks were given different options: --seed is 1 on ranks 0,2, 2 on ranks 1,3-4; start the same "
        "program with the same options on every rank");
    const auto both = told({one, other, third});
    EXPECT_NE(both.find("--quiet is given on ranks 0-1, not given on rank 2; --seed is"), both.npos) << both;
}

TEST(Agreement, NamesTheProgramsFirst) {
    const Start race = {"race 0.1.0", "", {}};
    EXPECT_EQ(told({one, race})
                  .find("the ranks run different programs: reduce 0.1.0 on rank 0, race 0.1.0 on rank 1"),
              0u);
}

TEST(Agreement, NamesWhatIsRefusedOnSomeRanks) {
    auto refused = one;
    refused.refusal = "unknown option '-x'";
    EXPECT_NE(told({one, refused}).find("options: unknown option '-x' on rank 1;"), std::string::npos);
}

TEST(Agreement, IsBriefAboutManyDifferences) {
    std::vector<Start> ranks(1000, Start{"reduce", "", {}});
    for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
        for (const auto* name : {"-a", "-b", "-c", "-d", "-e"})
            ranks[rank].options.emplace_back(name, std::to_string(rank));
    }
    const auto text = told(ranks);
    EXPECT_NE(
        text.find("-c is 0 on rank 0, 1 on rank 1, 2 on rank 2, 3 on rank 3, and others elsewhere; and more"),
        text.npos);
    EXPECT_LT(text.size(), 500u);
}

}  // namespace
}  // namespace pacer
