// Launches sorted into cases.
#include "apps/timings/compare/cases.hpp"
#include "apps/timings/compare/environments.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <functional>

#include "common/base/status.hpp"
#include "tests/support/launch_examples.hpp"

// HDF5 1.10 does not free all memory when it fails to open a file; the sanitizer is to look at our own.
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libhdf5";
}

namespace pacer::timings {
namespace {

using examples::launch_of, examples::left_out, examples::timed;
using Names = std::vector<std::string>;

std::string refusal(const std::function<void()>& doing) {
    try {
        doing();
        return "not refused";
    } catch (const UsageError& error) {
        return error.what();
    }
}

Names variants_of(const std::vector<Case>& cases) {
    Names names;
    for (const auto& one : cases) names.push_back(one.key.app + "/" + one.key.variant);
    return names;
}

TEST(Cases, AreInTheOrderOfAppearanceAndTheirLaunchesInThatOfTheIds) {
    const std::vector<Launch> launches = {launch_of("b", {timed("simd", 2), timed("new", 3)}),
                                          launch_of("a", {timed("serial", 5), timed("simd", 1)})};
    const auto cases = cases_of(launches);
    EXPECT_EQ(variants_of(cases), (Names{"reduce/serial", "reduce/simd", "reduce/new"}));
    EXPECT_EQ(cases[1].medians(), (std::vector<double>{1, 2}));
    EXPECT_EQ(cases[1].launches[0].launch, &launches[1]);
    EXPECT_EQ(cases[1].launches[1].record, &launches[0].records[0]);
}

TEST(ShortNames, HaveNoMoreThanTellsTheirCasesApart) {
    const auto key = [](const char* variant, std::int64_t elements, const char* source, const char* type) {
        return CaseKey{
            "reduce",
            variant,
            4,
            1,
            {{"elements", elements}, {"source", std::string(source)}, {"type", std::string(type)}}};
    };
    EXPECT_EQ(
        short_names_of({key("mpi", 2000000000, "iota", "i64"), key("mpi", 1 << 27, "memory", "f64"),
                        key("simd", 1 << 27, "memory", "f64")}),
        (Names{"reduce/mpi 4 x 1, elements 2e9", "reduce/mpi 4 x 1, elements 128Mi", "reduce/simd 4 x 1"}));
    EXPECT_EQ(short_names_of({key("mpi", 1000, "iota", "i64"), key("mpi", 1000, "iota", "f64"),
                              key("mpi", 1500, "iota", "i64")}),
              (Names{"reduce/mpi 4 x 1, elements 1000 type i64", "reduce/mpi 4 x 1, type f64",
                     "reduce/mpi 4 x 1, elements 1500"}));
}

TEST(Cases, DifferInAnyPartOfTheKey) {
    std::vector<Record> records(6, timed("simd", 1));
    records[1].ranks = 2;
    records[1].seconds.resize(6, 1);
    records[2].threads = 2;
    records[3].parameters[0].second = std::int64_t{1001};
    records[4].app = "fileio";
    records[5].parameters[0].second = std::string("1000");  // a text is no number
    EXPECT_EQ(cases_of({launch_of("a", records)}).size(), 6U);
}

TEST(Cases, TakeTheMedianOfTheSlowestRanks) {
    auto record = timed("mpi", 1);
    record.ranks = 2;
    record.seconds = {1, 5, 2, 1, 3, 4};
    const std::vector<Launch> launches = {launch_of("a", {record})};
    EXPECT_EQ(cases_of(launches)[0].medians(), (std::vector<double>{4}));
}

TEST(Cases, KnowWhatWasNotRunAndWhatFailed) {
    auto wrong = timed("simd", 1), unchecked = timed("simd", 1), stopped = timed("simd", 1);
    wrong.verdict.failed = 1;
    unchecked.verdict = {};
    stopped.round.clear();
    stopped.seconds.clear();
    const std::vector<Launch> launches = {launch_of("a", {wrong}), launch_of("b", {unchecked}),
                                          launch_of("c", {left_out("simd", "it needs 2 ranks")}),
                                          launch_of("d", {stopped}), launch_of("e", {timed("simd", 1)})};
    const auto one = cases_of(launches).front();
    EXPECT_EQ(one.failed, 2);
    EXPECT_EQ(one.launches.size(), 3U);
    EXPECT_EQ(one.not_run, (Names{"it needs 2 ranks", "it was stopped before the first repeat"}));
}

TEST(Cases, RefuseWhatIsNoTime) {
    for (const double bad : {std::nan(""), 0.0, -1.0, std::numeric_limits<double>::infinity()}) {
        auto record = timed("simd", 1);
        record.seconds[1] = bad;
        const std::vector<Launch> launches = {launch_of("20261122T1", {record})};
        const auto what = refusal([&] { cases_of(launches); });
        EXPECT_NE(what.find("launch 20261122T1"), what.npos) << what;
        EXPECT_NE(what.find("reduce/simd 1 x 1"), what.npos) << what;
    }
}

TEST(Cases, RefuseACaseThatIsTwiceInALaunch) {
    const std::vector<Launch> launches = {launch_of("x", {timed("simd", 1), timed("simd", 2)})};
    EXPECT_EQ(refusal([&] { cases_of(launches); }),
              "launch x has reduce/simd 1 x 1 twice: which is the case cannot be told");
}

TEST(NameOfCase, HasTheParametersThatDiffer) {
    const CaseKey a{"reduce", "mpi", 4, 2, {{"elements", std::int64_t{7}}, {"source", std::string("iota")}}};
    auto b = a, c = a;
    b.parameters[0].second = std::int64_t{8};
    c.app = "fileio";
    c.parameters = {{"files", std::int64_t{3}}};
    EXPECT_EQ(name_of(a, {a}), "reduce/mpi 4 x 2");
    EXPECT_EQ(name_of(a, {a, b}), "reduce/mpi 4 x 2, elements 7");
    EXPECT_EQ(name_of(c, {a, b, c}), "fileio/mpi 4 x 2");
    b.parameters[1].second = std::string("memory");
    EXPECT_EQ(name_of(b, {a, b}), "reduce/mpi 4 x 2, elements 8 source memory");
}

TEST(Select, ByAppByVariantOrBoth) {
    const std::vector<Launch> launches = {
        launch_of("a", {timed("serial", 1), timed("simd", 1), timed("serial", 1, "fileio")})};
    const auto chosen = [&](const Names& wanted) { return variants_of(select(cases_of(launches), wanted)); };
    EXPECT_EQ(chosen({}).size(), 3U);
    EXPECT_EQ(chosen({"reduce"}), (Names{"reduce/serial", "reduce/simd"}));
    EXPECT_EQ(chosen({"/serial"}), (Names{"reduce/serial", "fileio/serial"}));
    EXPECT_EQ(chosen({"fileio/serial", "reduce/simd"}), (Names{"reduce/simd", "fileio/serial"}));
    EXPECT_NE(refusal([&] { chosen({"reduce", "queues"}); }).find("'queues'"), std::string::npos);
    EXPECT_NE(refusal([&] { chosen({"simd"}); }).find("'simd'"), std::string::npos);
}

class Files : public testing::Test {
  protected:
    Files() : folder_(testing::TempDir() + "cases_test-" + std::to_string(getpid())) {
        std::filesystem::create_directory(folder_);
    }
    ~Files() override { std::filesystem::remove_all(folder_); }
    std::string file(const std::string& name, const std::vector<Launch>& launches) const {
        return DumpFile(folder_ + "/" + name, true, "test", 1).write(launches);
    }

