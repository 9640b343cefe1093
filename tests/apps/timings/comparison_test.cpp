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
    EXPECT_EQ(one_case(1.02, 0.001).finding, Finding::equivalent);  // sure, but small
    EXPECT_EQ(one_case(1.028, 0.01, 0.03).finding, Finding::within_margin);
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
    const auto few = compared(spread_launches("a", 3, {"simd"}, 0.1), spread_launches("b", 3, {"simd"}, 0.2));
    EXPECT_EQ(few.cases[0].finding, Finding::inconclusive);
    EXPECT_EQ(few.cases[0].note, "an interval needs 4 launches a side");
    EXPECT_EQ(few.cases[0].launches_needed, 4);
    EXPECT_EQ(few.status, ExitStatus::inconclusive);
}

// One of the new launches had time for two repeats of as many as it takes, or was asked for no more.
TEST(Verdict, OfALaunchInWantOfTimeIsNone) {
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

TEST(OneLaunch, CannotBeCompared) {
    for (const auto& [n, m] : {std::pair<int, int>(1, 1), {1, 10}, {10, 1}, {1, 100}}) {
        const auto result = compared(spread_launches("a", n, both, 0.1), spread_launches("b", m, both, 0.2));
        EXPECT_EQ(result.status, ExitStatus::inconclusive) << n << " x " << m;
        EXPECT_EQ(result.cases[1].note, "one launch cannot be compared");
        EXPECT_NE(result.sentence.find("one launch cannot be compared"), std::string::npos);
    }
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

TEST(Confirm, DecidesWhatCounts) {
    const auto base = spread_launches("a", 10, {"simd"}, 0.1),
               slow = spread_launches("b", 10, {"simd"}, 0.11);
    const auto ended = [&](const Launches& confirm) { return compared(base, slow, {}, confirm); };
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

TEST(Missing, IsAFailureUnlessAllowed) {
    const auto base = spread_launches("a", 10, both, 0.1),
               candidate = spread_launches("b", 10, {"simd"}, 0.1);
    const auto result = compared(base, candidate);
    EXPECT_EQ(result.status, ExitStatus::wrong);
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

TEST(SameLaunches, OnBothSidesAreSaidToBe) {
    const auto base = spread_launches("a", 10, {"simd"}, 0.1);
    EXPECT_NE(compared(base, base).sentence.find("10 launches are on both sides"), std::string::npos);
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
