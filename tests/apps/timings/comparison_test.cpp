// What a comparison finds, and how it ends.
#include "apps/timings/compare/comparison.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "apps/timings/compare/comparison.hpp"
#include "tests/support/launch_examples.hpp"

namespace pacer::timings {
namespace {

using examples::left_out, examples::spread_launches, examples::timed;
using examples::take_turns, examples::with_fact;
using Launches = std::vector<Launch>;

const std::vector<std::string> both = {"serial", "simd"};

Comparison compared(const Launches& base, const Launches& candidate, const ComparisonOptions& options = {},
                    const Launches& confirm = {}) {
    return compare(base, candidate, confirm, options);
}

// Ten launches a side of one case, the second side `factor` times as slow.
Difference one_case(double factor, double spread = 0.01, double margin = 0.03) {
    const auto result =
        compared(spread_launches("a", 10, {"simd"}, 0.1, spread),
                 spread_launches("b", 10, {"simd"}, 0.1 * factor, spread), {margin, false, {}});
    return result.cases.at(0);
}

TEST(Verdict, FollowsIntervalAndMargin) {
    EXPECT_EQ(one_case(1.10).finding, Finding::slower);
    EXPECT_EQ(one_case(1 / 1.10).finding, Finding::faster);
    EXPECT_EQ(one_case(1).finding, Finding::equivalent);
    EXPECT_EQ(one_case(1.005, 0.01).finding, Finding::equivalent);
    EXPECT_EQ(one_case(1.02, 0.001).finding, Finding::within_margin);       // sure, but small
    EXPECT_EQ(one_case(1.028, 0.01, 0.03).finding, Finding::inconclusive);  // sure, and small or not
    EXPECT_EQ(one_case(1.05, 0.1).finding, Finding::inconclusive);
    EXPECT_EQ(one_case(1.02, 0.001, 0.01).finding, Finding::slower);
}

TEST(Verdict, ComesWithItsFigures) {
    const auto row = one_case(1.10);
    EXPECT_EQ(row.reference.launches, 10);
    EXPECT_EQ(row.subject.launches, 10);
    EXPECT_NEAR(row.reference.seconds, 0.1, 1e-3);
    EXPECT_NEAR(row.subject.seconds, 0.11, 1e-3);
    EXPECT_NEAR(row.ratio, 1.1, 1e-12);
    EXPECT_LT(*row.low, 1.1);
    EXPECT_GT(*row.high, 1.1);
    EXPECT_EQ(row.probability_slower, 1);
    EXPECT_EQ(row.margin, 0.03);
    EXPECT_EQ(row.margin_from, "asked for");
    EXPECT_EQ(row.launches_needed, 0);
}

TEST(Verdict, OfDoubtfulLaunchesSaysHowManyAreNeeded) {
    const auto wide = one_case(1.05, 0.1);
    EXPECT_GT(wide.launches_needed, 10);
    const auto few =
        compared(spread_launches("a", 3, {"simd"}, 0.1, 0.05), spread_launches("b", 3, {"simd"}, 0.2, 0.05));
    EXPECT_EQ(few.cases[0].finding, Finding::inconclusive);
    EXPECT_EQ(few.cases[0].note, "an interval needs 4 launches a side");
    EXPECT_EQ(few.cases[0].launches_needed, 31);  // 4 % from launch to launch
    EXPECT_EQ(few.status, ExitStatus::inconclusive);
}

// One of the new launches had time for two repeats of as many as it takes, or was asked for no more.
TEST(Verdict, OfALaunchShortOfTimeIsNone) {
    for (const std::int64_t asked : {0, 2}) {
        const auto base = spread_launches("a", 10, {"simd"}, 0.1);
        auto candidate = spread_launches("b", 10, {"simd"}, 0.2);
        auto& record = candidate[3].records[0];
        record.seconds.resize(2 * static_cast<std::size_t>(record.ranks));
        record.round.resize(2);
        candidate[3].environment.emplace_back("repeats_asked", asked);
        const auto row = compared(base, candidate).cases[0];
        EXPECT_EQ(row.finding, asked == 0 ? Finding::inconclusive : Finding::slower);
        EXPECT_EQ(row.note, asked == 0 ? "1 launch had fewer than 6 repeats" : "");
    }
}

// What is slower has time for fewer repeats: enough, if even the fastest of them is.
TEST(Verdict, OfLaunchesShortOfTimeIsThatOfTheirBestOrWorst) {
    const auto hurried = [](Launches launches, double odd, std::size_t repeats = 3) {
        for (auto& launch : launches) {
            auto& record = launch.records[0];
            record.seconds.resize(repeats);
            record.seconds.back() *= odd;
            record.round.resize(repeats);
            launch.environment.emplace_back("repeats_asked", std::int64_t{0});
        }
        return launches;
    };
    const auto usual = spread_launches("a", 10, {"simd"}, 0.1);
    const auto finding = [&](const Launches& base, const Launches& candidate) {
        return compared(base, candidate).cases[0].finding;
    };
    const auto slow = spread_launches("b", 10, {"simd"}, 0.2);
    EXPECT_EQ(finding(usual, hurried(slow, 1)), Finding::slower);
    EXPECT_EQ(finding(usual, hurried(slow, 0.5)), Finding::inconclusive);
    EXPECT_EQ(finding(hurried(slow, 1), usual), Finding::faster);
    EXPECT_EQ(finding(hurried(slow, 0.5), usual), Finding::inconclusive);
    EXPECT_EQ(finding(hurried(usual, 2), slow), Finding::inconclusive);
    EXPECT_EQ(finding(usual, hurried(spread_launches("b", 10, {"simd"}, 0.1), 1)), Finding::inconclusive);
    // One or two repeats tell only of what is beyond stalls.
    for (const std::size_t repeats : {1, 2}) {
        EXPECT_EQ(finding(usual, hurried(spread_launches("b", 10, {"simd"}, 0.4), 1, repeats)),
                  Finding::slower);
        EXPECT_EQ(finding(usual, hurried(slow, 0.9, repeats)), Finding::inconclusive);
        EXPECT_EQ(finding(hurried(spread_launches("c", 10, {"simd"}, 0.4), 1, repeats), usual),
                  Finding::faster);
    }
}

TEST(OneLaunch, CannotBeCompared) {
    for (const auto& [n, m] : {std::pair<int, int>(1, 1), {1, 10}, {10, 1}, {1, 100}}) {
        const auto result = compared(spread_launches("a", n, both, 0.1), spread_launches("b", m, both, 0.2));
        EXPECT_EQ(result.status, ExitStatus::inconclusive) << n << " x " << m;
        EXPECT_EQ(result.cases[1].note, "one launch cannot be compared");
        EXPECT_NE(result.sentence.find("one launch cannot be compared"), std::string::npos);
    }
}

void on_two_ranks(Record& record) {
    record.ranks = 2;
    std::vector<double> twice;
    for (const double seconds : record.seconds) twice.insert(twice.end(), 2, seconds);
    record.seconds = twice;
}

TEST(Margin, IsTheLargestOfItsSources) {
    EXPECT_EQ(one_case(1, 0.01, 0.5).margin_from, "asked for");
    const auto noisy = one_case(1, 0.1);
    EXPECT_EQ(noisy.margin_from, "noise of the base");
    EXPECT_GT(noisy.margin, 0.03);
    auto base = spread_launches("a", 7, {"simd"}, 0.1, 0.1),
         candidate = spread_launches("b", 7, {"simd"}, 0.1, 0.1);
    EXPECT_EQ(compared(base, candidate).cases[0].margin_from, "asked for");  // too few to know the noise
    base = spread_launches("a", 5, {"simd"}, 1e-6, 0);  // ten steps of 20 ns are 20 % of it
    candidate = spread_launches("b", 5, {"simd"}, 1e-6, 0);
    auto row = compared(base, candidate).cases[0];
    EXPECT_EQ(row.margin_from, "clock");
    EXPECT_NEAR(row.margin, 0.2, 1e-9);
    for (auto* side : {&base, &candidate}) {
        for (auto& launch : *side) launch.records[0].batch = 1000;  // timed together
    }
    EXPECT_EQ(compared(base, candidate).cases[0].margin_from, "asked for");
    for (auto* side : {&base, &candidate}) {
        for (auto& launch : *side) on_two_ranks(launch.records[0]);  // each execution is timed by itself
    }
    row = compared(base, candidate).cases[0];
    EXPECT_EQ(row.margin_from, "clock");
    EXPECT_NEAR(row.margin, 0.2, 1e-9);
    for (auto* side : {&base, &candidate}) {
        for (auto& launch : *side) launch.records[0].calls = {{0, 0, 1}, {2, 2, 1}, {1, 1, 1, 1, 1, 1}};
    }
    EXPECT_NEAR(compared(base, candidate).cases[0].margin, 0.1, 1e-9);  // two calls at a time
}

TEST(ManyCases, OfFewLaunchesNeedFreshOnes) {
    const auto base = spread_launches("a", 5, both, 0.1), slow = spread_launches("b", 5, both, 0.11);
    const auto alone = compared(base, slow, {0.03, false, {"/simd"}});
    EXPECT_EQ(alone.status, ExitStatus::wrong);  // one case: there is nothing to choose from
    const auto several = compared(base, slow);
    EXPECT_EQ(several.status, ExitStatus::inconclusive);
    EXPECT_EQ(several.cases[0].launches_needed, 8);
    EXPECT_NE(several.cases[0].note.find("one of 2 cases"), std::string::npos);
    const auto confirmed = compared(base, slow, {}, spread_launches("c", 5, both, 0.11));
    EXPECT_EQ(confirmed.status, ExitStatus::wrong);
    EXPECT_NE(confirmed.cases[0].note.find("confirmed by 5 fresh launches: 1.1"), std::string::npos);
}

// 2 of 12870 ways to choose 8 of 16 launches are as far apart as can be.
TEST(ManyCases, CanBeTooManyForAnyLaunchesToConfirm) {
    std::vector<std::string> variants;
    for (int i = 0; i < 342; ++i) variants.push_back(fmt::format("v{:03}", i));
    const auto base = spread_launches("a", 8, variants, 0.1);
    for (const double factor : {1.5, 1 / 1.5}) {
        const auto all = compared(base, spread_launches("b", 8, variants, 0.1 * factor));
        EXPECT_EQ(all.status, ExitStatus::inconclusive);
        EXPECT_EQ(all.cases[7].finding, Finding::inconclusive);
        EXPECT_NE(all.cases[7].note.find("one of 342 cases"), std::string::npos) << all.cases[7].note;
        EXPECT_EQ(all.cases[7].launches_needed, 9);
    }
    const auto enough =
        compared(spread_launches("a", 9, variants, 0.1), spread_launches("b", 9, variants, 0.15));
    EXPECT_EQ(enough.status, ExitStatus::wrong);
}

TEST(ManyCases, OfEnoughLaunchesAreAdjusted) {
    const auto base = spread_launches("a", 10, both, 0.1), slow = spread_launches("b", 10, both, 0.11);
    EXPECT_EQ(compared(base, slow).status, ExitStatus::wrong);
    // Thirty cases, one of them slower by little more than chance: p = 0.01 of thirty is no evidence.
    std::vector<std::string> variants;
    for (int i = 0; i < 30; ++i) variants.push_back(fmt::format("v{:02}", i));
    const auto many = spread_launches("a", 10, variants, 0.1, 0.02);
    auto candidate = spread_launches("b", 10, variants, 0.1, 0.02);
    for (auto& launch : candidate) {
        for (auto& seconds : launch.records[7].seconds) seconds *= 1.018;
    }
    ComparisonOptions narrow{0.001, false, {}};
    narrow.only = {"/v07"};
    const auto alone = compared(many, candidate, narrow).cases[0];
    ASSERT_EQ(alone.finding, Finding::slower) << alone.p << " " << alone.margin << " " << alone.ratio;
    ASSERT_GT(alone.p * 30, 0.05);
    const auto all = compared(many, candidate, {0.001, false, {}});
    EXPECT_EQ(all.cases[7].finding, Finding::inconclusive);
    EXPECT_NE(all.cases[7].note.find("Holm"), std::string::npos);
}

TEST(Missing, IsNotTheSameTestsUnlessAllowed) {
    const auto base = spread_launches("a", 10, both, 0.1),
               candidate = spread_launches("b", 10, {"simd"}, 0.1);
    const auto result = compared(base, candidate);
    EXPECT_EQ(result.status, ExitStatus::other_tests);
    EXPECT_EQ(result.cases[0].finding, Finding::missing);
    const auto allowed = compared(base, candidate, {0.03, true, {}});
    EXPECT_EQ(allowed.status, ExitStatus::right);
    EXPECT_EQ(allowed.cases[0].finding, Finding::not_compared);
    const auto added = compared(candidate, base);  // what only the new launches have is no failure
    EXPECT_EQ(added.status, ExitStatus::right);
    EXPECT_EQ(added.cases[1].note, "only in the new launches");
    EXPECT_EQ(compared(base, candidate, {0.03, false, {"/simd"}}).status, ExitStatus::right);
}

TEST(Missing, IsWhatWasNotRun) {
    const auto base = spread_launches("a", 10, {"simd"}, 0.1);
    auto candidate = base;
    for (auto& launch : candidate) {
        launch.id[0] = 'b';
        launch.records = {left_out("simd", "it needs 2 ranks"), timed("serial", 1)};
    }
    const auto row = compared(base, candidate).cases[0];
    EXPECT_EQ(row.finding, Finding::missing);
    EXPECT_EQ(row.note, "not run: it needs 2 ranks");
    EXPECT_EQ(compared(candidate, base).cases[0].finding, Finding::not_compared);
    EXPECT_THROW(compared(base, candidate, {0.03, true, {}}), UsageError);  // nothing is left to compare
}

TEST(Failed, WhateverTheTimes) {
    const auto base = spread_launches("a", 10, {"simd"}, 0.1);
    auto candidate = spread_launches("b", 10, {"simd"}, 0.1);
    candidate[4].records[0].verdict.failed = 1;
    for (const auto& result : {compared(base, candidate), compared(candidate, base)}) {
        EXPECT_EQ(result.status, ExitStatus::wrong);
        EXPECT_EQ(result.cases[0].finding, Finding::failed);
        EXPECT_NE(result.cases[0].note.find("in 1 of 10"), std::string::npos) << result.cases[0].note;
    }
    candidate[4].records[0].promise = Promise::racy;  // as promised
    auto racy = base;
    EXPECT_EQ(compared(base, candidate).status, ExitStatus::right);
}

TEST(Status, PutsAFailureBeforeADoubt) {
    auto base = spread_launches("a", 10, both, 0.1), candidate = spread_launches("b", 10, both, 0.11);
    for (std::size_t i = 0; i < 10; ++i) {  // serial: too noisy to tell
        candidate[i].records[0].seconds.assign(3, 0.1 * std::pow(1.1, static_cast<double>(i) - 4));
    }
    const auto result = compared(base, candidate);
    EXPECT_EQ(result.cases[0].finding, Finding::inconclusive);
    EXPECT_EQ(result.cases[1].finding, Finding::slower);
    EXPECT_EQ(result.status, ExitStatus::wrong);
    EXPECT_EQ(result.sentence, "2 cases: 1 REGRESSED (reduce/simd 1 x 1: 1.100), 1 inconclusive.");
}

TEST(Unrelated, LaunchesAreRefused) {
    auto base = spread_launches("a", 10, {"simd"}, 0.1), other = spread_launches("b", 10, {"simd"}, 0.1);
    for (auto& launch : other) launch.records[0].app = "fileio";
    try {
        compared(base, other);
        ADD_FAILURE();
    } catch (const UsageError& error) {
        EXPECT_STREQ(error.what(),
                     "nothing can be compared: the baseline is of reduce, the new launches are of fileio");
    }
    EXPECT_THROW(compared(base, base, {0.03, false, {"queues"}}), UsageError);
}

// What the launches were told to leave out, they do not lack; what they were told to run, they do.
TEST(Missing, IsNotWhatWasLeftOutByChoice) {
    const auto base = spread_launches("a", 10, both, 0.1);
    const auto chosen = [](const char* options) {
        return with_fact(spread_launches("b", 10, {"simd"}, 0.1), "command_line",
                         std::string("mpirun ./reduce ") + options);
    };
    const auto made = compared(base, chosen("--variants simd"));
    EXPECT_EQ(made.status, ExitStatus::right);
    EXPECT_EQ(made.cases[0].note, "left out of the new launches by --variants or --problems");
    EXPECT_EQ(compared(base, chosen("--quiet")).status, ExitStatus::other_tests);
    auto larger = chosen("--variants simd");
    for (auto& launch : larger) launch.records[0].parameters[0].second = std::int64_t{2000};
    EXPECT_EQ(compared(spread_launches("a", 10, {"simd"}, 0.1), larger).status, ExitStatus::other_tests);
    auto some = chosen("--variants simd");
    some[3] = with_fact(spread_launches("c", 1, {"simd"}, 0.1), "command_line", std::string("./reduce"))[0];
    EXPECT_EQ(compared(base, some).status, ExitStatus::other_tests);
}

TEST(SameLaunches, OnBothSidesAreRefused) {
    const auto base = spread_launches("a", 10, {"simd"}, 0.1);
    auto candidate = spread_launches("b", 10, {"simd"}, 0.1);
    candidate[5].id = base[2].id;
    try {
        compared(base, candidate);
        ADD_FAILURE();
    } catch (const UsageError& error) {
        EXPECT_STREQ(error.what(),
                     "1 launch is on both sides, such as a-00000002: the same launches compare nothing");
    }
}

// Slower or not: another machine says nothing of what has changed.
TEST(OtherHardware, IsNotTheSameTests) {
    const auto of = [](const char* prefix, const char* name, const Value& value, double seconds) {
        return with_fact(spread_launches(prefix, 10, {"simd"}, seconds), name, value);
    };
    const auto ended = [&](const char* name, const Value& before, const Value& after) {
        return compared(of("a", name, before, 0.1), of("b", name, after, 0.12));
    };
    const auto made = ended("cpu_model", std::string("EPYC"), std::string("Xeon"));
    EXPECT_EQ(made.status, ExitStatus::other_tests);
    EXPECT_EQ(made.other_tests, std::vector<std::string>{"other hardware: cpu_model: EPYC -> Xeon"});
    EXPECT_NE(made.sentence.find("; not the same tests: other hardware: cpu_model: EPYC -> Xeon."),
              std::string::npos)
        << made.sentence;
    EXPECT_EQ(ended("cpu_model", std::string("EPYC"), std::string("EPYC")).status, ExitStatus::wrong);
    const std::int64_t gib = 1LL << 30;
    EXPECT_EQ(ended("memory_bytes", 256 * gib, 224 * gib).status, ExitStatus::other_tests);
    EXPECT_EQ(ended("memory_bytes", 256 * gib, 256 * gib - 4096).status, ExitStatus::wrong);
    EXPECT_EQ(ended("ranks", std::int64_t{4}, std::int64_t{2}).other_tests,
              std::vector<std::string>{"other number of ranks: 4 -> 2 (reduce)"});
    EXPECT_EQ(ended("hosts", std::string("n1:4,n2:4"), std::string("n1:8")).other_tests,
              std::vector<std::string>{"other number of nodes: 2 -> 1 (reduce)"});
    EXPECT_EQ(ended("quick", std::int64_t{1}, std::int64_t{0}).other_tests,
              std::vector<std::string>{"a quick baseline against full launches"});
    ComparisonOptions allowed;
    allowed.allow_other_hardware = true;
    EXPECT_EQ(
        compared(of("a", "cores", std::int64_t{8}, 0.1), of("b", "cores", std::int64_t{4}, 0.12), allowed)
            .status,
        ExitStatus::wrong);
    auto wrong = of("b", "cores", std::int64_t{4}, 0.1);
    wrong[0].records[0].verdict.failed = 1;
    EXPECT_EQ(compared(of("a", "cores", std::int64_t{8}, 0.1), wrong).status, ExitStatus::wrong);
    auto more = of("b", "ranks", std::int64_t{4}, 0.1);
    more.back().environment.back().second = std::int64_t{8};
    EXPECT_EQ(compared(of("a", "ranks", std::int64_t{4}, 0.1), more).status, ExitStatus::right);
}

TEST(OtherHardware, QuickLaunchesAreNotMixedWithFullOnes) {
    auto base = with_fact(spread_launches("a", 10, {"simd"}, 0.1), "quick", std::int64_t{1});
    base[4].environment.pop_back();
    EXPECT_THROW(compared(base, spread_launches("b", 10, {"simd"}, 0.1)), UsageError);
}

TEST(Expected, DifferencesRaiseNoAlarmUntilTheirDayIsOver) {
    const auto base = spread_launches("a", 10, {"serial", "simd", "mpi"}, 0.1),
               slow = spread_launches("b", 10, both, 0.12);
    ComparisonOptions options;
    options.today = "2026-06-30";
    options.expected = {{"reduce/serial 1 x 1", "older compiler", "2026-06-30"},
                        {"/simd", "older compiler", "2026-12-31"},
                        {"reduce/mpi", "no MPI today", "2026-12-31"},
                        {"fileio", "slow disk", "2026-12-31"}};
    const auto made = compared(base, slow, options);
    EXPECT_EQ(made.status, ExitStatus::right);
    EXPECT_EQ(made.cases[0].finding, Finding::expected);
    EXPECT_EQ(made.cases[0].note, "slower, until 2026-06-30: older compiler");
    EXPECT_EQ(made.cases[2].note, "missing, until 2026-12-31: no MPI today; not in the new launches");
    EXPECT_EQ(made.expected, std::vector<std::string>{"fileio (slow disk): no case here has that name"});
    EXPECT_NE(made.sentence.find("3 expected (reduce/serial 1 x 1: 1.200; "), std::string::npos)
        << made.sentence;
    options.today = "2026-07-01";
    options.expected.pop_back();
    const auto over = compared(base, slow, options);
    EXPECT_EQ(over.status, ExitStatus::wrong);
    EXPECT_EQ(over.expected, std::vector<std::string>{"reduce/serial 1 x 1 (older compiler): expected until "
                                                      "2026-06-30, and no longer"});
    options.expected = {{"reduce", "older compiler", "2026-12-31"}};
    EXPECT_EQ(compared(base, spread_launches("b", 10, {"serial", "simd", "mpi"}, 0.1), options).expected,
              std::vector<std::string>{"reduce (older compiler): expected, and did not happen"});
}

TEST(Expected, WrongAnswersNeverAre) {
    auto wrong = spread_launches("b", 10, {"simd"}, 0.1);
    wrong[4].records[0].verdict.failed = 1;
    ComparisonOptions options;
    options.expected = {{"reduce/simd", "it is known", "2999-12-31"}};
    EXPECT_EQ(compared(spread_launches("a", 10, {"simd"}, 0.1), wrong, options).status, ExitStatus::wrong);
}

TEST(Untested, CasesAreListedAndADoubtIfAllAreWanted) {
    const auto lacking = [](const char* prefix) {
        auto launches = spread_launches(prefix, 10, {"simd"}, 0.1);
        for (auto& launch : launches) launch.records.push_back(left_out("mpi", "it needs 2 ranks"));
        return launches;
    };
    ComparisonOptions options;
    for (const bool every : {false, true}) {
        options.every_case = every;
        const auto made = compared(lacking("a"), lacking("b"), options);
        EXPECT_EQ(made.status, every ? ExitStatus::inconclusive : ExitStatus::right);
        EXPECT_EQ(made.untested, std::vector<std::string>{"reduce/mpi 1 x 1: not run: it needs 2 ranks"});
    }
}

// A case that has another app's name now is of another program, and what differs between the two is said.
TEST(Programs, OfARenamedCaseAreHeldAgainstEachOther) {
    const auto of = [](const char* prefix, const char* program, const char* hash) {
        auto launches =
            with_fact(spread_launches(prefix, 10, {"simd"}, 0.1), "program_hash", std::string(hash));
        for (auto& launch : launches) {
            launch.environment[0].second = std::string(program);
            launch.records[0].app = "vector";
        }
        return launches;
    };
    EXPECT_EQ(compared(of("a", "reduce", "aaaa"), of("b", "vector", "bbbb")).environment,
              (std::vector<std::string>{"program: reduce -> vector", "program_hash: aaaa -> bbbb"}));
}

TEST(Only, ChangesHolmsCorrectionAndSaysSo) {
    const auto made = compared(spread_launches("a", 10, both, 0.1), spread_launches("b", 10, both, 0.1),
                               {0.03, false, {"/simd"}});
    ASSERT_EQ(made.compared.size(), 2U);
    EXPECT_EQ(made.compared[1].find("only 1 case (--only), for which alone Holm's correction is"), 0U);
}

// Cases that differ in what was compared have it in their rows.
TEST(Basis, IsInTheRowWhereItDiffers) {
    auto base = spread_launches("a", 10, both, 0.1), candidate = spread_launches("b", 10, both, 0.1);
    take_turns(base, candidate);
    const auto shown = [&] { return document_of(compared(base, candidate)); };
    EXPECT_EQ(shown().as(Format::table).find("in pairs  "), std::string::npos);
    EXPECT_NE(shown().as(Format::html).find("two-sided: Wilcoxon&#39;s signed ranks; not"), std::string::npos)
        << shown().as(Format::html);
    for (std::size_t i = 0; i < 6; ++i) base[i].records.pop_back();  // too few pairs of simd
    const auto text = shown().as(Format::table);
    EXPECT_NE(text.find("in pairs"), text.npos) << text;
    EXPECT_NE(text.find("launch by launch  "), text.npos) << text;
    const auto json = nlohmann::json::parse(shown().as(Format::json));
    EXPECT_EQ(json["cases"][0]["basis"], "in pairs");
    EXPECT_EQ(json["cases"][1]["basis"], "launch by launch");
    EXPECT_EQ(json["cases"][0]["units"], 10);
}

// Launches at 1 and 2 ms in turn: nothing is known of a change, whatever it is and whatever margin is asked
// for.
TEST(Noise, GrantsNothing) {
    const auto bimodal = [](const std::string& prefix, double factor) {
        auto launches = spread_launches(prefix, 10, {"simd"}, 1e-3 * factor, 0.001);
        for (std::size_t i = 1; i < launches.size(); i += 2)
            launches[i].records[0].seconds.assign(3, 2e-3 * factor);
        return launches;
    };
    for (const double factor : {1.0, 1.3, 1.6}) {
        for (const double margin : {0.01, 0.03}) {
            const auto made = compared(bimodal("a", 1), bimodal("b", factor), {margin, false, {}});
            EXPECT_EQ(made.status, ExitStatus::inconclusive) << factor << " " << margin;
            const auto& note = made.cases[0].note;
            EXPECT_NE(note.find("baseline launches fall in two groups, near 1.000 ms and 2.000 ms"),
                      note.npos)
                << note;
            EXPECT_NE(note.find("too noisy: launches of the base differ by 9"), note.npos) << note;
            EXPECT_NE(note.find("launches needed: unknown"), note.npos) << note;
            EXPECT_EQ(made.cases[0].launches_needed, 0);
            EXPECT_NE(made.sentence.find("idle machine"), made.sentence.npos) << made.sentence;
        }
    }
}

// More than was asked for, and an interval that lies within the noise.
TEST(Noise, GrantsNoEqualityWithinItself) {
    const auto row = one_case(1, 0.06);
    ASSERT_EQ(row.margin_from, "noise of the base");
    ASSERT_FALSE(row.too_noisy);
    ASSERT_TRUE(*row.low > 1 / (1 + row.margin) && *row.high < 1 + row.margin);
    EXPECT_EQ(row.finding, Finding::inconclusive);
    EXPECT_GT(row.launches_needed, 10);
    EXPECT_EQ(one_case(1, 0.06, 2 * row.margin).finding, Finding::equivalent);
}

TEST(Clock, TooCoarseGrantsNothing) {
    const auto made =
        compared(spread_launches("a", 5, {"simd"}, 1e-6, 0), spread_launches("b", 5, {"simd"}, 1e-6, 0));
    EXPECT_EQ(made.status, ExitStatus::inconclusive);
    EXPECT_NE(made.cases[0].note.find("ten steps of the clock are 20.0 % of a repeat"), std::string::npos)
        << made.cases[0].note;
}

// Launches of one job on each of these nodes.
Launches on_nodes(const std::string& prefix, const std::vector<std::string>& nodes, double seconds) {
    Launches all;
    for (const auto& node : nodes) {
        auto some = spread_launches(prefix + node, 10, {"simd"}, seconds);
        some = with_fact(with_fact(std::move(some), "hosts", node + ":4"), "job_id", prefix + node);
        all.insert(all.end(), some.begin(), some.end());
    }
    return all;
}

TEST(Hosts, ThatDifferAreComparedAsSets) {
    const auto one = compared(on_nodes("a", {"n1"}, 0.1), on_nodes("b", {"n2"}, 0.104));
    EXPECT_EQ(one.status, ExitStatus::inconclusive);
    EXPECT_NE(one.cases[0].note.find("one node against one"), std::string::npos) << one.cases[0].note;
    ASSERT_EQ(one.compared.size(), 1U);
    EXPECT_NE(one.compared[0].find("n1 -> n2"), std::string::npos) << one.compared[0];
    const auto few =
        compared(on_nodes("a", {"n1", "n2", "n3"}, 0.1), on_nodes("b", {"n4", "n5", "n6", "n7"}, 0.12));
    EXPECT_EQ(few.status, ExitStatus::inconclusive);
    EXPECT_NE(few.cases[0].note.find("3 sets of hosts against 4"), std::string::npos) << few.cases[0].note;
    const auto enough =
        compared(on_nodes("a", {"n1", "n2", "n3", "n4"}, 0.1), on_nodes("b", {"n5", "n6", "n7", "n8"}, 0.12));
    EXPECT_EQ(enough.status, ExitStatus::wrong);
    EXPECT_EQ(enough.cases[0].basis, Basis::hosts);
}

// Four jobs on one node are one node.
TEST(Hosts, AreNotToldApartByJobs) {
    Launches base, candidate;
    for (const std::string job : {"1", "2", "3", "4"}) {
        for (auto& launch : on_nodes("a" + job, {"n1"}, 0.1)) base.push_back(launch);
        for (auto& launch : on_nodes("b" + job, {"n2"}, 0.12)) candidate.push_back(launch);
    }
    const auto made = compared(base, candidate);
    EXPECT_EQ(made.status, ExitStatus::inconclusive);
    EXPECT_NE(made.cases[0].note.find("one node against one"), std::string::npos) << made.cases[0].note;
}

TEST(Hosts, ThatAreTheSameAreComparedByLaunch) {
    const auto same = compared(on_nodes("a", {"n1"}, 0.1), on_nodes("b", {"n1"}, 0.104));
    EXPECT_EQ(same.cases[0].finding, Finding::slower);
    EXPECT_EQ(same.compared, (std::vector<std::string>{"launch by launch, all on n1"}));
    const auto two = compared(on_nodes("a", {"n1", "n2"}, 0.1), on_nodes("b", {"n2", "n1"}, 0.104));
    EXPECT_EQ(two.cases[0].basis, Basis::launch);
    auto most_on_one = on_nodes("a", {"n1"}, 0.1), most_on_other = on_nodes("b", {"n2"}, 0.104);
    most_on_one.push_back(on_nodes("c", {"n2"}, 0.104)[0]);
    most_on_other.push_back(on_nodes("d", {"n1"}, 0.1)[0]);
    EXPECT_EQ(compared(most_on_one, most_on_other).cases[0].finding, Finding::inconclusive);
}

TEST(Sides, MixedFromTwoMachinesOrBuildsAreSaidToBe) {
    auto base = with_fact(spread_launches("a", 6, {"simd"}, 0.1), "cpu_model", std::string("EPYC"));
    const auto xeon = with_fact(spread_launches("x", 4, {"simd"}, 0.11), "cpu_model", std::string("Xeon"));
    base.insert(base.end(), xeon.begin(), xeon.end());
    const auto candidate =
        with_fact(spread_launches("b", 10, {"simd"}, 0.1), "cpu_model", std::string("EPYC"));
    EXPECT_EQ(
        compared(base, candidate).environment,
        (std::vector<std::string>{"cpu_model within the baseline: EPYC (6 launches), Xeon (4 launches)"}));
    EXPECT_EQ(compared(candidate, base).environment,
              (std::vector<std::string>{
                  "cpu_model within the new launches: EPYC (6 launches), Xeon (4 launches)"}));
}

// Others took 10 % of a launch's core for each second of theirs.
Launches disturbed(Launches launches, std::size_t first, double seconds = 3) {
    for (std::size_t i = 0; i < first; ++i) {
        auto& facts = launches[i].environment;
        facts.insert(facts.end(), {{"cpu_seconds", 40.0},
                                   {"hardware_threads", std::int64_t{4}},
                                   {"others_cpu_seconds", seconds - 1},
                                   {"steal_seconds", 1.0}});
    }
    return launches;
}

TEST(Disturbed, LaunchesAreSaidFirstAndDecideNothing) {
    const auto base = disturbed(spread_launches("a", 10, {"simd"}, 0.15), 10),
               candidate = spread_launches("b", 10, {"simd"}, 0.1);
    for (const auto& made : {compared(base, candidate), compared(candidate, base)}) {
        EXPECT_EQ(made.status, ExitStatus::inconclusive);
        EXPECT_NE(made.cases[0].note.find("rests upon disturbed launches"), std::string::npos)
            << made.cases[0].note;
        ASSERT_EQ(made.disturbed.size(), 2U);
        EXPECT_NE(made.disturbed[0].find("10 of 10"), std::string::npos);
        EXPECT_NE(made.disturbed[0].find("up to 30.0 % of their cores"), std::string::npos)
            << made.disturbed[0];
        EXPECT_NE(made.disturbed[1].find("jobs/compare.sh"), std::string::npos);
        EXPECT_EQ(document_of(made).as(Format::table).rfind("disturbed  10 of 10", 0), 0U);
    }
    ComparisonOptions accept;
    accept.accept_disturbed = true;
    EXPECT_EQ(compared(base, candidate, accept).cases[0].finding, Finding::faster);
}

TEST(Disturbed, LaunchesDoNoHarmWhereTheOthersSayTheSameOrBothSidesMetThem) {
    auto base = spread_launches("a", 10, {"simd"}, 0.1), slow = spread_launches("b", 10, {"simd"}, 0.11);
    EXPECT_EQ(compared(disturbed(base, 2), slow).cases[0].finding, Finding::slower);
    EXPECT_EQ(compared(disturbed(base, 10), disturbed(slow, 10)).cases[0].finding, Finding::inconclusive);
    take_turns(base, slow);
    EXPECT_EQ(compared(disturbed(base, 10), disturbed(slow, 10)).cases[0].finding, Finding::slower);
    EXPECT_EQ(compared(disturbed(base, 10), slow).cases[0].finding, Finding::inconclusive);
    EXPECT_EQ(compared(disturbed(base, 10, 1), disturbed(slow, 10, 8)).cases[0].finding,
              Finding::inconclusive);  // as many of both, but not as much
}

TEST(Outliers, OfEitherSideAreNamed) {
    auto base = spread_launches("a", 10, {"simd"}, 0.1), candidate = spread_launches("b", 10, {"simd"}, 0.1);
    EXPECT_TRUE(compared(base, candidate).outliers.empty());
    for (auto* side : {&base, &candidate}) {
        for (auto& seconds : (*side)[4].records[0].seconds) seconds *= 100;
    }
    const auto found = compared(base, candidate).outliers;
    ASSERT_EQ(found.size(), 2);
    EXPECT_TRUE(found[0].starts_with("baseline: launch " + base[4].id)) << found[0];
    EXPECT_TRUE(found[1].starts_with("new: launch " + candidate[4].id)) << found[1];
}

// A machine that slows down by half meanwhile: a change of 5 % shows in pairs only.
TEST(Turns, AreComparedInPairs) {
    auto base = spread_launches("a", 10, {"simd"}, 0.1, 0.25),
         slow = spread_launches("b", 10, {"simd"}, 0.105, 0.25);
    EXPECT_EQ(compared(base, slow).cases[0].finding, Finding::inconclusive);
    take_turns(base, slow);
    const auto made = compared(base, slow);
    EXPECT_EQ(made.cases[0].finding, Finding::slower);
    EXPECT_EQ(made.cases[0].basis, Basis::pair);
    EXPECT_EQ(made.compared,
              (std::vector<std::string>{"launches in pairs, one of each side, as they took turns"}));
    base.erase(base.begin() + 4);  // one is missing, and the others still have their neighbours
    EXPECT_EQ(compared(base, slow).cases[0].basis, Basis::pair);
    auto first = spread_launches("a", 10, {"simd"}, 0.1), second = spread_launches("b", 10, {"simd"}, 0.11);
    for (std::size_t i = 0; i < 10; ++i) {  // all of one side, then all of the other
        first[i].environment.emplace_back("start_time", fmt::format("2026-11-22T12:00:{:02}Z", i));
        second[i].environment.emplace_back("start_time", fmt::format("2026-11-22T12:01:{:02}Z", i));
    }
    EXPECT_EQ(compared(first, second).cases[0].basis, Basis::launch);
    auto at_once = spread_launches("a", 10, {"simd"}, 0.1), too = spread_launches("b", 10, {"simd"}, 0.11);
    take_turns(at_once, too, 0);
    EXPECT_EQ(compared(at_once, too).cases[0].basis, Basis::launch);
}

// A comparison with a row of every kind.
Comparison mixed() {
    auto base = spread_launches("a", 10, {"slow", "fast", "same", "gone"}, 0.1);
    auto candidate = spread_launches("b", 10, {"slow", "fast", "same"}, 0.1);
    for (auto& launch : candidate) {
        for (auto& seconds : launch.records[0].seconds) seconds *= 1.1;
        for (auto& seconds : launch.records[1].seconds) seconds *= 0.8;
        launch.environment.emplace_back("flags", std::string("-O3 | \"quoted\", <b>"));
    }
    return compare(base, candidate, {}, {});
}

TEST(Text, TableHasARowACaseAndColoursOnlyWhenAsked) {
    const auto plain = document_of(mixed()).as(Format::table),
               coloured = document_of(mixed()).as(Format::table, true);
    for (const auto* word :
         {"REGRESSED", "IMPROVED", "equivalent", "MISSING", "differs  flags: (none) -> -O3",
          "4 cases: 1 REGRESSED (reduce/slow 1 x 1: 1.100), 1 MISSING (reduce/gone 1 x 1), "
          "1 IMPROVED (reduce/fast 1 x 1: 0.800), 1 equivalent."}) {
        EXPECT_NE(plain.find(word), plain.npos) << word << "\n" << plain;
    }
    EXPECT_EQ(plain.find('\x1b'), plain.npos);
    EXPECT_NE(coloured.find("\x1b[31mREGRESSED\x1b[0m"), coloured.npos);
    EXPECT_NE(coloured.find("\x1b[32mIMPROVED\x1b[0m"), coloured.npos);
    auto uncoloured = coloured;
    for (std::size_t at; (at = uncoloured.find('\x1b')) != uncoloured.npos;) {
        uncoloured.erase(at, uncoloured.find('m', at) + 1 - at);
    }
    EXPECT_EQ(uncoloured, plain);
}

TEST(Text, JsonHasEveryFigureAndNullWhereThereIsNone) {
    const auto all = nlohmann::json::parse(document_of(mixed()).as(Format::json));
    EXPECT_EQ(all["status"], 1);
    EXPECT_EQ(all["cases"].size(), 4U);
    EXPECT_EQ(all["cases"][0]["verdict"], "REGRESSED");
    EXPECT_EQ(all["cases"][0]["parameters"]["elements"], 1000);
    EXPECT_NEAR(all["cases"][0]["ratio"].get<double>(), 1.1, 1e-9);
    EXPECT_TRUE(all["cases"][3]["ratio"].is_null());
    EXPECT_TRUE(all["cases"][3]["low"].is_null());
}

TEST(Text, JsonHoldsWhatIsNoUtf8) {
    auto made = mixed();
    made.environment = {"flags: \xff\xfe"};
    EXPECT_NO_THROW(nlohmann::json::parse(document_of(made).as(Format::json)));
}

TEST(Text, CsvHasARowACase) {
    auto made = mixed();
    made.cases[0].note = "a, \"b\"";
    std::istringstream lines(document_of(made).as(Format::csv));
    std::vector<std::string> found;
    for (std::string line; std::getline(lines, line);) found.push_back(line);
    ASSERT_EQ(found.size(), 5U);
    EXPECT_EQ(found[0].rfind("case,app,variant,ranks,threads,base_launches,", 0), 0U) << found[0];
    EXPECT_NE(found[1].find("\"a, \"\"b\"\"\""), std::string::npos) << found[1];
    EXPECT_NE(found[4].find(",,,"), std::string::npos) << found[4];
}

TEST(Text, MarkdownIsATableWhoseCellsCannotBreakIt) {
    const auto text = document_of(mixed()).as(Format::markdown);
    std::istringstream lines(text);
    int rows = 0;
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with('|')) continue;
        ++rows;
        int bars = 0;
        for (std::size_t i = 0; i < line.size(); ++i)
            bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1 : 0;
        EXPECT_EQ(bars, 9) << line;
    }
    EXPECT_EQ(rows, 2 + 4);
    EXPECT_NE(text.find("-O3 \\| \"quoted\", \\<b>"), text.npos) << text;
    EXPECT_NE(text.find("**REGRESSED**"), text.npos);
}

}  // namespace
}  // namespace pacer::timings