  private:
    std::string folder_;
};

TEST_F(Files, AreReadInTheOrderOfIdsWhicheverFileALaunchIsIn) {
    const auto one = file("one.h5", examples::spread_launches("b", 2, {"simd"}, 1));
    const auto other = file("other.h5", examples::spread_launches("a", 2, {"simd"}, 2));
    const auto launches = read_launches({one, other});
    ASSERT_EQ(launches.size(), 4U);
    EXPECT_EQ(launches[0].id, "a-00000000");
    EXPECT_EQ(launches[3].id, "b-00000001");
}

TEST_F(Files, WithTheSameLaunchAreRefusedByNameOrTakenOnce) {
    const auto launches = examples::spread_launches("a", 3, {"simd"}, 1);
    const auto one = file("one.h5", launches), other = file("other.h5", {launches[1]});
    const auto what = refusal([&] { read_launches({one, other}); });
    for (const auto& named : {one, other, launches[1].id}) EXPECT_NE(what.find(named), what.npos) << what;
    EXPECT_NE(refusal([&] { read_launches({one, one}); }).find("there twice"), what.npos);
    EXPECT_EQ(read_launches({one, other, one}, true).size(), 3U);
    auto changed = launches[1];
    changed.records[0].seconds[0] *= 2;
    const auto forged = file("forged.h5", {changed});
    EXPECT_NE(refusal([&] { read_launches({one, forged}, true); }).find("with other content"), what.npos);
    for (auto* change :
         {+[](Record& record) { ++record.verdict.failed; }, +[](Record& record) { record.threads += 6; },
          +[](Record& record) { ++record.round.back(); }}) {
        auto differs = launches[1];
        change(differs.records[0]);
        const auto odd = file("odd.h5", {differs});
        EXPECT_NE(refusal([&] { read_launches({one, odd}, true); }).find("with other content"), what.npos);
    }
}

TEST(Differences, AreWhatEachSideAgreesOnAndTheSidesDoNot) {
    auto a = examples::spread_launches("a", 3, {"simd"}, 1),
         b = examples::spread_launches("b", 3, {"simd"}, 1);
    for (int i = 0; i < 3; ++i) {
        auto &one = a[static_cast<std::size_t>(i)].environment,
             &other = b[static_cast<std::size_t>(i)].environment;
        one.emplace_back("compiler", std::string("GNU 12"));
        other.emplace_back("compiler", std::string("GNU 13"));
        one.emplace_back("pid", std::int64_t{i});
        other.emplace_back("pid", std::int64_t{i + 10});
        one.emplace_back("environment", std::string("OMP_NUM_THREADS=2\nSAME=1\nSLURM_JOB_ID=7"));
        other.emplace_back("environment", std::string("SAME=1\nOMP_NUM_THREADS=4\nNEW=x=y\nSLURM_JOB_ID=8"));
        one.emplace_back("governor", std::string("performance"));
        one.emplace_back("start_time", std::string("2026-11-22T12:00:00Z"));
        other.emplace_back("start_time", std::string("2026-11-23T12:00:00Z"));
    }
    EXPECT_EQ(differences(a, b),
              (Names{"compiler: GNU 12 -> GNU 13", "environment OMP_NUM_THREADS: 2 -> 4",
                     "governor: performance -> (none)", "environment NEW: (none) -> x=y"}));
    EXPECT_TRUE(differences(a, a).empty());
}

TEST(Differences, NameWhatAMaintenanceChanged) {
    const auto side = [](const std::string& microcode, const std::string& modules, double mhz, Facts more) {
        auto launches = examples::spread_launches(microcode, 4, {"simd"}, 1);
        for (auto& launch : launches) {
            launch.environment = {
                {"microcode", microcode}, {"kernel_modules", modules}, {"busy_mhz", mhz += 1}};
            launch.environment.insert(launch.environment.end(), more.begin(), more.end());
        }
        return launches;
    };
    const auto before = side("0xa1", "lustre=2.14 nfs xfs", 3400, {});
    EXPECT_EQ(differences(before, side("0xa5", "lustre=2.15 nfs xfs", 2600, {{"site_image", "7"}})),
              (Names{"microcode: 0xa1 -> 0xa5", "kernel_modules: without lustre=2.14; with lustre=2.15",
                     "site_image: (none) -> 7", "busy_mhz: 3402 -> 2602"}));
    EXPECT_EQ(differences(before, side("0xa1", "nfs xfs lustre=2.14 x", 3460, {})),
              (Names{"kernel_modules: with x"}));
    // Made by another version, it has other facts.
    const Facts more{{"bios", "7"}, {"smt", "on"}, {"mount_tmp", "tmpfs"}, {"ucx_version", "not loaded"}};
    const auto newer = side("0xa1", "lustre=2.14 nfs xfs", 3400, more);
    EXPECT_EQ(differences(before, newer), (Names{"unknown before: bios, smt, mount_tmp, ucx_version"}));
    EXPECT_EQ(differences(newer, before), (Names{"unknown after: bios, smt, mount_tmp, ucx_version"}));
}

TEST(Differences, TellOfASingleNode) {
    const auto on = [](const std::string& first, const std::string& second) {
        auto launches = examples::spread_launches("a", 3, {"simd"}, 1);
        for (auto& launch : launches) {
            launch.environment = {{"microcode", first}, {"memory_bytes", std::int64_t{1000}}};
            launch.hosts = {{"n1", {{"microcode", first}, {"memory_bytes", std::int64_t{1000}}}},
                            {"n2", {{"microcode", second}, {"memory_bytes", std::int64_t{1001}}}},
                            {"n3", {{"microcode", first}, {"memory_bytes", std::int64_t{1000}}}}};
        }
        return launches;
    };
    EXPECT_EQ(differences(on("1", "1"), on("2", "1")), (Names{"microcode: 1 -> 1 on n2; 2 on n1, n3"}));
    EXPECT_EQ(differences(on("1", "1"), on("2", "2")), (Names{"microcode: 1 -> 2"}));
}

// A suite: each program has a hash of its own, and only one of them was built anew, from a modified tree.
TEST(Differences, AreThoseOfEachProgram) {
    const auto suite = [](const std::string& prefix, const std::string& hash) {
        auto launches = examples::spread_launches(prefix, 4, {"simd"}, 1);
        for (std::size_t i = 0; i < launches.size(); ++i) {
            const bool is_reduce = i % 2 == 0;
            launches[i].environment = {{"program", std::string(is_reduce ? "reduce" : "memory")},
                                       {"program_hash", is_reduce ? hash : "0"},
                                       {"commit", std::string(prefix)}};
        }
        return launches;
    };
    const auto a = suite("a", "1"), b = suite("b", "2");
    EXPECT_EQ(differences(a, b), (Names{"reduce: program_hash: 1 -> 2", "commit: a -> b"}));
    EXPECT_TRUE(mixtures(a, "the baseline").empty());
    auto both = a;
    both.insert(both.end(), b.begin(), b.end());
    EXPECT_EQ(mixtures(both, "the baseline"),
              (Names{"reduce: program_hash within the baseline: 1 (2 launches), 2 (2 launches)",
                     "commit within the baseline: a (2 launches), b (2 launches)"}));
}

}  // namespace
}  // namespace pacer::timings
