// What is shown of a launch follows from its samples, and programs can read it back.
#include "common/report/report.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "common/measure/doubts.hpp"

namespace pacer {
namespace {

Record record_of(const std::string& variant, double seconds, int ranks) {
    Record record;
    record.app = "reduce";
    record.variant = variant;
    record.ranks = ranks;
    record.parameters = {{"elements", std::int64_t{1000}}, {"source", "iota"}};
    record.work = {1000, 0, 2000, Operation::int64_add};
    record.limit = {0.5, "4 kadd/s by a slide rule"};
    for (int repeat = 0; repeat < 6; ++repeat) {
        for (int rank = 0; rank < ranks; ++rank) record.seconds.push_back(rank == 0 ? seconds : seconds / 2);
        record.round.push_back(repeat);
    }
    record.verdict.add({Number::of_whole(499500), Number::of_whole(499500)});
    return record;
}

Launch example() {
    Launch launch;
    launch.id = "20261122T120721Z-1a2b3c4d";
    launch.environment = {
        {"program", "reduce"}, {"command_line", "./reduce --dump 'a,\"b\"\xff'"}, {"ranks", std::int64_t{2}}};
    launch.placement = {{0, "node1", 11, "0", 1, "0"}, {1, "node2", 12, "1", 1, "1"}};
    launch.doubts = {{"said", -1, "a, \"quoted\" warning", 0}};
    launch.records = {record_of("serial", 4, 1), record_of("mpi", 1, 2), record_of("simd", 2, 1)};
    Record missing;
    missing.app = "reduce";
    missing.variant = "openmp";
    missing.parameters = launch.records.front().parameters;
    missing.not_run = "needs 16 GiB, really";
    launch.records.push_back(missing);
    launch.records[1].observed = {{"lost", std::vector<double>(6, 2)}};
    return launch;
}

// As an app prints it.
std::string table(const Launch& launch) {
    return report({launch}, Format::table);
}

TEST(Summary, RefersToTheSerialCaseOfTheLaunch) {
    auto launch = example();
    const auto mpi = summarise(launch.records[1], launch);
    EXPECT_EQ(mpi.median_seconds, 1);
    EXPECT_EQ(mpi.speedup, 4);
    EXPECT_EQ(mpi.efficiency, 1);  // simd, which takes 2 s on one core
    EXPECT_EQ(mpi.fraction_of_limit, 0.5);
    EXPECT_EQ(mpi.rate, 1000);  // elements, not the additions that they take
    EXPECT_EQ(mpi.rate_unit, "items/s");
    EXPECT_TRUE(mpi.has_interval);
    launch.records[1].work.bytes = 8000;
    EXPECT_EQ(summarise(launch.records[1], launch).rate, 8000);
}

TEST(Summary, RefersEfficiencyToTheFastestRightVariantOnOneCore) {
    auto launch = example();
    for (const auto& record : {launch.records[0], launch.records[2]})
        EXPECT_EQ(summarise(record, launch).efficiency, 0) << record.variant;  // of one core
    launch.records[2].verdict.add({Number::of_whole(1), Number::of_whole(2)});
    EXPECT_EQ(summarise(launch.records[1], launch).efficiency, 2);  // serial is right
    launch.records[0].parameters[0].second = std::int64_t{7};       // and now another problem
    EXPECT_EQ(summarise(launch.records[1], launch).efficiency, 0);
}

TEST(Summary, RefersEfficiencyToALoadedCoreToo) {
    auto launch = example();
    EXPECT_EQ(summarise(launch.records[1], launch).efficiency_loaded, 0);  // unknown
    launch.records[2].loaded_seconds = 3;
    EXPECT_EQ(summarise(launch.records[1], launch).efficiency_loaded, 1.5);
    EXPECT_EQ(summarise(launch.records[0], launch).efficiency_loaded, 0);  // of one core
    launch.records[2].verdict.add({Number::of_whole(1), Number::of_whole(2)});
    EXPECT_EQ(summarise(launch.records[1], launch).efficiency_loaded, 0);
}

TEST(Summary, HasNoSpeedupWithoutABase) {
    auto launch = example();
    launch.records.erase(launch.records.begin());
    EXPECT_EQ(summarise(launch.records[0], launch).speedup, 0);
}

TEST(Table, IsSortedFromSlowestToFastest) {
    const auto text = table(example());
    const auto at = [&](const std::string& name) { return text.find("\n" + name + " "); };
    EXPECT_LT(at("serial"), at("simd"));
    EXPECT_LT(at("simd"), at("mpi"));
    EXPECT_LT(at("mpi"), at("openmp"));
    EXPECT_NE(text.find("not run: needs 16 GiB, really"), std::string::npos);
    EXPECT_NE(text.find("answer 499500"), std::string::npos);
    EXPECT_EQ(text.find("WRONG"), std::string::npos);
}

TEST(Table, SaysWhatIsWrong) {
    auto launch = example();
    launch.records[1].verdict.add({Number::of_whole(499501), Number::of_whole(499500)});
    launch.records[2].verdict = {};
    const auto text = table(launch);
    EXPECT_NE(text.find("WRONG 1 of 2"), std::string::npos);
    EXPECT_NE(text.find("mpi: got 499501, want 499500"), std::string::npos);
    EXPECT_NE(text.find("NOT CHECKED"), std::string::npos);
}

// Two problems of one launch: a section each, with a baseline of its own.
TEST(Table, HasASectionAProblem) {
    auto launch = example();
    for (const auto& [variant, seconds] : {std::pair{"push_back", 3.0}, std::pair{"copy", 2.0}}) {
        auto record = record_of(variant, seconds, 1);
        record.parameters[1].second = "memory";
        record.baseline = "push_back";
        record.observed = {{"peak_bytes", {5, 1, 2, 3, 4, 9}}};
        launch.records.push_back(record);
    }
    EXPECT_EQ(summarise(launch.records.back(), launch).speedup, 1.5);
    const auto text = table(launch);
    EXPECT_TRUE(text.starts_with("reduce   elements 1000\n")) << text;
    const auto first = text.find("\nsource iota\nanswer"), second = text.find("\nsource memory\nanswer");
    ASSERT_NE(first, std::string::npos);
    ASSERT_NE(second, std::string::npos);
    EXPECT_LT(text.find("\nmpi "), second);
    EXPECT_GT(text.find("\npush_back "), second);
    EXPECT_LT(text.find("\npush_back "), text.find("\ncopy "));
    EXPECT_NE(text.find("speedup: 3.000 s (push_back on 1 core) / median\n"), std::string::npos) << text;
    EXPECT_NE(
        text.find("speedup: 4.000 s (serial on 1 core) / median\nefficiency: 2.000 s (simd on one core) / "),
        std::string::npos);
    EXPECT_NE(text.find("\ncopy: peak_bytes 3.5 (1 .. 9)\n"), std::string::npos);
}

TEST(Table, SaysThatAnswersDiffer) {
    auto launch = example();
    launch.records[1].verdict = {};
    launch.records[1].verdict.add({Number::of_whole(7), Number::of_whole(7)});
    const auto text = table(launch);
    EXPECT_NE(text.find("each variant has its answer, checked in every repeat"), std::string::npos);
    EXPECT_EQ(text.find("answer 499500"), std::string::npos);
}

// Two variants at so many sizes, one of them without bytes.
Launch sweep(int sizes) {
    Launch launch;
    launch.placement = {{0, "node1", 11, "0", 1, "0"}};
    for (std::int64_t size = 1; size <= sizes; ++size) {
        auto read = record_of("read", 2, 1), chase = record_of("chase", 4, 1);
        read.work = {1000, 2000 * size, 0, Operation::none};
        chase.work = {1000, 0, 0, Operation::none};
        for (auto* record : {&read, &chase}) {
            record->parameters = {{"experiment", "sweep"}, {"bytes", size * 1024}};
            launch.records.push_back(*record);
        }
    }
    return launch;
}

TEST(Table, OfManySizesHasARowASize) {
    auto launch = sweep(8);
    const auto text = table(launch);
    EXPECT_NE(text.find("bytes       read     chase\n"
                        " 1024  1.00 kB/s  4.000 ms\n"
                        " 2048  2.00 kB/s  4.000 ms\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("verified: all 16 answers"), std::string::npos) << text;
    EXPECT_EQ(text.find("speedup"), std::string::npos);
    EXPECT_NE(text.find("experiment sweep"), std::string::npos);  // what all have in common
    launch.records[3].verdict.add({Number::of_whole(1), Number::of_whole(2)});
    launch.records[5].seconds.clear();
    launch.records[5].round.clear();
    launch.records[5].not_run = "needs 1 GiB";
    const auto wrong = table(launch);
    EXPECT_NE(wrong.find("4.000 ms!"), std::string::npos) << wrong;
    EXPECT_NE(wrong.find("chase at bytes 2048: WRONG 1 of 2: got 1, want 2"), std::string::npos) << wrong;
    EXPECT_NE(wrong.find("chase at bytes 3072: not run: needs 1 GiB"), std::string::npos) << wrong;
    EXPECT_EQ(wrong.find("verified"), std::string::npos) << wrong;
}

TEST(Table, OfFewSizesOrOfSeveralParametersIsATableEach) {
    EXPECT_NE(table(sweep(7)).find("speedup"), std::string::npos);
    auto launch = sweep(9);
    launch.records.back().parameters[0].second = "other";
    EXPECT_NE(table(launch).find("speedup"), std::string::npos);
    launch = sweep(9);
    for (auto& record : launch.records) record.threads = 2;
    EXPECT_EQ(table(launch).find("speedup"), std::string::npos);
    launch.records.back().threads = 3;  // which would need a column of its own
    EXPECT_NE(table(launch).find("speedup"), std::string::npos);
}

// Also below a table without footnotes there is one empty line.
TEST(Table, HasOneEmptyLineBetweenSections) {
    auto launch = sweep(2);
    for (auto& record : launch.records) {
        record.baseline = "none";
        record.limit = {};
    }
    EXPECT_EQ(table(launch).find("\n\n\n"), std::string::npos) << table(launch);
}

// As a column, the largest of all repeats, and not among the footnotes; no column where nothing has it.
TEST(Table, ShowsErrorsAsAColumn) {
    auto launch = example();
    EXPECT_EQ(table(launch).find("error"), std::string::npos);
    for (auto& record : launch.records) {
        record.verdict = {};
        record.verdict.add({Number::of_real(12), Number::of_real(12), 1});
    }
    launch.records[0].observed = {{"lost", {7, 7}}, {std::string(error_ulp), {0, 3, 1}}};
    launch.records[1].observed = {{std::string(error_ulp), {0, 0, 0}}};
    const auto text = table(launch);
    EXPECT_NE(text.find("error  answer"), std::string::npos) << text;
    EXPECT_NE(text.find("3 ulp  verified"), std::string::npos) << text;
    EXPECT_NE(text.find("exact bits  verified"), std::string::npos) << text;
    EXPECT_NE(text.find(" -  verified"), std::string::npos) << text;  // simd has none
    EXPECT_NE(text.find("answer 12 = 0x1.8p+3, checked"), std::string::npos) << text;
    EXPECT_NE(text.find("lost 7"), std::string::npos) << text;
    EXPECT_EQ(text.find("error_ulp"), std::string::npos) << text;
}

TEST(Table, SaysThatTheBitsWereWanted) {
    auto launch = example();
    launch.records[1].verdict = {};
    launch.records[1].verdict.add({Number::of_real(0.5), Number::of_real(0.75), 1, true});
    launch.records[2].verdict = {};
    launch.records[2].verdict.add({Number::of_real(0.5), Number::of_real(0.75), 0.1});
    const auto text = table(launch);
    EXPECT_NE(text.find("mpi: got 0.5, want 0.75 to the bit"), std::string::npos) << text;
    EXPECT_NE(text.find("simd: got 0.5, want 0.75 within 0.1"), std::string::npos) << text;
}

// As many variants as share a limit are named with it.
TEST(Table, SaysWhoseLimitItIs) {
    auto launch = example();
    launch.records[1].limit = {0.25, "8 kadd/s by 2 ranks"};
    const auto text = table(launch);
    EXPECT_NE(text.find("limit of serial, simd: 500.0 ms (4 kadd/s by a slide rule, 2 for each item)\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find("limit of mpi: 250.0 ms (8 kadd/s by 2 ranks, 2 for each item)\n"), std::string::npos)
        << text;
}

TEST(Warnings, TheGravestComeFirstAndTheOthersAreCounted) {
    auto launch = example();
    launch.doubts = {{"foreign_topology", -1, "core:4", 0},
                     {"steal", -1, "", 0.1},
                     {"said", -1, "the last of its gravity", 0},
                     {"over_quota", -1, "4 ranks", 1},
                     {"failed", -1, "a fault", 0}};
    for (auto& record : launch.records) record.first_seconds = 40;  // a note about every case
    const auto all = report({launch}, Format::table);
    EXPECT_NE(all.find("core:4"), std::string::npos) << all;
    EXPECT_EQ(all.find(" more"), std::string::npos) << all;
    const auto few = report({launch}, Format::table, {.warnings = Warnings::gravest, .dump = "a.h5"});
    EXPECT_EQ(few.find("core:4"), std::string::npos) << few;
    EXPECT_LT(few.find("a fault"), few.find("a cgroup quota"));
    EXPECT_NE(few.find("the last of its gravity"), std::string::npos) << few;
    EXPECT_NE(few.find("3 more warnings: timings show --doubts a.h5\n"), std::string::npos) << few;
    const auto lines = [](const std::string& text) {
        std::size_t count = 0;
        for (auto at = text.find("\nwarning: "); at != text.npos; at = text.find("\nwarning: ", at + 1))
            ++count;
        return count;
    };
    EXPECT_EQ(lines(few), 3);
    EXPECT_EQ(lines(all), warnings_of(launch).size());
    for (int i = 0; i < 4; ++i) launch.doubts.push_back({"said", -1, "records were skipped", 0});
    const auto faults = report({launch}, Format::table, {.warnings = Warnings::gravest});
    EXPECT_EQ(lines(faults), 7) << faults;  // those are never hidden
    EXPECT_NE(faults.find("they would be in the dump"), std::string::npos) << faults;
    launch.doubts.resize(1);
    for (auto& record : launch.records) record.first_seconds = 0;
    const auto one = report({launch}, Format::table, {.warnings = Warnings::gravest});
    EXPECT_NE(one.find("core:4"), std::string::npos) << one;
    EXPECT_EQ(one.find(" more"), std::string::npos) << one;
}

TEST(Json, IsValidAndComplete) {
    const auto parsed = nlohmann::json::parse(report({example()}, Format::json));
    const auto& launch = parsed.at("launches").at(0);
    EXPECT_EQ(launch.at("id"), "20261122T120721Z-1a2b3c4d");
    EXPECT_EQ(launch.at("circumstances").at("ranks"), 2);
    EXPECT_EQ(launch.at("placement").at(1).at("host"), "node2");
    EXPECT_EQ(launch.at("warnings").at(0), "a, \"quoted\" warning");
    const auto& mpi = launch.at("records").at(1);
    EXPECT_EQ(mpi.at("seconds").size(), 6);
    EXPECT_EQ(mpi.at("seconds").at(0), (std::vector<double>{1, 0.5}));
    EXPECT_EQ(mpi.at("summary").at("median_seconds"), 1.0);
    EXPECT_EQ(mpi.at("want"), "499500");
    EXPECT_EQ(mpi.at("baseline"), "serial");
    EXPECT_EQ(mpi.at("observed").at("lost"), std::vector<double>(6, 2));
    EXPECT_TRUE(launch.at("records").at(3).at("summary").is_null());
    EXPECT_EQ(launch.at("records").at(3).at("not_run"), "needs 16 GiB, really");
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

// What a program that reads CSV finds in the column of that name, where no field is quoted.
std::string field_of(const std::vector<std::string>& lines, std::size_t line, const std::string& column) {
    std::istringstream names(lines[0]), fields(lines[line]);
    std::string name, text;
    while (std::getline(names, name, ',') && std::getline(fields, text, ',')) {
        if (name == column) return text;
    }
    return "no such column";
}

TEST(Csv, HasARowACaseOrASample) {
    const auto cases = lines_of(report({example()}, Format::csv));
    ASSERT_EQ(cases.size(), 5);
    EXPECT_EQ(lines_of(report({example(), example()}, Format::csv)).size(), 1 + 2 * 4);
    auto spread = example();
    spread.records[0].seconds = {4, 1, 2, 5, 3, 6};
    const auto lines = lines_of(report({spread}, Format::csv));
    EXPECT_EQ(field_of(lines, 1, "minimum_seconds"), "1");
    EXPECT_EQ(field_of(lines, 1, "median_seconds"), "3.5");
    EXPECT_EQ(field_of(lines, 1, "p95_seconds"), "5.75");
    EXPECT_EQ(field_of(lines, 1, "maximum_seconds"), "6");
    EXPECT_EQ(field_of(lines, 1, "checked"), "1");
    EXPECT_EQ(field_of(lines, 4, "minimum_seconds"), "");
    EXPECT_TRUE(cases[4].ends_with(",0,0,\"needs 16 GiB, really\""));
    const auto samples = lines_of(samples_csv({example()}));
    ASSERT_EQ(samples.size(), 1 + 6 + 12 + 6);
    EXPECT_EQ(samples[0], "launch,app,variant,ranks,threads,parameters,repeat,round,rank,seconds");
    EXPECT_EQ(samples[8], "20261122T120721Z-1a2b3c4d,reduce,mpi,2,1,elements=1000 source=iota,0,0,1,0.5");
}

// The lines of the proof alone.
std::vector<std::string> proof(const Launch& launch) {
    const auto without = report({launch}, Format::table),
               with = report({launch}, Format::table, {.proof = true});
    const auto same = std::mismatch(without.begin(), without.end(), with.begin()).first - without.begin();
    return lines_of(with.substr(static_cast<std::size_t>(same), with.size() - without.size()));
}

TEST(Proof, AddsUpTheShares) {
    auto launch = example();
    launch.records[1].shares = {{0, 1, 400, "79800"}, {1, 1, 600, "419700"}};
    const auto lines = proof(launch);
    ASSERT_EQ(lines.size(), 6);  // name, names of columns, two ranks, all, blank
    EXPECT_EQ(lines[0], "mpi");
    EXPECT_NE(lines[3].find("node2"), std::string::npos);
    EXPECT_NE(lines[4].find("1000"), std::string::npos);
    EXPECT_NE(lines[4].find("499500"), std::string::npos);
}

TEST(Proof, ShowsTheSumOfTheStoredPartialsWhateverTheAnswer) {
    auto launch = example();
    launch.records[1].shares = {{0, 1, 400, "-170141183460469231731687303715884105728"}, {1, 1, 600, "5"}};
    EXPECT_TRUE(proof(launch)[4].ends_with(" -170141183460469231731687303715884105723"));
    launch.records[1].shares = {{0, 1, 400, "0.25"}, {1, 1, 600, "5"}};
    EXPECT_TRUE(proof(launch)[4].ends_with(" 5.25"));
    launch.records[1].shares = {{0, 1, 400, "1"}, {1, 1, 600, "1 or 2"}};
    EXPECT_TRUE(proof(launch)[4].ends_with(" not all are numbers"));
}

TEST(Table, NamesTheHostWhoseCpuItNames) {
    auto launch = example();
    launch.environment.emplace_back("cpu_model", "Zeta 9");
    launch.placement[0].host = "zeta";
    EXPECT_NE(table(launch).find("zeta, Zeta 9  2 ranks (MPI processes) on 2 hosts"), std::string::npos);
}

}  // namespace
}  // namespace pacer
