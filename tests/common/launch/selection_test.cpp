// What --problems and --variants leave of an app's groups, and what they refuse.
#include "common/launch/selection.hpp"

#include <gtest/gtest.h>

namespace pacer {
namespace {

using V = Variant<int, int>;

int run(const int& problem, const Team&) {
    return problem;
}

const V serial = {"serial", "one core", run, Uses::core};
const V atomic = {"atomic", "threads", run, Uses::threads};
const V ranks = {"ranks", "processes", run, Uses::ranks};
const V hybrid = {"hybrid", "both", run, Uses::both};

const std::vector<ListedGroup> groups = {Group<int, int>{"memory", "serial", {serial, atomic}},
                                         Group<int, int>{"window", "serial", {serial, ranks, hybrid}}};

using Names = std::vector<std::string>;

// "memory: serial atomic"
Names chosen(const Names& problems, const Names& variants) {
    Names texts;
    for (const auto& group : select(groups, problems, variants)) {
        auto text = std::string(group.problem) + ":";
        for (const auto& row : group.variants) text += " " + std::string(row.name);
        texts.push_back(text);
    }
    return texts;
}

std::string refusal(const Names& problems, const Names& variants) {
    try {
        chosen(problems, variants);
    } catch (const UsageError& error) {
        return error.what();
    }
    return {};
}

TEST(Selection, NamesNarrowInTheOrderOfTheTable) {
    EXPECT_EQ(chosen({}, {}), (Names{"memory: serial atomic", "window: serial ranks hybrid"}));
    EXPECT_EQ(chosen({"window"}, {}), (Names{"window: serial ranks hybrid"}));
    EXPECT_EQ(chosen({"window", "memory"}, {"hybrid", "ranks", "atomic"}),
              (Names{"memory: atomic", "window: ranks hybrid"}));
    EXPECT_EQ(chosen({"window"}, {"hybrid", "atomic"}), (Names{"window: hybrid"}));
}

TEST(Selection, ASharedBaselineMakesUpNoGroupByItself) {
    EXPECT_EQ(chosen({}, {"serial"}), (Names{"memory: serial", "window: serial"}));
    EXPECT_EQ(chosen({}, {"serial", "atomic"}), (Names{"memory: serial atomic"}));
    EXPECT_EQ(chosen({}, {"serial", "ranks"}), (Names{"window: serial ranks"}));
    EXPECT_EQ(chosen({"memory"}, {"serial", "ranks"}), (Names{"memory: serial"}));
}

TEST(Selection, RefusesWhatIsUnknown) {
    EXPECT_EQ(refusal({"memroy"}, {}), "unknown problem 'memroy'; choose from memory, window");
    EXPECT_EQ(refusal({}, {"serial", "atomics"}),
              "unknown variant 'atomics'; choose from serial, atomic, ranks, hybrid");
    EXPECT_EQ(refusal({"memory"}, {"ranks"}),
              "none of these variants belongs to memory; choose from serial, atomic");
    EXPECT_EQ(refusal({""}, {}), "unknown problem ''; choose from memory, window");
}

TEST(Selection, ListsARowAVariantBelowItsProblemIfThereAreSeveral) {
    EXPECT_EQ(list(std::span(groups).first(1)),
              "serial               1 core                 one core\n"
              "atomic               threads of 1 process   threads\n");
    const auto all = list(groups);
    EXPECT_TRUE(all.starts_with("memory:\nserial ")) << all;
    EXPECT_NE(all.find("\n\nwindow:\nserial "), std::string::npos) << all;
    EXPECT_NE(all.find("hybrid               all ranks x threads    both"), std::string::npos) << all;
}

}  // namespace
}  // namespace pacer
