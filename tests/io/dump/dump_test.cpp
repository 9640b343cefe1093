// Timing dumps: what is written is read back.
#include <gtest/gtest.h>

#include <limits>
#include <utility>

#include "io/dump/image.hpp"
#include "tests/io/dump/dump_examples.hpp"

namespace pacer {
namespace {

void expect_round_trip(const Launch& launch) {
    const auto read = launches_in(examples::dump_image(launch));
    ASSERT_EQ(read.size(), 1u);
    EXPECT_EQ(examples::describe(read[0]), examples::describe(launch));
}

TEST(Dump, GivesBackEveryField) {
    expect_round_trip(examples::launch("20261122T120721Z-00000001"));
}

TEST(Dump, GivesBackAnEmptyLaunchAndEmptyCases) {
    Launch launch;
    launch.id = "x";
    expect_round_trip(launch);
    launch.records = {Record{}};
    expect_round_trip(launch);
}

TEST(Dump, GivesBackExtremeNumbers) {
    auto launch = examples::launch("x");
    auto& record = launch.records[0];
    record.seconds = {std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::max(), 0.1,
                      1e-9};
    record.round = {0, std::numeric_limits<std::int32_t>::max(), 1, 2};
    record.work.items = std::numeric_limits<std::int64_t>::max();
    record.verdict.failed = 2;
    record.verdict.tolerance = "inf";
    record.promise = Promise::racy;
    launch.environment = {{"least", std::numeric_limits<std::int64_t>::min()},
                          {"infinite", std::numeric_limits<double>::infinity()}};
    expect_round_trip(launch);
}

TEST(Dump, KeepsTheOrderOfManyCircumstances) {
    auto launch = examples::launch("x");
    for (int i = 0; i < 300; ++i)
        launch.environment.emplace_back(fmt::format("fact_{}", i * 7919 % 300), i * 0.5);
    expect_round_trip(launch);
}

TEST(Dump, GivesBackOddContent) {
    auto launch = examples::launch("x");
    auto& record = launch.records[1];
    record.problem = "fill";
    record.parameters = {{"share", 0.1},
                         {"whole", -0.0},
                         {"nan", std::numeric_limits<double>::quiet_NaN()},
                         {"text", std::string("a=b:c\nd\x1e")},
                         {"empty", std::string()}};
    for (int i = 0; i < 100; ++i)
        record.parameters.emplace_back(fmt::format("p{}", i * 37 % 100), std::int64_t{i});
    record.promise = Promise::racy;
    record.verdict = {4, 3, "1", "2", "0"};
    record.observed[0].values[2] = std::numeric_limits<double>::quiet_NaN();
    record.observed[1].values[0] = std::numeric_limits<double>::infinity();
    record.observed.push_back({"", {1, 2, 3, 4}});
    launch.doubts = {{"kind", 1, "ranks 0-2", 1.5},
                     {"\u00e4", -1, "", std::numeric_limits<double>::quiet_NaN()}};
    launch.headlines = {{0, "add", "adding, one core", "add/s", 1e10}, {-1, "", "", "", 0}};
    expect_round_trip(launch);
    launch.records.clear();
    launch.doubts.erase(launch.doubts.begin());
    launch.headlines.erase(launch.headlines.begin());
    expect_round_trip(launch);
}

TEST(Dump, KeepsManyRepeatsAndRanksInTheirOrder) {
    auto launch = examples::launch("x", 300, 1000);  // several chunks
    expect_round_trip(launch);
}

TEST(Dump, KeepsManyCasesInTheirOrder) {
    auto launch = examples::launch("x", 1, 1);
    launch.records.assign(10002, Record{});
    int made = 0;
    for (auto& record : launch.records) record.threads = ++made;
    const auto read = launches_in(examples::dump_image(launch));
    int seen = 0;
    for (const auto& record : read.at(0).records) ASSERT_EQ(record.threads, ++seen);
    EXPECT_EQ(seen, made);
}

TEST(Dump, GivesBackManyLaunchesInTheOrderOfTheirIds) {
    std::vector<Launch> launches;
    for (const int i : {7, 3, 9, 1, 0, 8, 2, 6, 5, 4, 11, 10})
        launches.push_back(examples::launch(fmt::format("{:02}", i)));
    const auto read = launches_in(examples::dump_image(launches));
    ASSERT_EQ(read.size(), launches.size());
    for (std::size_t i = 0; i < read.size(); ++i) {
        EXPECT_EQ(examples::describe(read[i]), examples::describe(examples::launch(fmt::format("{:02}", i))));
    }
}

TEST(Dump, KeepsLongTextsWhole) {
    auto launch = examples::launch("x");
    for (int bytes = 195; bytes < 205; ++bytes) {
        for (const std::string letter : {"a", "\u00e4", "\u6e96", "\xff"}) {
            std::string text(static_cast<std::size_t>(bytes % 5), 'a');
            while (text.size() < static_cast<std::size_t>(bytes)) text += letter;
            launch.environment.emplace_back("text", text);
            launch.records[0].parameters.emplace_back("text", text + text + text);
        }
    }
    launch.environment.emplace_back("environment", std::string(70000, '\n'));
    launch.environment.emplace_back("after", std::string("b"));
    expect_round_trip(launch);
}

// Texts of fixed length end there: what was written could not be read.
TEST(Dump, KeepsWhatIsBehindANul) {
    using namespace std::string_literals;
    auto launch = examples::launch("x");
    launch.environment.emplace_back("text", "before\0behind"s);
    launch.records[0].variant = "\0a\0"s;
    const auto read = launches_in(examples::dump_image(launch)).at(0);
    EXPECT_EQ(fact(read.environment, "text"), "before behind");
    EXPECT_EQ(read.records[0].variant, " a ");
}

TEST(Dump, IsTheSameBytesForTheSameLaunch) {
    const auto launch = examples::launch("x");
    EXPECT_EQ(examples::dump_image(launch), examples::dump_image(launch));
}

TEST(Dump, KeepsASummaryOfVeryManyRanks) {
    auto launch = examples::launch("x");
    examples::summarise(launch.records[1]);
    EXPECT_EQ(launch.records[1].repeat_seconds(), examples::launch("x").records[1].repeat_seconds());
    auto several = examples::launch("y");
    several.records.assign(4, launch.records[1]);
    several.records[1] = several.records[2] = launch.records[0];
    expect_round_trip(launch);
    expect_round_trip(several);
}

TEST(Dump, RefusesSummariesThatNoRanksHave) {
    const auto refused = [](const auto& change) {
        auto launch = examples::launch("x");
        examples::summarise(launch.records[1]);
        change(launch.records[1].of_ranks);
        EXPECT_THROW(examples::dump_image(launch), std::exception);
    };
    refused([](auto& all) { all.pop_back(); });
    refused([](auto& all) { all[1].min = 0; });
    refused([](auto& all) { std::swap(all[1].q1, all[1].q3); });
    refused([](auto& all) { all[1].q1 = all[1].max; });
    refused([](auto& all) { all[1].median = std::numeric_limits<double>::quiet_NaN(); });
    refused([](auto& all) { all[1].max = std::numeric_limits<double>::infinity(); });
    refused([](auto& all) { all[1].slowest_rank = 3; });
}

TEST(Dump, RefusesRatesGlancesAndProfilesThatNoLaunchHas) {
    const auto refused = [](const auto& change) {
        auto launch = examples::launch("x");
        change(launch);
        EXPECT_THROW(examples::dump_image(launch), std::runtime_error);
    };
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    refused([](Launch& l) { l.rates[0].rate = 0; });
    refused([](Launch& l) { l.rates[0].threads = 0; });
    refused([](Launch& l) { l.rates[1].bytes = -1; });
    refused([](Launch& l) { l.watch[0].at_seconds = -1; });
    refused([](Launch& l) { l.watch[0].others_cpu = 1.5; });
    refused([](Launch& l) { l.watch[1].steal = nan; });
    refused([](Launch& l) { l.watch[1].frequency = 0; });
    refused([](Launch& l) { l.watch[1].load = nan; });
    refused([](Launch& l) { l.records[1].profile[3].rank = 3; });
    refused([](Launch& l) { l.records[1].profile[3].rank = -1; });
    refused([](Launch& l) { l.records[1].profile[2].hits = -1; });
    refused([](Launch& l) { l.records[1].profile[2].seconds = nan; });
}

// The rate that a limit follows from is that of its own launch.
TEST(Dump, TellsTheRatesOfLaunchesApart) {
    std::vector<Launch> launches = {examples::launch("a"), examples::launch("b")};
    launches[1].rates.insert(launches[1].rates.begin(), {"read", 1, 1, 4096, 2e9, "B/s"});
    for (auto& record : launches[1].records) record.limit.rate += record.limit.rate < 0 ? 0 : 1;
    const auto read = launches_in(examples::dump_image(launches));
    for (std::size_t i = 0; i < 2; ++i)
        EXPECT_EQ(examples::describe(read.at(i)), examples::describe(launches[i]));
}

TEST(Dump, RefusesSamplesThatDoNotFit) {
    auto launch = examples::launch("x");
    launch.records[1].seconds.pop_back();
    EXPECT_THROW(examples::dump_image(launch), std::invalid_argument);
}

TEST(Dump, RefusesCallsAndPlacesThatDoNotFit) {
    const auto refused = [](const auto& change) {
        auto launch = examples::launch("x");
        change(launch);
        EXPECT_THROW(launches_in(examples::dump_image(launch)), std::runtime_error);
    };
    refused([](Launch& l) { l.records[1].calls.repeat.back() = 4; });
    refused([](Launch& l) { l.records[1].calls.repeat.front() = 2; });
    refused([](Launch& l) { l.records[1].calls.calls.back() = 0; });
    refused([](Launch& l) { l.records[1].calls.seconds.back() = -1; });
    refused([](Launch& l) { l.records[1].position[1] = -2; });
    refused([](Launch& l) { l.hosts.push_back(l.hosts.front()); });
    auto launch = examples::launch("x");
    launch.records[1].position.clear();
    launch.records[1].calls = {};
    launch.hosts.clear();
    expect_round_trip(launch);
}

TEST(Dump, RefusesImpossibleNumbers) {
    for (const double wrong :
         {0.0, -1e-3, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        auto launch = examples::launch("x");
        launch.records[1].seconds[5] = wrong;
        EXPECT_THROW(launches_in(examples::dump_image(launch)), std::runtime_error) << wrong;
    }
    auto launch = examples::launch("x");
    launch.records[0].verdict.failed = launch.records[0].verdict.checked + 1;
    EXPECT_THROW(launches_in(examples::dump_image(launch)), std::runtime_error);
    auto placeless = examples::launch("x");
    placeless.placement.clear();
    EXPECT_THROW(launches_in(examples::dump_image(placeless)), std::runtime_error);
}

}  // namespace
}  // namespace pacer
