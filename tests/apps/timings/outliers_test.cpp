// Launches that stand out from the others of one program.
#include "apps/timings/compare/outliers.hpp"

#include <gtest/gtest.h>

#include "tests/support/launch_examples.hpp"

namespace pacer::timings {
namespace {

using examples::launch_of, examples::spread_launches, examples::timed;

void slow_down(Launch& launch, std::size_t record, double factor) {
    for (auto& seconds : launch.records[record].seconds) seconds *= factor;
}

TEST(OutlyingLaunches, AreNamedWithHowMuch) {
    auto launches = spread_launches("a", 8, {"serial", "simd"}, 1);
    slow_down(launches[2], 1, 100);
    const auto cases = cases_of(launches);
    EXPECT_TRUE(outlying_launches(cases[0]).empty());
    const auto found = outlying_launches(cases[1]);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].launch, &launches[2]);
    EXPECT_NEAR(found[0].ratio, 100, 2);
    EXPECT_EQ(
        sentences_of_outliers(cases),
        (std::vector<std::string>{"launch a-00000002 stands out in 1 of 2 cases: reduce/simd 1 x 1 took 99.3 "
                                  "times as long as in the median launch"}));
}

TEST(OutlyingLaunches, MayBeTheFasterOnesToo) {
    auto launches = spread_launches("a", 5, {"serial", "simd", "mpi", "omp"}, 1, 0.001);
    for (std::size_t i = 0; i < 4; ++i) slow_down(launches[4], i, 0.5 + 0.1 * static_cast<double>(i));
    EXPECT_EQ(sentences_of_outliers(cases_of(launches)),
              (std::vector<std::string>{
                  "launch a-00000004 stands out in 4 of 4 cases: reduce/serial 1 x 1 took 50 % "
                  "less than in the median launch, reduce/simd 1 x 1 took 40 % less than in "
                  "the median launch, reduce/mpi 1 x 1 took 30 % less than in the median "
                  "launch, and 1 more"}));
}

TEST(OutlyingLaunches, AreNoneAmongFewOrAlike) {
    EXPECT_TRUE(sentences_of_outliers(cases_of(spread_launches("a", 12, {"serial"}, 1))).empty());
    auto few = spread_launches("a", 3, {"serial"}, 1);
    slow_down(few[0], 0, 100);
    EXPECT_TRUE(sentences_of_outliers(cases_of(few)).empty());
    auto close = spread_launches("a", 8, {"serial"}, 1, 0.0001);
    slow_down(close[0], 0, 1.02);  // no bigger than what anybody compares for
    EXPECT_TRUE(sentences_of_outliers(cases_of(close)).empty());
}

}  // namespace
}  // namespace pacer::timings
