// What is calculated from a record: the built-in calculations, and functions of users' libraries.
#include "apps/fileio/calculation/calculation.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "common/base/status.hpp"

namespace pacer::fileio {
namespace {

// What became of one record; the reason is empty if it was not rejected.
struct Outcome {
    std::vector<double> results;
    std::string reason;
};

Outcome calculate(const Calculation& calculation, const std::vector<double>& fields, double weight = 1) {
    Outcome outcome;
    outcome.results.resize(static_cast<std::size_t>(calculation.results), -1);
    const bool done = calculation.calculate(fields, weight, outcome.results, outcome.reason);
    EXPECT_EQ(done, outcome.reason.empty());
    return outcome;
}

Outcome calculate(const std::string& name, const std::vector<double>& fields, double weight = 1) {
    return calculate(make_calculation(name), fields, weight);
}

testing::AssertionResult says(std::string_view text, std::string_view part) {
    if (text.find(part) != std::string_view::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << "'" << text << "' does not say '" << part << "'";
}

// What the one sentence says that refuses a calculation.
std::string refusal(const std::string& name) {
    try {
        make_calculation(name);
    } catch (const UsageError& error) {
        EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
        return error.what();
    }
    ADD_FAILURE() << name << " is not refused";
    return {};
}

TEST(Calculation, OfUnknownNameIsRefusedWithTheKnownOnes) {
    for (const char* name : {"", "lorentz:100", "Sum", "wait ", ":", "mine"}) {
        const std::string sentence = refusal(name);
        for (const char* known : {"wait", "sum", "lorenz:STEPS", "stats", "LIBRARY.so[:FUNCTION]"}) {
            EXPECT_TRUE(says(sentence, known)) << name;
            EXPECT_TRUE(says(calculations_help(), known));
        }
    }
}

TEST(Calculation, SumIsThatOfTheRowRoundedOnce) {
    const auto sum = make_calculation("sum");
    EXPECT_EQ(sum.name, "sum");
    EXPECT_EQ(sum.fields, 1);
    EXPECT_FALSE(sum.scales || sum.summarises || sum.wait_seconds > 0);
    const auto of = [&](const std::vector<double>& fields) { return calculate(sum, fields).results.at(0); };
    EXPECT_EQ(of({1e16, 1, -1e16}), 1);
    EXPECT_EQ(of({1e16, -1e16, 1, 0.5}), 1.5);
    EXPECT_EQ(of({0.1, 0.2, 0.3}), 0.6);  // 0.6000000000000001 from left to right
    // What the additions leave is not added exactly either.
    EXPECT_EQ(of({1e100, 1e16, 1, -1e16, -1e100}), 1);
    EXPECT_EQ(of({1, 0x1p-53, 0x1p-106}), 1 + 0x1p-52);
    EXPECT_EQ(of({1e308, 1e308, -1e308}), 1e308);
    EXPECT_EQ(of({1e308, 1e308}), HUGE_VAL);
    EXPECT_EQ(of({0x1p-1074, 0x1p-1074}), 0x1p-1073);
    EXPECT_TRUE(std::isnan(of({1, std::nan(""), 2})));
    EXPECT_FALSE(std::signbit(of({-0.0})));
    EXPECT_TRUE(says(refusal("sum:2"), "no parameter"));
    EXPECT_TRUE(says(refusal("sum:"), "no parameter"));
}

TEST(Calculation, StatsSummarises) {
    const auto stats = make_calculation("stats");
    EXPECT_TRUE(stats.summarises);
    EXPECT_EQ(stats.fields, 1);
    EXPECT_EQ(stats.results, 0);
    EXPECT_EQ(calculate(stats, {1, 2}).reason, "");
    EXPECT_TRUE(says(calculate(stats, std::vector<double>(65537)).reason, "65537"));
}

// Medians of 21 times over the wait.
double overshoot(const Calculation& wait, double weight) {
    std::vector<double> seconds;
    for (int i = 0; i < 21; ++i) {
        const auto start = std::chrono::steady_clock::now();
        EXPECT_EQ(calculate(wait, {1, 2, 4}, weight).results, std::vector{7.0});
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        EXPECT_GE(took.count(), wait.wait_seconds * weight);
        seconds.push_back(took.count() - wait.wait_seconds * weight);
    }
    timespec tick{};
    clock_getres(CLOCK_MONOTONIC, &tick);
    return *std::min_element(seconds.begin(), seconds.end()) - 1e-9 * static_cast<double>(tick.tv_nsec);
}

TEST(Wait, TakesItsTime) {
    const auto wait = make_calculation("wait:1ms");
    EXPECT_EQ(wait.wait_seconds, 1e-3);
    EXPECT_TRUE(wait.scales);
    EXPECT_EQ(wait.fields, 1);
    EXPECT_EQ(wait.results, 1);
    // Some 25 us on an idle machine; a test says little about a busy one.
    EXPECT_LT(overshoot(wait, 1), 0.5e-3);
    EXPECT_LT(overshoot(wait, 2.5), 0.5e-3);
    EXPECT_LT(overshoot(wait, 0), 0.1e-3);
}

TEST(Wait, ReadsTimesOfAnyUnit) {
    for (const auto& [name, seconds] : std::vector<std::pair<std::string, double>>{
             {"wait", 1e-3}, {"wait:5us", 5e-6}, {"wait:2e2ns", 2e-7}, {"wait:1.5s", 1.5}, {"wait:0s", 0}}) {
        EXPECT_DOUBLE_EQ(make_calculation(name).wait_seconds, seconds) << name;
    }
    EXPECT_EQ(make_calculation("wait:1ms").identity, make_calculation("wait:1000us").identity);
    for (const char* name : {"wait:", "wait:1", "wait:ms", "wait:1 ms", "wait:-1ms", "wait:1ms ", "wait:nans",
                             "wait:infs", "wait:1e99s", "wait:1m", "wait:0x1ms"}) {
        EXPECT_TRUE(says(refusal(name), "ns, us, ms or s")) << name;
    }
}

// The same arithmetic in Python, whose compiler fuses nothing.
TEST(Lorenz, HasTheSameBitsEverywhere) {
    EXPECT_EQ(calculate("lorenz:1", {1, 1, 1}).results,
              (std::vector{0x1.00087d280d40ep+0, 0x1.06a7370c3499fp+0, 0x1.ff278b9df9ac9p-1}));
    EXPECT_EQ(calculate("lorenz:10000", {1, 1, 1}).results,
              (std::vector{-0x1.39c5a20483b5bp+2, -0x1.df373a74ee9c5p+1, 0x1.8b0dc13cb8b87p+4}));
    EXPECT_EQ(calculate("lorenz:10000", {-3.25, 4.5, 20.125, 99}).results,
              (std::vector{-0x1.7a44db54504e1p+0, -0x1.4f341453e833ap+1, 0x1.1425d068cbd37p+4}));
}

TEST(Lorenz, ScalesWithItsWeight) {
    const auto lorenz = make_calculation("lorenz:1e4");
    EXPECT_EQ(lorenz.name, "lorenz:1e4");
    EXPECT_EQ(lorenz.identity, "lorenz:10000");
    EXPECT_EQ(lorenz.operations, 680000);
    EXPECT_EQ(lorenz.fields, 3);
    EXPECT_EQ(lorenz.results, 3);
    EXPECT_TRUE(lorenz.scales);
    EXPECT_EQ(calculate(lorenz, {1, 1, 1}, 0.5).results, calculate("lorenz:5000", {1, 1, 1}).results);
    EXPECT_EQ(calculate(lorenz, {1, 1, 1}, 0.00016).results, calculate("lorenz:2", {1, 1, 1}).results);
    EXPECT_EQ(calculate(lorenz, {1, 2, 3}, 0).results, (std::vector<double>{1, 2, 3}));
}

TEST(Lorenz, RejectsWhatIsNotFinite) {
    EXPECT_TRUE(says(calculate("lorenz:10", {1e200, 1e200, 1}).reason, "range of numbers within 10 steps"));
}

TEST(Lorenz, WantsANumberOfSteps) {
    for (const char* name : {"lorenz", "lorenz:", "lorenz:0", "lorenz:-1", "lorenz:1.5", "lorenz:many"}) {
        EXPECT_NE(refusal(name), "") << name;
    }
}

// A folder of its own that is the current one while a test runs.
class Library : public testing::Test {
  protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "pacer_library.XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
        before_ = std::filesystem::current_path();
        std::filesystem::current_path(folder_);
    }
    void TearDown() override {
        std::filesystem::current_path(before_);
        std::filesystem::remove_all(folder_);
    }
    static std::string broken(const std::string& function) { return BROKEN_CALCULATIONS ":" + function; }

    std::filesystem::path folder_, before_;
};

// The energy and momentum of a particle of mass 3 and velocity (0.48, 0, 0.64): 0.8 of light's.
void expect_particle(const std::string& library) {
    const auto calculation = make_calculation(library);
    EXPECT_EQ(calculation.name, library + ":calculate");
    EXPECT_EQ(calculation.fields, 4);
    EXPECT_EQ(calculation.results, 4);
    const auto results = calculate(calculation, {3, 0.48, 0, 0.64, 77}).results;
    const std::vector<double> expected = {5, 2.4, 0, 3.2};
    for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(results[i], expected[i], 1e-14);
    EXPECT_TRUE(says(calculate(calculation, {-2, 0, 0, 0}).reason, "no particle: mass -2"));
    const std::string reason = calculate(calculation, {1, 1, 1, 0}).reason;
    EXPECT_TRUE(says(reason, "speed 1.414"));
    EXPECT_EQ(reason.back(), 'c') << "blanks at the end";
}

TEST_F(Library, InCIsCalled) {
    expect_particle(EXAMPLE_C);
}

TEST_F(Library, InFortranIsCalled) {
    if (std::string(EXAMPLE_FORTRAN).empty())
        GTEST_SKIP() << "there is no gfortran to compile the example with";
    expect_particle(EXAMPLE_FORTRAN);
}

TEST_F(Library, IsFoundFromTheCurrentFolder) {
    std::filesystem::copy_file(EXAMPLE_C, "mine.so");
    std::filesystem::copy_file(EXAMPLE_C, "other");
    for (const char* name : {"mine.so", "./mine.so", "mine.so:calculate", "./other", "./other:calculate"}) {
        EXPECT_EQ(make_calculation(name).results, 4) << name;
    }
    EXPECT_TRUE(says(refusal("other"), "./other"));
    EXPECT_TRUE(says(refusal("missing.so"), "no such file, seen from " + folder_.string()));
    EXPECT_TRUE(says(refusal("data/missing.so:f"), "write ./missing.so or its whole path"));
    EXPECT_TRUE(says(refusal("mine.so/missing.so"), "no such file"));
}

TEST_F(Library, IsIdentifiedByItsBytes) {
    std::filesystem::copy_file(EXAMPLE_C, "mine.so");
    const std::string identity = make_calculation("./mine.so").identity;
    EXPECT_EQ(make_calculation("./mine.so:calculate").identity, identity);
    std::ofstream("mine.so", std::ios::app) << "x";
    const std::string changed = make_calculation("./mine.so").identity;
    EXPECT_NE(changed, identity);
    EXPECT_EQ(changed.substr(0, changed.find(' ')), "./mine.so:calculate");
}

TEST_F(Library, ThatIsNoneIsRefused) {
    std::ofstream("text.so") << "energy = mass\n";
    EXPECT_TRUE(says(refusal("./text.so"), "cannot calculate with ./text.so: it cannot be loaded: "));
    std::ofstream("empty.so").flush();
    EXPECT_TRUE(says(refusal("./empty.so"), "it cannot be loaded: file too short"));
    // A program's library of another machine: the field of the machine's kind (e_machine) made that of a DEC
    // Alpha.
    std::filesystem::copy_file(EXAMPLE_C, "alpha.so");
    std::fstream("alpha.so", std::ios::in | std::ios::out | std::ios::binary).seekp(18).write("\x26\x90", 2);
    EXPECT_TRUE(says(refusal("./alpha.so"), "it is made for another kind of processor"));
    std::filesystem::create_directory("folder.so");
    EXPECT_TRUE(says(refusal("./folder.so"), "it is not a file"));
    EXPECT_TRUE(says(refusal("/dev/zero"), "it is not a file"));
    if (::geteuid() == 0) return;  // who may read everything
    std::filesystem::permissions("text.so", std::filesystem::perms::none);
    EXPECT_TRUE(says(refusal("./text.so"), "Permission denied"));
}

TEST_F(Library, WithoutTheFunctionIsRefused) {
    EXPECT_TRUE(says(refusal(EXAMPLE_C ":energy"), "no function energy (name yours as"));
    EXPECT_TRUE(says(refusal(BROKEN_CALCULATIONS), "no function calculate "));
    EXPECT_TRUE(says(refusal(EXAMPLE_C ":"), "no function"));
    EXPECT_TRUE(says(refusal(broken("without_shape")), "no function without_shape_shape"));
}

TEST_F(Library, WithAShapeThatCannotBeIsRefused) {
    EXPECT_TRUE(
        says(refusal(broken("newer")), "gives version 2 of pacer_calculation.h, this program has version 1"));
    EXPECT_TRUE(says(refusal(broken("silent")), "gives no version"));
    EXPECT_TRUE(says(refusal(broken("negative_fields")), "gives -1 fields, but there can be 0 to 4096"));
    EXPECT_TRUE(says(refusal(broken("negative_results")), "gives -1 results"));
    EXPECT_TRUE(says(refusal(broken("absurd_fields")), "gives 4097 fields"));
    EXPECT_TRUE(says(refusal(broken("absurd_results")), "gives 4097 results"));
    EXPECT_EQ(make_calculation(broken("largest")).results, 4096);
    EXPECT_EQ(make_calculation(broken("least")).fields, 0);
}

TEST_F(Library, MayLeaveAnyMessage) {
    EXPECT_EQ(calculate(broken("unterminated"), {1}).reason, std::string(256, 'x'));
    EXPECT_TRUE(says(calculate(broken("unreasoned"), {1}).reason, "status -7"));
    EXPECT_EQ(calculate(broken("several_lines"), {1}).reason, "one two   three");
}

TEST_F(Library, LeavesNoOldResults) {
    const auto results = calculate(broken("forgetful"), {1, 2}).results;
    EXPECT_EQ(results[0], 2);
    EXPECT_TRUE(std::isnan(results[1]));
}

TEST_F(Library, MayThrow) {
    EXPECT_THROW(calculate(broken("throws"), {1}), std::domain_error);
}

}  // namespace
}  // namespace pacer::fileio
