// Work in a child process: what it makes arrives, and nothing that it does harms the parent.
#include "io/dump/in_child.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>

namespace pacer {
namespace {

using Use = std::function<void(std::string_view)>;

std::string refusal(const std::function<void(const Use&)>& make) {
    try {
        made_in_child(make, 1);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "not refused";
}

TEST(InChild, WhatIsMadeArrives) {
    const std::string large(50'000'000, 'x');
    const auto made = made_in_child([&](const Use& use) { use(large); }, 60);
    EXPECT_TRUE(std::equal(made.begin(), made.end(), large.begin(), large.end()));
    EXPECT_TRUE(made_in_child([](const Use& use) { use(""); }, 60).empty());
}

TEST(InChild, ARefusalIsPassedOn) {
    EXPECT_EQ(refusal([](const Use& use) {
                  use("half of it");
                  throw std::runtime_error("it contains no launch");
              }),
              "it contains no launch");
}

TEST(InChild, ACrashIsARefusal) {
    EXPECT_EQ(refusal([](const Use&) { std::raise(SIGKILL); }), "it is cut or damaged");
    EXPECT_EQ(refusal([](const Use&) { _exit(7); }), "it is cut or damaged");
}

TEST(InChild, WorkWithoutEndIsARefusal) {
    EXPECT_EQ(refusal([](const Use&) {
                  for (;;) pause();
              }),
              "reading it took longer than 1 s: it is damaged, or too large for a file that another program "
              "wrote");
}

}  // namespace
}  // namespace pacer
