// The stopping rule: what it asks for, and that the interval it leaves holds the true median as often as is
// claimed.
#include "common/measure/stopping.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "common/measure/statistics.hpp"

namespace pacer {
namespace {

using Draw = std::function<double(std::mt19937_64&)>;

std::vector<double> run(const Draw& draw, std::mt19937_64& random) {
    StoppingRule rule;
    std::vector<double> seconds;
    do seconds.push_back(draw(random));
    while (!rule.is_due(std::ssize(seconds)) || !rule.is_enough(seconds));
    return seconds;
}

struct Times {
    std::string name;
    Draw draw;
    double median;
};

Times normal(double deviation) {
    return {"normal " + std::to_string(deviation),
            [=](auto& random) { return std::normal_distribution<double>(1, deviation)(random); }, 1};
}

Times log_normal(double deviation) {
    return {"log-normal " + std::to_string(deviation),
            [=](auto& random) { return std::lognormal_distribution<double>(0, deviation)(random); }, 1};
}

// A time that nothing goes below, and delays.
Times exponential(double mean) {
    return {"exponential " + std::to_string(mean),
            [=](auto& random) { return 1 + mean * std::exponential_distribution<double>(1)(random); },
            1 + mean * std::log(2.0)};
}

TEST(StoppingRule, LeavesIntervalsThatHoldTheMedian) {
    constexpr int runs = 10000;
    for (const auto& times : {normal(0.01), normal(0.05), log_normal(0.03), log_normal(0.05), log_normal(0.1),
                              exponential(0.05), exponential(0.1)}) {
        std::mt19937_64 random(1);
        int holding = 0;
        std::size_t repeats = 0;
        for (int i = 0; i < runs; ++i) {
            const auto seconds = run(times.draw, random);
            const auto interval = median_interval(seconds);
            holding += interval->low <= times.median && times.median <= interval->high ? 1 : 0;
            repeats += seconds.size();
        }
        EXPECT_GE(holding, 0.945 * runs) << times.name;
        RecordProperty(times.name, std::to_string(static_cast<double>(repeats) / runs) + " repeats");
    }
}

// Seconds that alternate between 1 - width and 1 + width: the interval is that wide.
std::size_t repeats_for(double width) {
    std::mt19937_64 random;
    return run([width, odd = false](auto&) mutable { return (odd = !odd) ? 1 - width : 1 + width; }, random)
        .size();
}

TEST(StoppingRule, IsDoneAtOnceOnlyWhenSure) {
    EXPECT_EQ(repeats_for(0), 10U);
    EXPECT_EQ(repeats_for(0.0099), 10U);
    EXPECT_EQ(repeats_for(0.0101), 20U);
    EXPECT_EQ(repeats_for(0.0199), 20U);
}

TEST(StoppingRule, IsNotAskedBetweenBlocks) {
    StoppingRule rule;
    EXPECT_FALSE(rule.is_due(9));
    EXPECT_TRUE(rule.is_due(10));
    std::vector<double> wide(10, 1);
    for (std::size_t i = 0; i < wide.size(); i += 2) wide[i] = 2;
    EXPECT_FALSE(rule.is_enough(wide));
    EXPECT_FALSE(rule.is_due(14));
    EXPECT_TRUE(rule.is_due(15));
}

TEST(KnownWell, IsWhatConvergedOrIsNarrow) {
    Record record;
    record.seconds.assign(9, 1.0);
    record.round.assign(9, 0);
    EXPECT_FALSE(known_well(record));
    record.seconds.push_back(1);
    record.round.push_back(0);
    EXPECT_TRUE(known_well(record));
    for (std::size_t i = 0; i < 5; ++i) record.seconds[i] = 2;
    EXPECT_FALSE(known_well(record));
    record.stopped_by = StoppedBy::converged;  // and its last repeats made the interval a little wider
    EXPECT_TRUE(known_well(record));
}

}  // namespace
}  // namespace pacer
