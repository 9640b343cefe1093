// What a signal stops, on real ranks. One that came stays: every test begins where the one before ended.
#include <gtest/gtest.h>

#include <csignal>

#include "common/measure/run.hpp"
#include "common/parallel/ending.hpp"
#include "common/parallel/farm.hpp"
#include "tests/support/mpi_world.hpp"

namespace pacer {
namespace {

// Gives every message back.
void serve_back() {
    serve(world(), [](std::span<const char> message, const std::function<void(Bytes)>& result) {
        result(Bytes(message.begin(), message.end()));
    });
}

// One rank alone got it, while the problem was made.
TEST(Stop, BeforeTheRunKeepsEverythingFromRunning) {
    if (world().rank == world().size - 1) std::raise(SIGTERM);
    int executions = 0;
    Task task;
    task.record.uses = Uses::ranks;
    task.record.ranks = world().size;
    task.execute = [&](const Team&, std::int64_t) { ++executions; };
    task.judge = [](const Team&, Verdict&) { return Judgement(); };
    RunOptions options;
    options.repeats = 3;
    const auto outcome = run_tasks({task}, world(), {}, options);
    EXPECT_TRUE(outcome.stopped);
    EXPECT_EQ(executions, 0);
    if (!world().root()) return;
    EXPECT_EQ(outcome.records[0].repeats(), 0u);
    EXPECT_EQ(outcome.records[0].not_run, "stopped by a signal before");
}

// Between the last message and seeing that it was the last.
TEST(Stop, CutsNothingShortWhenAllIsHandedOut) {
    if (world().size == 1) GTEST_SKIP() << "a farm needs a worker";
    if (!world().root()) return serve_back();
    const int messages = world().size - 1;
    int made = 0;
    Master master;
    master.ahead = 1;
    master.stoppable = true;
    master.next = [&](Bytes& message) {
        message.assign(1, 'x');
        return made++ < messages;
    };
    master.take = [&](std::span<const char>) {
        if (!stop_requested()) std::raise(SIGUSR1);
    };
    EXPECT_FALSE(hand_out(world(), master));
    EXPECT_TRUE(stop_requested());
}

// What was made when the signal was seen is not handed out any more.
TEST(Stop, CutsShortWhatIsLeft) {
    if (world().size == 1) GTEST_SKIP() << "a farm needs a worker";
    if (!world().root()) return serve_back();
    int made = 0, done = 0;
    Master master;
    master.stoppable = true;
    master.next = [&](Bytes& message) {
        message.assign(1, 'x');
        return made++ < 5;
    };
    master.take = [&](std::span<const char>) { ++done; };
    EXPECT_TRUE(hand_out(world(), master));
    EXPECT_EQ(made, 1);
    EXPECT_EQ(done, 0);
}

}  // namespace
}  // namespace pacer
