// Plain data and verdicts, by facts worked out by hand.
#include "common/measure/record.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace pacer {
namespace {

TEST(Number, KeepsEveryDigitOf128Bits) {
    const Int128 n = Int128{1} << 62;
    EXPECT_EQ(to_string(Number::of_whole(n * (n - 1) / 2)),
              "10633823966279326980924613473029062656");  // 2^123 - 2^61
}

TEST(Check, WholeNumbersAreExact) {
    EXPECT_TRUE((Check{Number::of_whole(7), Number::of_whole(7)}.passed()));
    EXPECT_FALSE((Check{Number::of_whole(7), Number::of_whole(8), 10}.passed()));
    const Int128 beyond_a_double = (Int128{1} << 60) + 1;
    EXPECT_FALSE((Check{Number::of_whole(beyond_a_double), Number::of_whole(beyond_a_double - 1)}.passed()));
}

TEST(Check, RealNumbersWithinTheirBound) {
    EXPECT_TRUE((Check{Number::of_real(1.0), Number::of_real(1.5), 0.5}.passed()));
    EXPECT_FALSE((Check{Number::of_real(1.0), Number::of_real(1.5), 0.49}.passed()));
    EXPECT_FALSE((Check{Number::of_real(-1.0), Number::of_real(1.0), 0}.passed()));
}

TEST(Check, MayWantTheBits) {
    const auto passes = [](double got, double want) {
        return Check{Number::of_real(got), Number::of_real(want), 1, true}.passed();
    };
    EXPECT_TRUE(passes(1.5, 1.5));
    EXPECT_FALSE(passes(1.5, 1.25));
    EXPECT_FALSE(passes(-0.0, 0.0));
    EXPECT_FALSE(passes(HUGE_VAL, HUGE_VAL));
}

TEST(Check, NanAndInfinityNeverPass) {
    const double nan = std::numeric_limits<double>::quiet_NaN(),
                 inf = std::numeric_limits<double>::infinity();
    EXPECT_FALSE((Check{Number::of_real(nan), Number::of_real(1), 1e300}.passed()));
    EXPECT_FALSE((Check{Number::of_real(1), Number::of_real(nan), 1e300}.passed()));
    EXPECT_FALSE((Check{Number::of_real(nan), Number::of_real(nan), inf}.passed()));
    EXPECT_FALSE((Check{Number::of_real(inf), Number::of_real(inf), inf}.passed()));
}

TEST(Verdict, NothingCheckedIsNotAPass) {
    Verdict verdict;
    EXPECT_FALSE(verdict.right());
    verdict.add({Number::of_whole(3), Number::of_whole(3)});
    EXPECT_TRUE(verdict.right());
}

TEST(Verdict, OneWrongRepeatFailsTheCaseAndIsShown) {
    Verdict verdict;
    verdict.add({Number::of_whole(3), Number::of_whole(3)});
    verdict.add({Number::of_whole(4), Number::of_whole(3)});
    verdict.add({Number::of_whole(5), Number::of_whole(3)});
    EXPECT_FALSE(verdict.right());
    EXPECT_EQ(verdict.checked, 3);
    EXPECT_EQ(verdict.failed, 2);
    EXPECT_EQ(verdict.got, "4");
    EXPECT_EQ(verdict.want, "3");
}

TEST(Record, ARepeatTakesAsLongAsItsSlowestRank) {
    Record record;
    record.ranks = 3;
    record.round = {0, 1};
    record.seconds = {1, 2, 3, 6, 5, 4};
    EXPECT_EQ(record.repeat_seconds(), (std::vector<double>{3, 6}));
}

TEST(Record, NamesSurviveTheRoundTrip) {
    for (const auto uses : {Uses::core, Uses::threads, Uses::ranks, Uses::both}) {
        EXPECT_EQ(uses_named(name_of(uses)), uses);
    }
    EXPECT_THROW(promise_named("rigth"), std::invalid_argument);
}

TEST(CaseName, TellsACaseFromItsNamesakes) {
    const auto record = [](const std::string& variant, const std::string& place, std::int64_t n) {
        Record made;
        made.variant = variant;
        made.parameters = {{"app", "race"}, {"place", place}, {"increments", n}};
        return made;
    };
    const std::vector<Record> all = {record("serial", "threads", 40), record("serial", "window", 2),
                                     record("serial", "window", 3), record("atomic", "threads", 40)};
    EXPECT_EQ(case_name(all[0], all), "serial (place threads)");
    EXPECT_EQ(case_name(all[1], all), "serial (place window, increments 2)");
    EXPECT_EQ(case_name(all[3], all), "atomic");
    EXPECT_EQ(particular_parameters(all[3], all),
              (Facts{{"place", "threads"}, {"increments", std::int64_t{40}}}));
}

}  // namespace
}  // namespace pacer
