// The table of prices, and what is said of races that did not take place.
#include "apps/race/prices.hpp"

#include <gtest/gtest.h>

namespace pacer::race {
namespace {

Record record_of(std::string variant, std::string place, double seconds) {
    Record record;
    record.app = "race";
    record.variant = std::move(variant);
    record.parameters = {{"place", std::move(place)}, {"increments", std::int64_t{1000}}};
    record.work.items = 1000;
    record.seconds = {seconds, seconds, seconds};
    record.round = {0, 1, 2};
    record.verdict.checked = 3;
    return record;
}

Record racy_record(std::string variant, std::string place, double seconds, std::vector<double> lost) {
    auto record = record_of(std::move(variant), std::move(place), seconds);
    record.promise = Promise::racy;
    record.uses = Uses::threads;
    record.threads = 2;
    record.observed = {{"lost_updates", std::move(lost)}};
    return record;
}

TEST(Prices, AreMultiplesOfBaselineAndRacyVariant) {
    Launch launch;
    launch.records = {record_of("serial", "threads", 1e-6),
                      racy_record("unprotected", "threads", 4e-6, {0, 250, 500}),
                      record_of("critical", "threads", 2e-5), record_of("serial", "window", 1e-6),
                      record_of("rma_lock", "window", 1e-3)};
    launch.records[4].verdict.failed = 1;
    EXPECT_EQ(prices(launch), R"(
price of an increment, threads: 1000 of them
variant                    ns     x serial  x unprotected  updates lost
critical                   20          20x             5x  none
unprotected                 4           4x             1x  250  25.0 %
serial                      1           1x          0.25x  none

price of an increment, window: 1000 of them
variant                    ns     x serial         x racy  updates lost
rma_lock                 1000       1e+03x              -  WRONG
serial                      1           1x              -  none
)");
}

TEST(Prices, OfNothingAreNone) {
    Launch launch;
    EXPECT_EQ(prices(launch), "");
    launch.records = {record_of("serial", "threads", 1e-6), record_of("atomic", "threads", 1e-6)};
    launch.records[0].work.items = 0;
    launch.records[1].round.clear();
    EXPECT_EQ(prices(launch), "");
}

TEST(LuckyRaces, AreThoseOfSeveralWorkersThatLostNothing) {
    Launch launch;
    launch.records = {record_of("serial", "threads", 1e-6),
                      racy_record("unprotected", "threads", 4e-6, {0, 0, 0})};
    launch.doubts = lucky_races(launch);
    EXPECT_EQ(launch.doubts, (std::vector<Doubt>{{"lucky_race", 1, "", 2}}));
    launch.records[1].work.items = 1;  // nothing could be lost
    EXPECT_TRUE(lucky_races(launch).empty());
    launch.records[1].work.items = 2;
    EXPECT_EQ(lucky_races(launch).size(), 1u);
    launch.records[1].threads = 1;
    EXPECT_TRUE(lucky_races(launch).empty());
    launch.records[1] = racy_record("unprotected", "threads", 4e-6, {0, 1, 0});
    EXPECT_TRUE(lucky_races(launch).empty());
}

}  // namespace
}  // namespace pacer::race
