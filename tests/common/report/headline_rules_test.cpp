// Which case of a launch is the headline that an app declares.
#include "common/report/headlines.hpp"

#include <gtest/gtest.h>

#include "tests/support/launch_examples.hpp"

namespace pacer {
namespace {

using examples::launch_of, examples::timed;

Record on(int threads, double seconds, const std::string& source = "iota") {
    auto record = timed(threads == 1 ? "serial" : "openmp", seconds);
    record.threads = threads;
    record.parameters = {{"source", source}};
    record.work = {1000, 0, 4000, Operation::int64_add};
    return record;
}

HeadlineRule rule(Cores cores, Quantity quantity, std::string_view variant = "") {
    return {"key", "label", variant, "source", "iota", cores, quantity};
}

const Launch example = launch_of("a", {on(1, 4), on(1, 2), on(2, 1), on(4, 3), on(4, 0.1, "memory")});

TEST(HeadlineRules, ARateIsTheLargestThatFits) {
    const auto one = headlines_of(example, {rule(Cores::one, Quantity::rate)});
    ASSERT_EQ(one.size(), 1U);
    EXPECT_EQ(one[0].record, 1);
    EXPECT_EQ(one[0].key, "key");
    EXPECT_EQ(one[0].label, "label");
    EXPECT_EQ(one[0].unit, "items/s");
    EXPECT_EQ(one[0].value, 500);
    EXPECT_EQ(headlines_of(example, {rule(Cores::all, Quantity::rate)})[0].record, 2);
}

TEST(HeadlineRules, ATimeOnAllCoresIsOfTheMost) {
    const auto all = headlines_of(example, {rule(Cores::all, Quantity::seconds)});
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].record, 3);
    EXPECT_EQ(all[0].unit, "s");
    EXPECT_EQ(all[0].value, 3);
}

TEST(HeadlineRules, OnAnyCoresTheShortestTimeCounts) {
    const auto any = headlines_of(example, {rule(Cores::any, Quantity::seconds_per_item)});
    EXPECT_EQ(any[0].record, 2);
    EXPECT_EQ(any[0].value, 0.001);
    EXPECT_EQ(headlines_of(example, {rule(Cores::any, Quantity::seconds, "serial")})[0].record, 1);
}

TEST(HeadlineRules, ASecondParameterTellsCasesApart) {
    auto launch = launch_of("a", {on(2, 1), on(2, 3)});
    launch.records[0].parameters.emplace_back("distance", "within_node");
    launch.records[1].parameters.emplace_back("distance", "between_nodes");
    auto between = rule(Cores::all, Quantity::seconds);
    between.second_parameter = "distance";
    between.second_value = "between_nodes";
    const auto found = headlines_of(launch, {between});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].record, 1);
}

TEST(HeadlineRules, OnlyRightAnswersTell) {
    auto launch = example;
    launch.records[1].verdict.failed = 1;
    EXPECT_EQ(headlines_of(launch, {rule(Cores::one, Quantity::rate)})[0].record, 0);
    launch.records[0] = examples::left_out("serial", "no room");
    EXPECT_TRUE(headlines_of(launch, {rule(Cores::one, Quantity::rate)}).empty());
    EXPECT_TRUE(headlines_of(example, {rule(Cores::one, Quantity::rate, "simd")}).empty());
}

}  // namespace
}  // namespace pacer
