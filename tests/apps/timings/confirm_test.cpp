// What fresh launches do to the findings of a comparison.
#include <gtest/gtest.h>

#include "apps/timings/compare/comparison.hpp"
#include "common/base/status.hpp"
#include "tests/support/launch_examples.hpp"

namespace pacer::timings {
namespace {

using examples::spread_launches, examples::with_fact;
using Launches = std::vector<Launch>;

const std::vector<std::string> both = {"serial", "simd"};

Comparison compared(const Launches& base, const Launches& candidate, const Launches& confirm = {}) {
    return compare(base, candidate, confirm, {});
}

TEST(Confirm, DecidesWhatCounts) {
    const auto base = spread_launches("a", 10, {"simd"}, 0.1),
               slow = spread_launches("b", 10, {"simd"}, 0.11);
    const auto ended = [&](const Launches& confirm) { return compared(base, slow, confirm); };
    EXPECT_EQ(ended(spread_launches("c", 10, {"simd"}, 0.11)).status, ExitStatus::wrong);
    const auto gone = ended(spread_launches("c", 10, {"simd"}, 0.1));
    EXPECT_EQ(gone.status, ExitStatus::right);
    EXPECT_EQ(gone.cases[0].finding, Finding::equivalent);
    EXPECT_NE(gone.cases[0].note.find("not confirmed by 10 fresh launches"), std::string::npos);
    EXPECT_EQ(ended(spread_launches("c", 1, {"simd"}, 0.11)).status, ExitStatus::inconclusive);
    EXPECT_EQ(ended(spread_launches("c", 10, {"other"}, 0.11)).status, ExitStatus::inconclusive);
    auto wrong = spread_launches("c", 10, {"simd"}, 0.11);
    wrong[3].records[0].verdict.failed = 1;
    EXPECT_EQ(ended(wrong).cases[0].finding, Finding::failed);
    EXPECT_THROW(ended(slow), UsageError);
    EXPECT_THROW(ended(base), UsageError);
}

// Too few launches to tell; with as many fresh ones it can be told.
TEST(Confirm, DecidesWhatWasUndecided) {
    const auto base = spread_launches("a", 20, {"simd"}, 0.1, 0.05);
    const auto alone = compared(base, spread_launches("b", 5, {"simd"}, 0.1, 0.05));
    EXPECT_EQ(alone.cases[0].finding, Finding::inconclusive);
    for (const double factor : {1.0, 1.2}) {
        const auto again = compared(base, spread_launches("b", 5, {"simd"}, 0.103, 0.05),
                                    spread_launches("c", 60, {"simd"}, 0.1 * factor, 0.05));
        EXPECT_EQ(again.cases[0].finding, factor > 1 ? Finding::slower : Finding::equivalent);
        EXPECT_EQ(again.cases[0].subject.launches, 65);
        EXPECT_NE(again.cases[0].note.find("judged with 60 fresh launches"), std::string::npos)
            << again.cases[0].note;
    }
}

// Twenty per cent slower, then faster: nobody knows.
TEST(Confirm, LooksThatContradictEachOtherDecideNothing) {
    const auto base = spread_launches("a", 10, {"simd"}, 0.1);
    for (const double factor : {1.2, 1 / 1.2}) {
        const auto made = compared(base, spread_launches("b", 10, {"simd"}, 0.1 * factor),
                                   spread_launches("c", 10, {"simd"}, 0.1 / factor));
        EXPECT_EQ(made.status, ExitStatus::inconclusive);
        EXPECT_NE(made.cases[0].note.find("contradict each other"), std::string::npos) << made.cases[0].note;
    }
}

// The figures are those that the finding follows from.
TEST(Confirm, ShowsTheFreshFiguresOfWhatItDoesNotConfirm) {
    const auto made =
        compared(spread_launches("a", 10, {"simd"}, 0.1), spread_launches("b", 10, {"simd"}, 0.12),
                 spread_launches("c", 10, {"simd"}, 0.1));
    EXPECT_EQ(made.cases[0].finding, Finding::equivalent);
    EXPECT_NEAR(made.cases[0].ratio, 1, 1e-9);
    EXPECT_NE(made.cases[0].note.find("the new launches: 1.2"), std::string::npos) << made.cases[0].note;
}

TEST(Confirm, WrongAnswersCountWhateverTheTimes) {
    auto wrong = spread_launches("c", 10, {"simd"}, 0.1);
    wrong[3].records[0].verdict.failed = 1;
    const auto made =
        compared(spread_launches("a", 10, {"simd"}, 0.1), spread_launches("b", 10, {"simd"}, 0.1), wrong);
    EXPECT_EQ(made.status, ExitStatus::wrong);
    EXPECT_EQ(made.cases[0].finding, Finding::failed);
    EXPECT_TRUE(made.cases[0].note.starts_with("fresh launches: ")) << made.cases[0].note;
}

TEST(Confirm, ChangesThatTheFreshLaunchesLackAreInconclusive) {
    const auto base = spread_launches("a", 10, both, 0.1), other = spread_launches("c", 10, {"mpi"}, 0.1);
    for (const double factor : {1.2, 1 / 1.2}) {
        const auto made = compared(base, spread_launches("b", 10, both, 0.1 * factor), other);
        EXPECT_EQ(made.status, ExitStatus::inconclusive);
        EXPECT_NE(made.cases[0].note.find("the fresh launches lack this case"), std::string::npos)
            << made.cases[0].note;
    }
}

TEST(Confirm, OneNewLaunchStaysOne) {
    const auto made =
        compared(spread_launches("a", 10, {"simd"}, 0.1), spread_launches("b", 1, {"simd"}, 0.1),
                 spread_launches("c", 10, {"simd"}, 0.1));
    EXPECT_EQ(made.status, ExitStatus::inconclusive);
}

TEST(Confirm, FreshLaunchesOfAnotherBuildAreRefused) {
    const auto of = [](const char* prefix, const char* commit) {
        return with_fact(spread_launches(prefix, 10, {"simd"}, 0.1), "commit", std::string(commit));
    };
    try {
        compared(of("a", "aaaa"), of("b", "bbbb"), of("c", "cccc"));
        ADD_FAILURE();
    } catch (const UsageError& error) {
        EXPECT_STREQ(
            error.what(),
            "--confirm wants fresh launches of the same build as the new ones (reduce: cccc, not bbbb)");
    }
    const auto made = compared(of("a", "aaaa"), of("b", "bbbb"), of("c", "bbbb"));
    EXPECT_EQ(made.environment, (std::vector<std::string>{"commit: aaaa -> bbbb"}));
}

}  // namespace
}  // namespace pacer::timings
