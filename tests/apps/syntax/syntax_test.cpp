// The idioms of syntax on real ranks: every way at every size, what the checks see, and the parts it is made
// of.
#include "apps/syntax/syntax.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <set>
#include <stdexcept>

#include "apps/syntax/generator.hpp"
#include "apps/syntax/heap.hpp"
#include "common/machine/opaque.hpp"
#include "tests/support/mpi_world.hpp"

namespace pacer::syntax {
namespace {

Settings small_settings(std::int64_t elements, std::int64_t file_count = 150) {
    Settings settings;
    settings.elements = elements;
    settings.files = file_count;
    settings.work = 30;
    settings.limits = false;
    return settings;
}

std::vector<Comparison> comparisons_of(const Settings& settings, const std::vector<std::string>& among = {}) {
    auto chosen = all_groups();
    std::erase_if(chosen, [&](const auto& group) {
        return !among.empty() && std::find(among.begin(), among.end(), group.problem) == among.end();
    });
    return make_comparisons(world(), settings, chosen);
}

std::string obstacle(const Problem& problem, const Way& way) {
    Record record;
    describe(problem, way, record);
    return record.not_run;
}

Answer answer_of(const Problem& problem, const Way& way) {
    return way.run(problem, team_of_one(1));
}

bool is_right(const Problem& problem, Answer& answer) {
    return judge(problem, answer, team_of_one(1)).check.passed();
}

TEST(Syntax, EveryWayIsRightAtEverySize) {
    for (const std::int64_t elements : {0, 1, 2, 3, 5, 64, 1000, 2001}) {
        for (const auto& [problem, ways] : comparisons_of(small_settings(elements, elements))) {
            if (!world().root()) continue;
            for (const auto& way : ways) {
                if (!obstacle(*problem, way).empty()) continue;
                for (int repeat = 0; repeat < 2; ++repeat) {
                    auto answer = answer_of(*problem, way);
                    const auto verdict = judge(*problem, answer, team_of_one(1)).check;
                    EXPECT_TRUE(verdict.passed())
                        << way.name << " of " << problem->elements << ": got " << to_string(verdict.got)
                        << ", want " << to_string(verdict.want);
                }
            }
        }
    }
}

TEST(Syntax, HasTheSizesOfTheSlidesAndOneLarge) {
    std::set<std::string> cases;
    for (const auto& [problem, ways] : comparisons_of(small_settings(5000), {"fill", "partition", "files"})) {
        std::string text;
        for (const auto& [name, value] : parameters(*problem)) text += to_string(value) + " ";
        cases.insert(text);
    }
    const std::set<std::string> expected = {"fill 4 7 ",
                                            "fill 10 3 ",
                                            "fill 500 1 ",
                                            "fill 5000 1 ",
                                            "partition 4 7 random ",
                                            "partition 10 3 random ",
                                            "partition 5000 1 random ",
                                            "partition 5000 1 sorted ",
                                            "files 10 1 all ",
                                            "files 10 1 first ",
                                            "files 150 1 all ",
                                            "files 150 1 first "};
    EXPECT_EQ(cases, expected);
}

TEST(Syntax, ASizeIsNotTakenTwice) {
    EXPECT_EQ(comparisons_of(small_settings(10, 10), {"sum"}).size(), 2);
    EXPECT_EQ(comparisons_of(small_settings(10, 10), {"files"}).size(), 2);
}

TEST(Syntax, NoTwoWaysHaveOneName) {
    std::set<std::string_view> names;
    std::size_t ways = 0;
    for (const auto* idiom : idioms) {
        for (const auto& way : idiom->ways) names.insert(way.name);
        ways += idiom->ways.size();
    }
    EXPECT_EQ(names.size(), ways);
}

TEST(Syntax, ReallocatesUpToALimit) {
    for (const auto& [problem, ways] : comparisons_of(small_settings(largest_reallocated + 1), {"fill"})) {
        const bool too_large = problem->elements > largest_reallocated;
        EXPECT_EQ(obstacle(*problem, ways.back()).empty(), !too_large);
        EXPECT_TRUE(obstacle(*problem, ways.front()).empty());
    }
}

// What is left of an answer after `spoil` is wrong, whatever the way that made it.
template <class Spoil>
void expect_seen(const std::string& idiom, const Spoil& spoil) {
    for (const auto& [problem, ways] : comparisons_of(small_settings(50), {idiom})) {
        if (!world().root()) continue;
        for (const auto& way : ways) {
            auto answer = answer_of(*problem, way);
            if (!spoil(*problem, answer)) continue;
            EXPECT_FALSE(is_right(*problem, answer)) << way.name << " of " << problem->elements;
        }
    }
}

// Swaps two values that differ.
bool swap_two(double* values, std::int64_t count) {
    auto* const other = std::find_if(values, values + count, [&](double value) { return value != *values; });
    if (other == values + count) return false;
    std::swap(*values, *other);
    return true;
}

TEST(Syntax, TheCheckSeesMisplacedValues) {
    expect_seen("fill", [](const Problem& problem, Answer& answer) {
        return swap_two(answer.values.data(), problem.elements);
    });
    for (const auto* const idiom : {"square", "condition"}) {
        expect_seen(idiom, [](const Problem& problem, Answer& answer) {
            return swap_two(answer.output.get(), problem.elements);
        });
    }
    expect_seen("partition",
                [](const Problem&, Answer& answer) { return swap_two(answer.output.get(), answer.count); });
}

TEST(Syntax, TheCheckSeesLostAndWrongValues) {
    expect_seen("fill", [](const Problem&, Answer& answer) {
        answer.values.pop_back();
        return true;
    });
    for (const auto* const idiom : {"square", "condition", "partition"}) {
        expect_seen(idiom, [](const Problem& problem, Answer& answer) {
            if (problem.idiom == &partition && answer.count == 0) return false;
            answer.output[0] += 0.5;
            return true;
        });
    }
    expect_seen("partition", [](const Problem&, Answer& answer) {
        answer.count -= 1;
        return answer.count >= 0;
    });
    for (const auto* const idiom : {"sum", "nesting"}) {
        expect_seen(idiom, [](const Problem&, Answer& answer) {
            answer.total += 1;
            return true;
        });
    }
    expect_seen("files", [](const Problem&, Answer& answer) {
        answer.count += files_a_folder;
        return true;
    });
}

// What an execution does not write is no right answer left by the one before.
TEST(Syntax, TheCheckSpoilsWhatItHasRead) {
    for (const auto& [problem, ways] :
         comparisons_of(small_settings(50), {"square", "condition", "partition"})) {
        if (!world().root()) continue;
        auto answer = answer_of(*problem, ways.front());
        EXPECT_TRUE(is_right(*problem, answer));
        EXPECT_FALSE(is_right(*problem, answer));
    }
}

TEST(Syntax, AnAliasChangesTheOriginalAndACopyDoesNot) {
    for (const auto& [problem, ways] : comparisons_of(small_settings(50), {"alias"})) {
        if (!world().root()) continue;
        for (const auto& way : ways) {
            auto answer = answer_of(*problem, way);
            const bool copies = way.name == "deep_copy";
            EXPECT_EQ(answer.aliases, !copies);
            EXPECT_EQ(answer.others_changed, problem->calls);
            EXPECT_EQ(answer.originals_changed, copies ? 0 : problem->calls) << way.name;
            EXPECT_EQ(problem->idiom->observe(*problem, answer).front().second, copies ? 0 : 1);
            EXPECT_EQ(problem->original, problem->values);
            answer.aliases = copies;
            EXPECT_FALSE(is_right(*problem, answer)) << way.name;
        }
    }
    expect_seen("alias", [](const Problem&, Answer& answer) {
        answer.others_changed -= 1;
        return true;
    });
    expect_seen("alias", [](const Problem&, Answer& answer) {
        if (!answer.values.empty()) answer.values.back() += 1;
        return !answer.values.empty();
    });
    expect_seen("alias", [](const Problem& problem, Answer&) {
        problem.original.front() += 1;
        return true;
    });
}

TEST(Syntax, AGeneratorTakesLittleMemory) {
    for (const auto& [problem, ways] : comparisons_of(small_settings(10, 2000), {"files"})) {
        if (!world().root() || problem->elements != 2000) continue;
        const auto eager = answer_of(*problem, ways[0]), lazy = answer_of(*problem, ways[1]);
        EXPECT_GT(eager.peak_bytes, 50 * lazy.peak_bytes);
        EXPECT_GT(lazy.peak_bytes, 0);
    }
}

TEST(Syntax, RefusesWhatThereIsNot) {
    EXPECT_THROW(comparisons_of(small_settings(std::int64_t{1} << 50), {"sum"}), UsageError);
    EXPECT_THROW(comparisons_of(small_settings(std::numeric_limits<std::int64_t>::max()), {"sum"}),
                 UsageError);
    auto endless = small_settings(10);
    endless.work = most_work + 1;
    EXPECT_THROW(comparisons_of(endless, {"sum"}), UsageError);
    EXPECT_THROW(comparisons_of(small_settings(10, most_files + 1), {"files"}), UsageError);
}

TEST(Syntax, CopiesNoMoreThanAHundredTimesTheWork) {
    auto settings = small_settings(100'000);
    settings.work = 1'000'000;
    const auto calls = [&](std::int64_t elements) {
        settings.elements = elements;
        return comparisons_of(settings, {"alias"}).back().problem->calls;
    };
    EXPECT_EQ(calls(1000), 1000);
    EXPECT_EQ(calls(100'000), 1000);
    EXPECT_EQ(calls(1'000'000), 100);
    settings.work = 1;
    EXPECT_EQ(calls(1'000'000), 1);
}

TEST(Syntax, WeighsByPositionAndRefusesNoNumbers) {
    const std::vector<double> values = {5, 7, 11}, halves = {1, 0.5},
                              none = {1, std::numeric_limits<double>::quiet_NaN()};
    EXPECT_TRUE(weighted(values) == 5 + 2 * 7 + 3 * 11);
    EXPECT_TRUE(weighted(values, 10) == 10 * 5 + 11 * 7 + 12 * 11);
    EXPECT_TRUE(weighted(halves) == -1);
    EXPECT_TRUE(weighted(none) == -1);
}

Record timed(const Problem& problem, std::string_view way, double seconds, double spread) {
    Record record;
    record.app = "syntax";
    record.variant = way;
    record.parameters = parameters(problem);
    for (int repeat = 0; repeat < 10; ++repeat) {
        record.seconds.push_back(seconds + (repeat - 4.5) * spread);
        record.round.push_back(repeat);
    }
    return record;
}

TEST(Syntax, SumsUpWhatALaunchComesTo) {
    const auto comparisons = comparisons_of(small_settings(10), {"nesting"});
    const auto& problem = *comparisons[0].problem;  // 7 calls
    Launch launch;
    launch.records = {timed(problem, "nested", 14e-3, 1e-6), timed(problem, "continue", 7e-3, 1e-6),
                      timed(problem, "all_conditions", 14e-3, 1e-6)};
    auto text = summary(comparisons, launch);
    EXPECT_NE(text.find("nesting            4         nested       2.000 ms  continue / 2.00"),
              std::string::npos)
        << text;
    launch.records[1] = timed(problem, "continue", 14.01e-3, 1e-4);  // overlaps
    launch.records[2] = timed(problem, "all_conditions", 28e-3, 1e-6);
    text = summary(comparisons, launch);
    EXPECT_NE(text.find("the baseline                  all_conditions x 2.00\n"), std::string::npos) << text;
    launch.records[1] = timed(problem, "continue", 13.99e-3, 1e-4);
    EXPECT_NE(summary(comparisons, launch).find("no difference                 all_cond"), std::string::npos);
    launch.records[2] = timed(problem, "all_conditions", 16e-3, 1e-6);
    EXPECT_NE(summary(comparisons, launch).find("all_conditions x 1.14, hardly"), std::string::npos);
    launch.records[2].seconds.resize(5);
    launch.records[2].round.resize(5);
    EXPECT_NE(summary(comparisons, launch).find("no difference                 needs 6"), std::string::npos);
    launch.records.erase(launch.records.begin());  // no baseline, nothing to refer to
    EXPECT_EQ(summary(comparisons, launch), "");
}

// In an `if`, where the compiler decides late.
bool is_seen_through() {
    const int hidden = opaque(2);
    if (__builtin_constant_p(hidden)) return true;
    return false;
}

TEST(Opaque, HidesAValueFromTheCompiler) {
    const std::vector<double> values = {1, 2, 3};
    const auto hidden = opaque(std::span(values));
    EXPECT_EQ(hidden.data(), values.data());
    EXPECT_EQ(hidden.size(), 3);
    EXPECT_EQ(opaque(2), 2);
    EXPECT_FALSE(is_seen_through());
}

Generator<int> count_to(int last, int& made, bool& left) {
    struct Guard {
        bool& gone;
        ~Guard() { gone = true; }
    } guard{left};
    for (int i = 1; i <= last; ++i) co_yield made = i;
    if (last > 3) throw std::runtime_error("beyond 3");
}

TEST(Generator, YieldsWhatTheLoopAsksFor) {
    int made = 0, total = 0;
    bool left = false;
    for (const int value : count_to(3, made, left)) total += value;
    EXPECT_EQ(total, 6);
    EXPECT_TRUE(left);
    left = false;
    for (const int value : count_to(1000, made, left)) {
        EXPECT_FALSE(left);
        if (value == 2) break;
    }
    EXPECT_EQ(made, 2);
    EXPECT_TRUE(left);
}

TEST(Generator, ThrowsWhatTheCoroutineThrew) {
    int made = 0, last = 0;
    bool left = false;
    const auto loop = [&] {
        for (const int value : count_to(5, made, left)) last = value;
    };
    EXPECT_THROW(loop(), std::runtime_error);
    EXPECT_EQ(last, 5);
}

TEST(HeapWatch, TellsThePeak) {
    {
        const HeapWatch watch;
        EXPECT_EQ(watch.peak_bytes(), 0);
        for (int i = 0; i < 3; ++i) {
            const std::vector<char> some(100'000);
            used(some.data());
        }
        EXPECT_GE(watch.peak_bytes(), 100'000);
        EXPECT_LT(watch.peak_bytes(), 110'000);
    }
    const HeapWatch anew;
    EXPECT_EQ(anew.peak_bytes(), 0);
}

TEST(TemporaryTree, IsThereAndGone) {
    std::filesystem::path path;
    {
        const TemporaryTree tree(250);
        path = tree.path();
        std::int64_t count = 0, matches = 0, total = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
            if (!entry.is_regular_file()) continue;
            ++count;
            matches += is_match(entry.path()) ? 1 : 0;
            total += number_of(entry.path());
        }
        EXPECT_EQ(count, 250);
        EXPECT_EQ(matches, 3);
        EXPECT_EQ(total, 250 * 249 / 2);
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace pacer::syntax
