// What casts doubt on launches: found in samples and facts, told once.
#include "common/measure/doubts.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <numeric>

namespace pacer {
namespace {

Record record_of(const std::string& variant, std::vector<double> seconds) {
    Record record;
    record.variant = variant;
    record.first_seconds = seconds.front();
    record.stopped_by = StoppedBy::converged;
    record.seconds = seconds;
    record.round.resize(seconds.size());
    std::iota(record.round.begin(), record.round.end(), 0);
    return record;
}

std::vector<double> up_to(int count) {
    std::vector<double> seconds(static_cast<std::size_t>(count));
    std::iota(seconds.begin(), seconds.end(), 1.0);
    return seconds;
}

Launch launch_of(std::vector<Record> records) {
    Launch launch;
    launch.records = std::move(records);
    return launch;
}

TEST(Doubts, StaySilentAboutGoodSamples) {
    EXPECT_TRUE(all_doubts(launch_of({record_of(
                               "good", {1.00, 1.02, 1.00, 1.01, 1.01, 1.00, 1.02, 1.00, 1.02, 1.01})}))
                    .empty());
}

TEST(Doubts, NameWhatIsDoubtful) {
    auto cold = record_of("cold", std::vector<double>(10, 1.0));
    cold.first_seconds = 2;
    auto impossible = record_of("impossible", std::vector<double>(10, 1.0));
    impossible.limit.seconds = 1.5;
    auto unfinished = record_of("unfinished", {1.0, 1.0});
    unfinished.stopped_by = StoppedBy::budget;
    auto batched = record_of("batched", std::vector<double>(10, 1.0));
    batched.batch = 16;
    const auto launch = launch_of({cold, impossible, unfinished, record_of("drifting", up_to(12)), batched});
    const std::vector<std::string> expected = {
        "faster than the limit: the probe is wrong, or the variant does not do all the work: impossible (150 "
        "%)",
        "the time budget ended before the median was known to 2 %: unfinished (2 repeats)",
        "fewer than 6 repeats for lack of time, so nothing is known about how they vary: unfinished (2)",
        "the first execution took over 1.5 times the median: cold (2.0x)",
        "became slower or faster from the first third of the repeats to the last: drifting (320 "
        "% slower)",
        "each repeat resembles the one before, so the median is less certain than its interval says: "
        "drifting (0.75 correlation)",
        "shorter than 1000 clock steps, so timed in batches: batched (16 a repeat)"};
    EXPECT_EQ(doubt_sentences(launch), expected);
    EXPECT_EQ(all_doubts(launch)[0], (Doubt{"below_limit", 1, "", 1.5}));
}

TEST(Doubts, NameAStallAmongManyRepeats) {
    std::vector<double> seconds;
    for (int i = 0; i < 300; ++i) seconds.push_back(8e-3 + 1e-5 * (i * 7 % 13));
    const auto found = [&] {
        const auto sentences = doubt_sentences(launch_of({record_of("fileio", seconds)}));
        return sentences.empty() ? std::string() : sentences.back();
    };
    EXPECT_EQ(found(), "");
    seconds[170] = 3;
    EXPECT_EQ(found(),
              "single repeats took far more or far less time than the others, as when the machine stalls: "
              "fileio (372x the median)");
    seconds[170] = 8e-4;
    EXPECT_TRUE(found().ends_with("fileio (0.0993x the median)")) << found();
    seconds[170] = 1.6e-2;  // an interruption, no stall
    EXPECT_EQ(found(), "");
}

TEST(Doubts, SayWhetherACaseBecameSlowerOrFaster) {
    const auto& drift = doubt_kind("drift");
    EXPECT_EQ(value_words(drift, 0.12, 0.12), "12 % slower");
    EXPECT_EQ(value_words(drift, -0.12, -0.12), "12 % faster");
    EXPECT_EQ(value_words(drift, 0.05, 0.12), "5\u201312 % slower");
    EXPECT_EQ(value_words(drift, -0.12, -0.05), "5\u201312 % faster");
    EXPECT_EQ(value_words(drift, -0.12, 0.05), "12 % faster to 5 % slower");
}

TEST(Doubts, AreOfWhatWasWanted) {
    auto record = record_of("two", {1.0, 1.0});
    record.stopped_by = StoppedBy::count;
    auto launch = launch_of({record});
    launch.environment = {{"repeats_asked", std::int64_t{2}}};
    EXPECT_TRUE(all_doubts(launch).empty());
    launch.environment = {{"repeats_asked", std::int64_t{3}}};
    const auto first = [&](StoppedBy reason) {
        launch.records[0].stopped_by = reason;
        return doubt_sentences(launch).at(0);
    };
    EXPECT_EQ(first(StoppedBy::budget),
              "the time budget ended before all repeats were done: two (2 repeats)");
    EXPECT_EQ(first(StoppedBy::signal), "stopped before all repeats were done: two (2 repeats)");
    launch.environment.clear();
    EXPECT_EQ(first(StoppedBy::signal), "stopped before the median was known to 2 %: two (2 repeats)");
}

TEST(Doubts, TellOfTheHost) {
    Launch launch;
    launch.environment = {{"cpu_seconds", 100.0},
                          {"others_cpu_seconds", 12.0},
                          {"steal_seconds", 2.9},
                          {"governor", "powersave"},
                          {"boost", "on"}};
    const std::vector<std::string> expected = {
        "this host's cores do not always run at one speed: governor powersave; boost",
        "other processes took 12 % of this host's CPU time during the launch"};
    EXPECT_EQ(doubt_sentences(launch), expected);
    launch.environment[0].second = 0.0;
    EXPECT_EQ(doubt_sentences(launch).size(), 1u);
}

TEST(Doubts, NameTheFirstOfManyCasesOfSeveralProblems) {
    std::vector<Record> records;
    for (std::int64_t bytes = 1; bytes <= 9; ++bytes) {
        records.push_back(record_of("read", std::vector<double>(6, 1.0)));
        records.back().stopped_by = StoppedBy::budget;
        records.back().parameters = {{"kind", "level"}, {"bytes", bytes}};
    }
    auto launch = launch_of(records);
    const auto found = doubt_sentences(launch, 8);
    ASSERT_EQ(found.size(), 1);
    EXPECT_NE(found[0].find("read (bytes 1) (6 repeats), read (bytes 2)"), std::string::npos) << found[0];
    EXPECT_TRUE(found[0].ends_with("read (bytes 7) (6 repeats), and 2 more")) << found[0];
    EXPECT_TRUE(doubt_sentences(launch)[0].ends_with("read (bytes 9) (6 repeats)"));
    launch.records.pop_back();
    EXPECT_TRUE(doubt_sentences(launch, 8)[0].ends_with("read (bytes 8) (6 repeats)"));
}

TEST(Doubts, OfCasesAreToldBySubject) {
    auto launch = launch_of({record_of("serial", std::vector<double>(6, 1.0)),
                             record_of("simd", std::vector<double>(6, 1.0)),
                             record_of("mpi", std::vector<double>(6, 1.0))});
    launch.doubts = {
        {"newer", 0, "A", 0}, {"newer still", 1, "B", 0}, {"newer", 1, "C", 0}, {"newer", 2, "A", 0}};
    const std::vector<std::string> expected = {"newer A: serial, mpi", "newer C: simd",
                                               "newer still B: simd"};
    EXPECT_EQ(doubt_sentences(launch), expected);
}

TEST(Doubts, OfSeveralLaunchesAreToldOnce) {
    std::vector<Launch> launches;
    for (const double share : {0.07, 0.29, 0.01}) {
        launches.push_back(
            launch_of({record_of("serial", std::vector<double>(10, 1.0)), record_of("hybrid", up_to(12))}));
        launches.back().environment = {{"cpu_seconds", 100.0}, {"others_cpu_seconds", 100 * share}};
    }
    launches[0].records[0].batch = 4;
    launches[0].records[1].batch = 8;
    launches[1].records[1].batch = 3;
    launches[1].doubts = {{"foreign_topology", -1, "node12 8", 0},
                          {"of a newer version", -1, "it is far", 0}};
    launches[2].doubts = {{"foreign_topology", -1, "node13 8", 0}};
    std::vector<std::string> told;
    for (const auto& group : doubt_groups(launches)) {
        told.push_back(fmt::format("{} {}", group.launches, group.sentence));
        for (const auto& [name, count] : group.cases) told.back() += fmt::format(" {}:{}", name, count);
    }
    const std::vector<std::string> expected = {
        "3 became slower or faster from the first third of the repeats to the last (320 % slower) hybrid:3",
        "3 each repeat resembles the one before, so the median is less certain than its interval says (0.75 "
        "correlation) hybrid:3",
        "2 other processes took 7\u201329 % of this host's CPU time during the launch",
        "2 shorter than 1000 clock steps, so timed in batches (3\u20138 a repeat) serial:1 hybrid:2",
        "1 PACER_TOPOLOGY=node12 8 was taken for this machine",
        "1 PACER_TOPOLOGY=node13 8 was taken for this machine",
        "1 of a newer version it is far"};
    EXPECT_EQ(told, expected);
}

TEST(Doubts, TellWhoseCallsWereCut) {
    EXPECT_EQ(sentence({"calls_cut", 0, "", 3}) + ": " + value_words(doubt_kind("calls_cut"), 3, 3),
              "a launch keeps a million numbers of calls, so those of later repeats are missing: 3 repeats "
              "have theirs");
}

TEST(Doubts, HaveKindsOfDifferentNamesAndSentences) {
    std::vector<std::string_view> names;
    for (const auto& kind : doubt_kinds()) {
        EXPECT_EQ(std::count(names.begin(), names.end(), kind.name), 0) << kind.name;
        names.push_back(kind.name);
        EXPECT_EQ(&doubt_kind(kind.name), &kind);
        EXPECT_EQ(sentence({std::string(kind.name), -1, "it", 1}).find('{'), std::string::npos) << kind.name;
    }
    EXPECT_EQ(sentence({"oversubscribed", -1, "2 ranks on a", 1}),
              "2 ranks on a compute at once, with 1 core for this launch: they take turns, so the times "
              "include waiting.");
}

}  // namespace
}  // namespace pacer
